from alliance_value.contracts.catalogue import catalogue, table_of
from alliance_value.contracts.firm_years import CutPoints, FirmYears, Panel
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import load, store
from alliance_value.panel.build import build_panel, joined, named_by_variant
from alliance_value.running.job import job, listed
from alliance_value.study.spec import Sample, Variable, build

with job(snakemake) as this:
    parts = []
    for path in listed(snakemake.input.joined):
        name, variant = table_of(path)
        parts.append(named_by_variant(load(path, catalogue()[name]), variant))
    tables = build_panel(
        joined(load(snakemake.input.firm_years, FirmYears), parts),
        load(snakemake.input.funnel, Funnel),
        [Variable.of(name, v) for name, v in this.params["variables"].items()],
        build(Sample, this.params["sample"]),
    )
    this.tell(f"{len(tables.panel):,} firm-years in the panel")
    store(tables.panel, Panel, snakemake.output.panel)
    store(tables.rejects, Rejects, snakemake.output.rejects)
    store(tables.funnel, Funnel, snakemake.output.funnel)
    store(tables.cut_points, CutPoints, snakemake.output.cut_points)
