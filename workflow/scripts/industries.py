from alliance_value.contracts.firm_year_tables import Industries
from alliance_value.contracts.firm_years import FIRM, YEAR, FirmYears
from alliance_value.contracts.storage import load, store
from alliance_value.panel.industry import industry_measures
from alliance_value.running.job import job

with job(snakemake) as this:
    rule = this.params
    firm_years = load(snakemake.input.firm_years, FirmYears)
    table = industry_measures(
        firm_years[[FIRM, YEAR]].assign(
            sic=firm_years[rule["code"]], sale=firm_years[rule["sales"]]
        ),
        rule["digits"],
    )
    this.tell(f"{table.industry.nunique():,} industries")
    store(table, Industries, snakemake.output.industries)
