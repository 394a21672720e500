from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import store
from alliance_value.contracts.vendor_tables import Factors, MarketFactors
from alliance_value.running.job import job, listed
from alliance_value.sources.dated_tables import read_factor_tables
from alliance_value.sources.french import read_factors
from alliance_value.sources.raw_table import readings_of
from alliance_value.sources.read_file import read_files
from alliance_value.sources.record import write_record
from alliance_value.study.spec import layout_of

with job(snakemake) as this:
    spec = this.params["factors"]
    files = listed(snakemake.input.factors)
    raws = []
    if spec["reader"] == "french":
        read = read_factors(files, spec["unit"], layout_of(spec))
    else:
        raws = read_files(files, layout_of(spec))
        columns = (spec[key] for key in ("date", "columns", "unit"))
        read = read_factor_tables(raws, *columns, spec.get("market", ""))
    this.tell(f"{len(read.factors):,} days, {len(read.rejects):,} rejects")
    contract = MarketFactors if "market" in spec else Factors
    store(read.factors, contract, snakemake.output.factors)
    store(read.rejects, Rejects, snakemake.output.rejects)
    write_record(snakemake.output.sources, files, read.decisions, readings_of(raws))
