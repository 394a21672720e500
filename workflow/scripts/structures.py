from alliance_value.alliances.contracts.alliances import CodedUnits
from alliance_value.alliances.sources.coding_sheets import coded_units
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import store
from alliance_value.running.job import job, listed
from alliance_value.sources.raw_table import (
    decisions_of,
    in_their_files,
    own_files,
    readings_of,
)
from alliance_value.sources.read_file import read_as_one
from alliance_value.sources.record import write_record
from alliance_value.study.spec import layout_of

with job(snakemake) as this:
    files = listed(snakemake.input.structures)
    raw = read_as_one(files, layout_of(this.params["structures"]))
    with own_files(raw):
        units, rejected = coded_units(raw, this.params["firm_key"])
    this.tell(f"{len(units):,} coded units")
    store(units, CodedUnits, snakemake.output.coded_units)
    store(in_their_files(rejected, raw), Rejects, snakemake.output.rejects)
    write_record(snakemake.output.sources, files, decisions_of(raw), readings_of([raw]))
