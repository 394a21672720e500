from pathlib import Path

from alliance_value.alliances.contracts.alliances import Portfolios
from alliance_value.alliances.study_portfolios import BASE
from alliance_value.contracts.firm_year_tables import (
    Diversification,
    Experience,
    Industries,
    variables_of,
)
from alliance_value.contracts.firm_years import CutPoints, FirmYears, Panel
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import load, store
from alliance_value.panel.build import build_panel, joined
from alliance_value.running.job import job, listed
from alliance_value.study.spec import Sample, Variable, build


def portfolio(path):
    table = load(path, Portfolios)
    variant = Path(path).stem
    if variant == BASE:
        return table
    return table.rename(columns={n: f"{n}_{variant}" for n in variables_of(Portfolios)})


with job(snakemake) as this:
    parts = [portfolio(path) for path in listed(snakemake.input.portfolios)]
    for name, contract in (
        ("experience", Experience),
        ("industries", Industries),
        ("diversification", Diversification),
    ):
        parts += [load(path, contract) for path in listed(snakemake.input[name])]
    tables = build_panel(
        joined(load(snakemake.input.firm_years, FirmYears), parts),
        load(snakemake.input.funnel, Funnel),
        [Variable.of(name, v) for name, v in this.params["variables"].items()],
        build(Sample, this.params["sample"]),
    )
    this.tell(f"{len(tables.panel)} firm-years in the panel")
    store(tables.panel, Panel, snakemake.output.panel)
    store(tables.rejects, Rejects, snakemake.output.rejects)
    store(tables.funnel, Funnel, snakemake.output.funnel)
    store(tables.cut_points, CutPoints, snakemake.output.cut_points)
