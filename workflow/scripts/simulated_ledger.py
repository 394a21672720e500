from alliance_value.running.job import job
from alliance_value.running.raw_files import raw_files
from alliance_value.simulate.ledger import LedgerSettings, write_ledger

with job(snakemake) as this:
    settings = LedgerSettings(
        this.params["seed"], this.params["customers"], this.params["periods"]
    )
    with raw_files(snakemake.output, this) as folder:
        write_ledger(settings, folder)
