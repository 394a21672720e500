from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import store
from alliance_value.contracts.vendor_tables import Factors, MarketFactors
from alliance_value.running.job import job, listed
from alliance_value.sources.dated_tables import read_factor_tables
from alliance_value.sources.french import read_factors
from alliance_value.sources.read_file import read_file
from alliance_value.sources.record import write_record
from alliance_value.study.spec import TableFile

with job(snakemake) as this:
    spec = this.params["factors"]
    files = listed(snakemake.input.factors)
    if spec["reader"] == "french":
        read = read_factors(files, spec["unit"])
    else:
        plain = TableFile(entity="", file="")
        read = read_factor_tables(
            [read_file(path, plain) for path in files],
            spec["date"],
            spec["columns"],
            spec["unit"],
            spec.get("market", ""),
        )
    this.tell(f"{len(read.factors):,} days, {len(read.rejects):,} rejects")
    contract = MarketFactors if "market" in spec else Factors
    store(read.factors, contract, snakemake.output.factors)
    store(read.rejects, Rejects, snakemake.output.rejects)
    write_record(snakemake.output.sources, files, read.decisions)
