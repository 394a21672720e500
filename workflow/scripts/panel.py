from alliance_value.contracts.catalogue import catalogue, table_of
from alliance_value.contracts.firm_years import CutPoints, FirmYears, Panel
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import load, store
from alliance_value.panel.build import study_panel
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    parts = []
    for path in listed(snakemake.input.joined):
        name, variant = table_of(path)
        parts.append((load(path, catalogue()[name]), variant))
    tables = study_panel(
        load(snakemake.input.firm_years, FirmYears),
        load(snakemake.input.funnel, Funnel),
        parts,
        this.params,
    )
    this.tell(f"{len(tables.panel):,} firm-years in the panel")
    store(tables.panel, Panel, snakemake.output.panel)
    store(tables.rejects, Rejects, snakemake.output.rejects)
    store(tables.funnel, Funnel, snakemake.output.funnel)
    store(tables.cut_points, CutPoints, snakemake.output.cut_points)
