from alliance_value.contracts.alliances import Portfolios
from alliance_value.contracts.tables import (
    CutPoints,
    FirmYears,
    Funnel,
    Panel,
    Rejects,
    load,
    store,
)
from alliance_value.panel.build import build_panel, with_portfolios
from alliance_value.study.job import job
from alliance_value.study.spec import Sample, Variable, build

with job(snakemake) as this:
    firm_years = load(snakemake.input.firm_years, FirmYears)
    for path in snakemake.input.portfolios:
        firm_years = with_portfolios(firm_years, load(path, Portfolios))
    tables = build_panel(
        firm_years,
        load(snakemake.input.funnel, Funnel),
        [Variable.of(name, v) for name, v in this.params["variables"].items()],
        build(Sample, this.params["sample"]),
    )
    this.tell(f"{len(tables.panel)} firm-years in the panel")
    store(tables.panel, Panel, snakemake.output.panel)
    store(tables.rejects, Rejects, snakemake.output.rejects)
    store(tables.funnel, Funnel, snakemake.output.funnel)
    store(tables.cut_points, CutPoints, snakemake.output.cut_points)
