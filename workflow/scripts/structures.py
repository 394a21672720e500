from alliance_value.contracts.alliances import CodedUnits
from alliance_value.contracts.tables import Rejects, store
from alliance_value.sources.coding_sheets import coded_units
from alliance_value.sources.read_file import read_file, readings_of
from alliance_value.sources.record import write_record
from alliance_value.study.job import job
from alliance_value.study.spec import TableFile

with job(snakemake) as this:
    file = snakemake.input.structures[0]
    raw = read_file(file, TableFile(entity="", file=""))
    units, rejected = coded_units(raw)
    this.tell(f"{len(units)} coded units")
    store(units, CodedUnits, snakemake.output.coded_units)
    store(rejected, Rejects, snakemake.output.rejects)
    write_record(snakemake.output.sources, [file], raw.decisions, readings_of([raw]))
