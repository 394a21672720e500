import json
from pathlib import Path

from alliance_value.contracts.firm_years import FirmYears
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import store
from alliance_value.running.job import job, listed
from alliance_value.sources.firm_years import Needed, firm_years
from alliance_value.sources.record import write_record
from alliance_value.study.spec import TableFile, build

with job(snakemake) as this:
    sources = this.params["sources"]
    words = json.loads(Path(snakemake.params.words).read_text(encoding="utf-8"))
    files = listed(snakemake.input.firm_years)
    firm_files = listed(snakemake.input.firms)
    tables = firm_years(
        files,
        build(TableFile, sources["firm_years"]),
        Needed(
            {column: words["uses"][column] for column in this.params["columns"]},
            frozenset(this.params["grouping"]),
            words["variables"],
            {word: words["own_words"][word] for word in this.params["own_words"]},
            this.params["require"],
        ),
        firm_files,
        build(TableFile, sources["firms"]) if firm_files else None,
    )
    this.tell(f"{len(tables.firm_years):,} firm-years, {len(tables.rejects):,} rejects")
    for caution in tables.cautions:
        this.tell(caution)
    store(tables.firm_years, FirmYears, snakemake.output.firm_years)
    store(tables.rejects, Rejects, snakemake.output.rejects)
    store(tables.funnel, Funnel, snakemake.output.funnel)
    write_record(
        snakemake.output.sources,
        [*files, *firm_files],
        tables.decisions,
        tables.readings,
    )
