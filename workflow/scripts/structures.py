from functools import partial

from alliance_value.alliances.contracts.alliances import CodedUnits
from alliance_value.alliances.sources.coding_sheets import coded_units
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import store
from alliance_value.running.job import job, listed
from alliance_value.sources.raw_table import decisions_of, readings_of
from alliance_value.sources.read_file import rows_of
from alliance_value.sources.record import write_record
from alliance_value.study.spec import layout_of

with job(snakemake) as this:
    files = listed(snakemake.input.structures)
    units, rejected, raw = rows_of(
        partial(coded_units, key=this.params["firm_key"]),
        files,
        layout_of(this.params["structures"]),
    )
    this.tell(f"{len(units):,} coded units")
    store(units, CodedUnits, snakemake.output.coded_units)
    store(rejected, Rejects, snakemake.output.rejects)
    write_record(snakemake.output.sources, files, decisions_of(raw), readings_of([raw]))
