"""Daily files of any vendor -> canonical returns, for windows or batch by batch."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl

from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.problems import Problem, UserError, raise_if
from alliance_value.contracts.rejects import collect
from alliance_value.contracts.storage import conform, empty
from alliance_value.contracts.vendor_tables import Returns, TradedReturns
from alliance_value.sources.daily_calendar import (
    frequency_problems,
    listed,
    spells_of,
    trading_days,
)
from alliance_value.sources.daily_scan import (
    Source,
    damaged,
    in_common_columns,
    open_sources,
    rows_of,
    securities,
    whole,
)
from alliance_value.sources.daily_values import (
    believed,
    coded_returns,
    from_prices,
    labels_of,
    noted,
    one_row_a_day,
    priced,
    turnover,
    unreadable_rows,
    with_market_value,
)
from alliance_value.sources.raw_table import PLAIN
from alliance_value.sources.windows import (
    after_last,
    as_spans,
    days_of,
    inside,
    merged,
    with_delistings,
)
from alliance_value.study.spec import ReturnsFile, TableFile

BATCH_ROWS = 2_000_000
# windows of the last events may reach beyond the last trading day of a file
ENDS_EARLY = dt.timedelta(days=31)
MOVED = "delisting_return_on_next_trading_day"
LOST = "delisting_return_on_a_day_without_a_row"
EVER = ("1800-01-01", "2261-12-31")


@dataclass(frozen=True)
class DailyReturns:
    """Returns, what was left out or repaired, and what was decided and counted."""

    returns: pd.DataFrame
    rejects: pd.DataFrame
    decisions: tuple[str, ...]
    funnel: pd.DataFrame


@dataclass(frozen=True)
class Part:
    """What one batch of securities came to."""

    returns: pd.DataFrame
    rejects: pd.DataFrame
    counts: Mapping[str, int]


def read_returns(
    files: Sequence[str | Path],
    spec: ReturnsFile,
    windows: pd.DataFrame | None = None,
    delistings: pd.DataFrame | None = None,
    names: pd.DataFrame | None = None,
    listings: pd.DataFrame | None = None,
    layout: TableFile = PLAIN,
) -> DailyReturns:
    """Read total daily returns, delisting returns included.

    With windows, only the rows of their securities and of their companies' other
    securities on their days are ever held. Without, every security of the files is
    read; `ReturnsReader.batches` gives them piece by piece.

    Letters, CIZ flags and numbers up to -1.01 are codes for a missing return. In
    CRSP's files a negative price is the average of bid and ask. A price of 0 is
    missing. Returns made from prices are missing across more than
    ``spec.longest_gap`` trading days and across listings; a return above
    ``spec.largest_return`` or below ``spec.smallest_return`` is missing; each is
    reported. Delisting returns are put on their day by `with_delistings`. The market
    value is that of all securities of the company, missing where one has no price that
    day.

    Parameters
    ----------
    files
        Together one table; their order, the order of their rows, the way the rows are
        cut into files and the format (CSV, CSV.gz, Parquet, Stata, SAS) make no
        difference.
    spec
        How the files are laid out, and which returns are believed.
    windows
        security (number or text), first, last: days wanted, both ends included; windows
        may overlap.
    delistings
        Canonical delistings (security, delisted, ret).
    names
        Canonical security names, for the company of each security where the files do
        not tell it.
    listings
        security, first, last: when an identifier belonged to a company, for
        identifiers that are used again.
    layout
        How the files are written.

    Returns
    -------
    DailyReturns
        Canonical returns, sorted by security (as text) and date.

    Raises
    ------
    UserError
        Files are not there, are damaged, lack columns, or hold none of the securities.

    References
    ----------
    Shumway (1997), The Delisting Bias in CRSP Data, Journal of Finance 52. CRSP,
    missing return codes: https://www.crsp.org (stock data, coding schemes).
    """
    with tempfile.TemporaryDirectory() as folder:
        reader = ReturnsReader(
            files, spec, Path(folder), delistings, names, listings, windows, layout
        )
        parts = list(reader.batches())
    tables = [p.returns for p in parts if len(p.returns)] or [parts[0].returns]
    return DailyReturns(
        tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True),
        of_batches([p.rejects for p in parts]),
        reader.decisions(),
        reader.funnel(),
    )


def of_batches(rejects: list[pd.DataFrame]) -> pd.DataFrame:
    """Stack rejects, each once: batches share companies, and so rows they look at."""
    return collect(rejects).drop_duplicates(ignore_index=True)


def places_of(delistings: pd.DataFrame | None, key: pl.DataType) -> pl.DataFrame:
    """Return where delistings stand: security, file, row, column, value."""
    names = ("file", "row", "column", "value")
    texts = dict.fromkeys(names, pl.String())
    schema = pl.Schema({"security": key, **texts, "row": pl.Int64()})
    if delistings is None or delistings.empty:
        return pl.DataFrame(schema=schema)
    text = {name: delistings[f"source_{name}"].astype("string") for name in names}
    text["security"] = delistings.security.astype("string")
    table = pl.DataFrame({n: c.to_list() for n, c in text.items()})
    return table.select(schema.keys()).cast(schema, strict=False)


def notes_of(moved: pl.DataFrame) -> list[pd.DataFrame]:
    """Return rejects of delisting returns that are due on the next trading day."""
    value = pl.col("value")
    return [
        noted(part, value, column, MOVED, "date", rejected=False)
        if counts
        else noted(part, value, column, LOST)
        for (column, counts), part in moved.sort("file", "row").group_by(
            "column", "counts", maintain_order=True
        )
    ]


class ReturnsReader:
    """Reads daily files batch by batch of securities, in the order of securities.

    Parameters
    ----------
    files, spec, delistings, names, listings, windows
        As `read_returns` has them.
    folder
        Where files that are no Parquet are put as such while they are used.
    layout
        How the files are written.
    batch_rows
        Rows of the files, or days of the windows, that a batch holds at most, unless
        one security has more.
    """

    def __init__(
        self,
        files: Sequence[str | Path],
        spec: ReturnsFile,
        folder: Path,
        delistings: pd.DataFrame | None = None,
        names: pd.DataFrame | None = None,
        listings: pd.DataFrame | None = None,
        windows: pd.DataFrame | None = None,
        layout: TableFile = PLAIN,
        batch_rows: int = BATCH_ROWS,
    ) -> None:
        self.files = [Path(file) for file in files]
        self.spec = spec
        self.labels = labels_of(spec)
        self.key = pl.Int64() if spec.reader == "crsp" else pl.String()
        self.prices = spec.reader == "wide" and spec.holds == "prices"
        self.prices |= spec.reader == "long" and not spec.ret
        self.batch_rows = batch_rows
        self.counts: Counter[str] = Counter()
        self.ends: tuple[Any, ...] = ()
        self.sources: list[Source] = []
        self.windows = None if windows is None else as_spans(windows, self.key)
        if self.windows is not None and self.windows.is_empty():
            return
        self.spells = None if listings is None else spells_of(listings, self.key)
        self.sources = open_sources(files, spec, folder, layout)
        try:
            self.companies = self.classes(names)
            self.calendar = self.days()
            self.gone = self.delisted(delistings)
            self.places = places_of(delistings, self.key)
            self.counts["files"] = self.count_rows()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise self.unreadable(error) from None

    def unreadable(self, error: Exception) -> UserError:
        """Return the error for files that turn out to be damaged."""
        problems = [damaged(path, error) for path in self.files]
        return UserError(problems[:1], "reading the daily returns")

    def delisted(self, delistings: pd.DataFrame | None) -> pl.DataFrame:
        """Return known delisting returns: security, date, own, delisting.

        Their day is that of their own row where the file of delistings has it, else the
        first trading day after the last one, as CRSP's CIZ files have it.
        """
        of_day = {"date": pl.Date, "own": pl.Boolean, "delisting": pl.Float64}
        schema = {"security": self.key, **of_day}
        if delistings is None or delistings.empty:
            return pl.DataFrame(schema=schema)
        known = delistings[delistings.ret.notna()]
        table = pl.DataFrame(
            {
                "security": known.security.astype("string").to_list(),
                "own_day": days_of(known.own_day),
                "delisted": days_of(known.delisted),
                "delisting": known.ret.to_list(),
            },
            schema_overrides={
                "security": pl.String,
                "own_day": pl.Date,
                "delisted": pl.Date,
            },
        ).with_columns(
            pl.col("security").cast(self.key, strict=False),
            own=pl.col("own_day").is_not_null(),
        )
        if not table["own"].all():
            table = after_last(table, self.open_days())
        return (
            table.select("security", "own", "delisting", date=pl.col("own_day"))
            .select(schema.keys())
            .drop_nulls()
        )

    def open_days(self) -> pl.Series:
        """Return the trading days of the files, sorted."""
        if self.calendar.height:
            return self.calendar.filter(~pl.col("thin"))["date"]
        rows = [s.lazy.select(date=s.date).unique() for s in self.sources]
        days = pl.concat(rows).collect(engine="streaming")["date"]
        return days.drop_nulls().unique().sort()

    def classes(self, names: pd.DataFrame | None) -> pl.DataFrame:
        """Return the company of each security: security, named."""
        schema = {"security": self.key, "named": pl.Int64}
        pairs = [pl.DataFrame(schema=schema)]
        for source in self.sources:
            if "company" not in source.columns:
                continue
            company = source.columns["company"]
            printed = source.lazy.select(source.columns["security"], company).unique()
            lazy = printed.select(
                security=securities(source, self.spec),
                named=whole(company, source.dtypes),
            )
            pairs.append(lazy.collect(engine="streaming"))
        if names is not None and len(names):
            known = names[["security", "company"]].dropna()
            text = known.security.astype("string").to_list()
            spells = pl.DataFrame(
                {
                    "security": pl.Series(text, dtype=pl.String),
                    "named": pl.Series(known.company.to_list(), dtype=pl.Int64),
                }
            )
            key = pl.col("security").cast(self.key, strict=False)
            pairs.append(spells.with_columns(key))
        both = pl.concat(pairs).drop_nulls().unique().sort("security", "named")
        return both.unique("security", keep="first", maintain_order=True)

    def days(self) -> pl.DataFrame:
        """Return the trading days; none of CRSP's, whose files hold no other days."""
        if self.spec.reader == "crsp":
            return pl.DataFrame(
                schema={"date": pl.Date, "thin": pl.Boolean, "place": pl.Int64}
            )
        rows = [in_common_columns(s, s.lazy, self.spec) for s in self.sources]
        days = pl.concat(rows).group_by("date").agg(pl.len().alias("rows"))
        counted = days.collect(engine="streaming")
        files = ", ".join(path.name for path in self.files)
        raise_if(
            frequency_problems(counted["date"].drop_nulls().to_list(), files),
            "reading the daily returns",
        )
        return trading_days(counted, self.spec.thin_day)

    def count_rows(self) -> int:
        """Return the rows of the files, cells that are not blank in a wide file."""
        rows = [
            in_common_columns(s, s.lazy, self.spec) if s.wide else s.lazy
            for s in self.sources
        ]
        counts = pl.collect_all([r.select(pl.len()) for r in rows], engine="streaming")
        return sum(int(count.item()) for count in counts)

    def batches(self) -> Iterator[Part]:
        """Yield returns batch by batch.

        Raises
        ------
        UserError
            None of the securities has a row on the days asked for.
        """
        if not self.sources:
            nothing = empty(TradedReturns if self.spec.traded else Returns)
            yield Part(nothing, collect([]), {})
            return
        for number, asked in enumerate(self.wanted()):
            part = self.batch(asked, with_lost=number == 0)
            self.counts.update(part.counts)
            yield part
        if not self.counts["rows"]:
            raise self.nothing()

    def wanted(self) -> Iterator[pl.DataFrame]:
        """Yield the days wanted, batch by batch: security, first, last."""
        if self.windows is not None:
            spans = self.windows
            length = (pl.col("last") - pl.col("first")).dt.total_days() + 1
            sizes = spans.group_by("security").agg(rows=length.sum())
        else:
            sizes = self.rows_of_securities()
            first, last = self.spec.first or EVER[0], self.spec.last or EVER[1]
            spans = sizes.select(
                "security",
                first=pl.lit(first).str.to_date(),
                last=pl.lit(last).str.to_date(),
            )
        sizes = sizes.sort(pl.col("security").cast(pl.String)).with_columns(
            batch=(pl.col("rows").cum_sum() - 1) // self.batch_rows
        )
        for part in sizes.partition_by("batch", maintain_order=True):
            yield spans.join(part, on="security", how="semi", maintain_order="left")

    def rows_of_securities(self) -> pl.DataFrame:
        """Return the rows of each security of the files: security, rows."""
        rows = [
            in_common_columns(s, s.lazy, self.spec).select("security")
            for s in self.sources
        ]
        counted = pl.concat(rows).group_by("security").agg(pl.len().alias("rows"))
        try:
            return counted.collect(engine="streaming").drop_nulls()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise self.unreadable(error) from None

    def batch(self, asked: pl.DataFrame, *, with_lost: bool) -> Part:
        """Read the rows of some securities and make their returns."""
        near = self.with_classes(self.reaching_back(asked))
        lazy = pl.concat([rows_of(s, self.spec, near) for s in self.sources])
        try:
            read = lazy.collect(engine="streaming")
        except (pl.exceptions.PolarsError, OSError) as error:
            raise self.unreadable(error) from None
        lost = pl.col("security").is_null() | pl.col("date").is_null()
        broken = read.filter(lost).unique(["file", "row", "security_text"])
        if not with_lost:
            broken = broken.filter(pl.col("security").is_not_null())
        rows = read.filter(~lost).drop("security_text", "date_text")
        del read
        labels = self.labels
        log = [unreadable_rows(broken, labels)]
        rows = coded_returns(self.on_trading_days(rows, log), labels, log)
        rows = one_row_a_day(priced(rows, self.spec, labels, log), labels, log)
        rows = rows.join(
            self.companies, on="security", how="left", maintain_order="left"
        ).with_columns(company=pl.coalesce("company", "named"))
        if self.prices:
            rows = from_prices(rows, self.calendar, self.spec.longest_gap, labels, log)
        rows = with_market_value(believed(rows, self.spec, labels, log))
        if near is not asked:
            rows = inside(rows, asked)
        self.note_ends(rows, asked)
        counts = {
            "rows": rows.height,
            "returns": int(rows["ret"].count()),
            "asked": asked["security"].n_unique(),
            "present": rows["security"].n_unique(),
            "with_returns": rows.filter(pl.col("ret").is_not_null())[
                "security"
            ].n_unique(),
        }
        rows, words, moved = with_delistings(
            rows, asked, self.gone, held=any(s.holds_delistings for s in self.sources)
        )
        log += notes_of(moved.join(self.places, on="security"))
        return self.finish(rows, log, counts | words)

    def note_ends(self, rows: pl.DataFrame, asked: pl.DataFrame) -> None:
        """Keep the last day that is there, and the last one that was asked for."""
        ends = (rows["date"].max(), asked["last"].max())
        whole = self.windows is None and not self.spec.last
        if whole or not all(isinstance(end, dt.date) for end in ends):
            return
        before = self.ends or ends
        self.ends = tuple(max(pair) for pair in zip(ends, before, strict=True))

    def reaching_back(self, asked: pl.DataFrame) -> pl.DataFrame:
        """Let spans begin as early as the price that their first return needs."""
        if not self.prices:
            return asked
        open_days = self.open_days()
        begin = open_days.search_sorted(asked["first"]).cast(pl.Int64)
        begin = (begin - self.spec.longest_gap).clip(0)
        if not len(open_days):
            return asked
        earlier = open_days.gather(begin.clip(0, len(open_days) - 1))
        first = pl.min_horizontal("first", "earlier")
        back = asked.with_columns(earlier=earlier).with_columns(first=first)
        return merged(back.drop("earlier"))

    def with_classes(self, spans: pl.DataFrame) -> pl.DataFrame:
        """Return the spans again for each other security of the same company."""
        others = spans.join(self.companies, on="security").join(
            self.companies, on="named", suffix="_other"
        )
        others = others.filter(pl.col("security") != pl.col("security_other"))
        if others.is_empty():
            return spans
        others = others.select("first", "last", security="security_other")
        return merged(pl.concat([spans, others.select(spans.columns)]))

    def on_trading_days(
        self, rows: pl.DataFrame, log: list[pd.DataFrame]
    ) -> pl.DataFrame:
        """Reject rows on days without trading or outside their security's listings."""
        column = self.labels["date"]
        if self.calendar.height:
            thin = self.calendar.filter(pl.col("thin"))["date"]
            closed = pl.col("date").is_in(thin.implode())
            log.append(
                noted(
                    rows.filter(closed), pl.col("date"), column, "day_without_trading"
                )
            )
            rows = rows.filter(~closed)
        if self.spells is None:
            return rows.with_columns(listing=pl.lit(None, pl.UInt32))
        rows = listed(rows, self.spells)
        unlisted = rows.filter("unlisted")
        log.append(noted(unlisted, pl.col("date"), column, "day_outside_listings"))
        return rows.filter(~pl.col("unlisted")).drop("unlisted")

    def finish(
        self, rows: pl.DataFrame, log: list[pd.DataFrame], counts: Mapping[str, int]
    ) -> Part:
        """Put a batch in canonical form."""
        traded = [pl.col("volume"), turnover().alias("turnover")]
        table = rows.select(
            pl.col("security").cast(pl.String),
            pl.col("company").cast(pl.String),
            pl.col("date").cast(pl.Datetime("ns")),
            "ret",
            "market_value",
            pl.col("code").alias("ret_code"),
            *(traded if self.spec.traded else ()),
        ).sort("security", "date")
        contract = TradedReturns if self.spec.traded else Returns
        return Part(conform(table.to_pandas(), contract), collect(log), counts)

    def nothing(self) -> UserError:
        """Return the error for files without a row on the days asked for."""
        files = ", ".join(path.name for path in self.files)
        problem = Problem(
            rule="none of the securities asked for has a row on the days asked for",
            remedy="check that links and daily file share their identifiers and years",
            where=files,
        )
        return UserError([problem], f"reading {files}")

    def decisions(self) -> tuple[str, ...]:
        """Say what was decided, once all batches are read."""
        if not self.sources:
            return ("no day was asked for",)
        count = self.counts
        words = [f"{s.name}: {word}" for s in self.sources for word in s.words]
        if self.prices:
            words.append(
                "returns made from prices, missing across more than "
                f"{self.spec.longest_gap} trading days"
            )
        words.append(
            f"returns above {self.spec.largest_return:g} or below "
            f"{self.spec.smallest_return:g} set to missing"
        )
        absent = count["asked"] - count["present"]
        return (
            *words,
            f"{absent:,} of {count['asked']:,} securities have no row",
            f"{count['compounded']:,} delisting returns compounded",
            f"{count['added']:,} delisting returns on days without a row",
            f"{count['held']:,} held by the file already",
            *self.cautions(),
        )

    def cautions(self) -> tuple[str, ...]:
        """Say what a reader of the results should know, once all batches are read."""
        words = []
        if self.counts["between"]:
            words.append(
                f"{self.counts['between']:,} delistings after which the security has "
                "further rows: a return counts where the security has a row that day"
            )
        if self.ends and self.ends[0] + ENDS_EARLY < self.ends[1]:
            words.append(
                f"the daily file's rows end on {self.ends[0]}, those asked for on "
                f"{self.ends[1]}: later events have no returns (CRSP's legacy files "
                "end on 2024-12-31)"
            )
        return tuple(words)

    def funnel(self) -> pd.DataFrame:
        """Return the steps from the files' rows to returns, once all is read."""
        count = self.counts
        steps = (
            (
                "rows on the days asked for",
                ("files", "rows", "present"),
                "other securities and days, unreadable keys, repeated days and days "
                "without trading left out",
            ),
            (
                "rows with a return",
                ("rows", "returns", "with_returns"),
                "returns missing, coded as missing, across gaps or not believed",
            ),
        )
        return conform(
            pd.DataFrame(
                {
                    "branch": "returns",
                    "step": step,
                    "unit": "security-days",
                    "rows_in": count[before],
                    "rows_out": count[after],
                    "dropped": count[before] - count[after],
                    "firms_out": count[firms],
                    "why": why,
                }
                for step, (before, after, firms), why in steps
            ),
            Funnel,
        )
