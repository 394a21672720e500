from alliance_value.contracts.firm_years import FirmYears, Panel
from alliance_value.contracts.storage import load, store
from alliance_value.customers.contracts import OF_LEDGER
from alliance_value.customers.profits import check_amounts, ledger_tables
from alliance_value.running.job import job
from alliance_value.vocabulary.words import Words

with job(snakemake) as this:
    panel, section = load(snakemake.input.panel, Panel), this.params["ledger"]
    amounts = [section["revenue"], section["direct_cost"], *section["activities"]]
    check_amounts(panel, load(snakemake.input.firm_years, FirmYears), amounts)
    tables = ledger_tables(
        panel, section, Words(**this.params["words"]), this.params["confidence"]
    )
    this.tell(f"{len(tables['ledger_customers']):,} customers with a profit")
    for name, contract in OF_LEDGER.items():
        store(tables[name], contract, snakemake.output[name])
