from alliance_value.contracts.tables import FLOAT_FORMAT
from alliance_value.simulate.firm_panel import FirmPanel, simulate
from alliance_value.study.job import job
from alliance_value.study.spec import build

with job(snakemake) as this:
    settings = build(FirmPanel, this.params)
    this.tell(f"{settings.firms} firms, {settings.first_year}-{settings.last_year}")
    simulate(settings).to_csv(
        snakemake.output.firm_years, index=False, float_format=FLOAT_FORMAT
    )
