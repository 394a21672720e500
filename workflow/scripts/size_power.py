from dataclasses import replace

from alliance_value.contracts.events import SizePower
from alliance_value.contracts.storage import load, store
from alliance_value.contracts.vendor_tables import Factors, Returns
from alliance_value.events.settings import pair
from alliance_value.events.size_power import DESIGNS, size_and_power
from alliance_value.running.job import job

with job(snakemake) as this:
    rule, study = this.params, this.params["event_study"]
    size = {"samples": rule["samples"], "events": rule["events"]}
    returns = load(snakemake.input.returns, Returns)
    table = size_and_power(
        returns,
        load(snakemake.input.factors, Factors),
        designs=[replace(design, **size) for design in DESIGNS],
        model=study["models"][0],
        windows=list(dict.fromkeys([(0, 0), pair(study["headline"])])),
        estimation=pair(study["estimation"]),
        tests=study["tests"],
        minimum=study["minimum"],
        level=rule["level"],
        seed=rule["seed"],
    )
    this.tell(f"{rule['samples']} samples of {rule['events']} events a design")
    store(table, SizePower, snakemake.output.size_power)
