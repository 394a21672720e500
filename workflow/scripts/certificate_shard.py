from alliance_value.alliances.worlds import worlds
from alliance_value.certificate.contracts import Worlds
from alliance_value.contracts.storage import store
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    seeds, study = range(*this.params["seeds"]), this.params["study"]
    if real := listed(snakemake.input.firm_years):
        study["sources"]["firm_years"]["file"] = real
    table = worlds(study, this.params["design"], seeds)
    this.tell(f"{len(seeds):,} worlds of the design {this.params['design']['name']}")
    store(table, Worlds, snakemake.output.worlds)
