from alliance_value.alliances.worlds import worlds
from alliance_value.certificate.contracts import Worlds
from alliance_value.contracts.storage import store
from alliance_value.running.job import job

with job(snakemake) as this:
    seeds = range(*this.params["seeds"])
    table = worlds(this.params["study"], this.params["design"], seeds)
    this.tell(f"{len(seeds):,} worlds of the design {this.params['design']['name']}")
    store(table, Worlds, snakemake.output.worlds)
