import tempfile
from pathlib import Path

import pandas as pd

from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.rejects import Rejects, collect
from alliance_value.contracts.storage import load, store, store_parts
from alliance_value.contracts.vendor_tables import Returns, SecurityNames
from alliance_value.running.job import job, listed
from alliance_value.sources.delistings import MissingDelisting, read_delistings
from alliance_value.sources.listings import read_listings
from alliance_value.sources.read_file import read_file
from alliance_value.sources.record import write_record
from alliance_value.sources.returns import ReturnsReader
from alliance_value.study.spec import ReturnsFile, build, layout_of


def one_table(source, paths, read):
    """The tables of some files as one; None where there are no files."""
    tables = []
    for path in listed(paths):
        raw = read_file(path, layout_of(this.params[source]))
        table, rejected = read(raw)
        tables.append(table)
        log.append(rejected)
        decisions.extend(f"{raw.file}: {word}" for word in raw.decisions)
    return pd.concat(tables, ignore_index=True) if tables else None


with job(snakemake) as this:
    log, decisions = [], []
    names = [load(p, SecurityNames) for p in listed(snakemake.input.security_names)]
    known = names[0] if names else pd.DataFrame(columns=["security", "name_from"])
    if "exchange_code" not in known.columns:
        known = known.assign(exchange_code=None)
    stand_in = this.params["delistings"] or {"missing": 0, "missing_nasdaq": 0}
    rule = MissingDelisting(
        other=stand_in["missing"], nasdaq=stand_in["missing_nasdaq"]
    )
    gone = one_table(
        "delistings",
        snakemake.input.delistings,
        lambda raw: read_delistings(raw, known, rule),
    )
    spells = this.params["listings"] or {}
    listings = one_table(
        "listings",
        snakemake.input.listings,
        lambda raw: read_listings(
            raw, *(spells[key] for key in ("security", "first", "last"))
        ),
    )
    asked = [pd.read_parquet(path) for path in listed(snakemake.input.windows)]
    files = listed(snakemake.input.returns)
    spec = build(ReturnsFile, this.params["returns"])
    beside = Path(snakemake.output.returns).parent
    with tempfile.TemporaryDirectory(dir=beside) as folder:
        reader = ReturnsReader(
            files,
            spec,
            Path(folder),
            gone,
            names[0] if names else None,
            listings,
            asked[0] if asked else None,
            layout_of(this.params["returns"]),
        )

        def returns():
            for part in reader.batches():
                log.append(part.rejects)
                yield part.returns

        store_parts(returns(), Returns, snakemake.output.returns)
    rejected = collect(log)
    rows, told = reader.counts["rows"], reader.counts["returns"]
    this.tell(f"{rows:,} security-days, {told:,} returns, {len(rejected):,} rejects")
    store(rejected, Rejects, snakemake.output.rejects)
    store(reader.funnel(), Funnel, snakemake.output.funnel)
    others = [*listed(snakemake.input.delistings), *listed(snakemake.input.listings)]
    write_record(
        snakemake.output.sources, [*files, *others], [*decisions, *reader.decisions()]
    )
