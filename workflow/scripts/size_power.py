from dataclasses import replace

from alliance_value.contracts.events import SizePower
from alliance_value.contracts.storage import load, read, store
from alliance_value.contracts.vendor_tables import Factors, Links, Returns
from alliance_value.events.sample_parts import (
    by_security,
    within_eras,
    within_groups,
)
from alliance_value.events.settings import pair
from alliance_value.events.size_power import DESIGNS, size_and_power
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    rule, study = this.params, this.params["event_study"]
    size = {"samples": rule["samples"], "events": rule["events"]}
    designs = [replace(design, **size) for design in DESIGNS]
    null = designs[0]
    returns = load(snakemake.input.returns, Returns)
    within = rule.get("within", {})
    if "eras" in within:
        designs += within_eras(null, returns.date, within["eras"])
    for of, label in rule["labels"].items():
        links = [load(path, Links) for path in listed(snakemake.input.links)]
        values = by_security(read(snakemake.input.panel[0]), of, returns, *links)
        designs += within_groups(null, values, within["groups"]["number"], label)
    table = size_and_power(
        returns,
        load(snakemake.input.factors, Factors),
        designs=designs,
        model=study["models"][0],
        windows=[pair(window) for window in rule["windows"]],
        estimation=pair(study["estimation"]),
        tests=study["tests"],
        minimum=study["minimum"],
        level=rule["level"],
        seed=rule["seed"],
    )
    this.tell(f"{rule['samples']} samples of {rule['events']} events a design")
    store(table, SizePower, snakemake.output.size_power)
