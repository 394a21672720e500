"""A design and a seed -> one simulated world, judged from its vendors' files on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from alliance_value.alliances.chain import (
    Issuers,
    Sources,
    announcements_of,
    joint_tests,
    panel_of,
)
from alliance_value.alliances.validation import Dyads, of_dyads, value_at
from alliance_value.certificate.contracts import LEVELS, Worlds
from alliance_value.certificate.measure import (
    Quantity,
    Row,
    movers,
    of_model,
    with_intervals,
)
from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.contracts.storage import conform, empty
from alliance_value.events.groupings import EVERY
from alliance_value.models.small_samples import preferred
from alliance_value.report.page import rows
from alliance_value.simulate.overlay import TOLD, firm_list, write_overlay
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.write import write_world
from alliance_value.sources.firm_years import SourceTables
from alliance_value.study.schema import Mapped
from alliance_value.study.spec import Model

NO_ERROR = dict.fromkeys(
    ("estimate", "se", "low_90", "high_90", "low_95", "high_95"), np.nan
)


def worlds(study: Mapped, design: Mapped, seeds: range) -> pd.DataFrame:
    """Return the rows of some worlds of a design.

    Parameters
    ----------
    study
        The resolved study with its ``certificate``.
    design
        One of its designs.
    seeds
        A world each.
    """
    drawn = [row for seed in seeds for row in world(study, design, seed)]
    if not drawn:
        return empty(Worlds)
    return conform(pd.DataFrame(drawn).assign(design=design["name"]), Worlds)


def world(study: Mapped, design: Mapped, seed: int) -> Iterator[Row]:
    """Yield what each method of a study says of one world of a design."""
    kept = {k: v for k, v in study.items() if k not in design["without"]}
    draw = laid_over if "overlay" in kept["sources"] else simulated
    with TemporaryDirectory() as place:
        sources = Sources(kept, Path(place))
        truth, years = draw(sources, {**design["simulate"], "seed": seed})
        issuers = sources.issuers()
        panel = panel_of(kept, years, issuers)
        for row in judged(kept, truth, sources, issuers, panel):
            yield {**row, "world": seed}


def simulated(sources: Sources, said: Mapped) -> tuple[Mapped, SourceTables]:
    """Write a simulated world; return what is planted and its firm-years."""
    settings = {**sources.study["sources"]["simulate"], **said}
    write_world(
        WorldSettings.from_mapping(settings),
        sources.folder,
        lambda _: None,
        daily="event_study" in sources.study,
    )
    return truth_in(sources.folder / "truth.json"), sources.firm_years()


def laid_over(sources: Sources, said: Mapped) -> tuple[Mapped, SourceTables]:
    """Lay simulated alliances over the study's real firms, and add what they do.

    What is planted is added to real returns on assets, with their noise, gaps and dirt.
    """
    overlay, years = sources.study["sources"]["overlay"], sources.firm_years()
    chosen = {key: overlay[key] for key in TOLD if key in overlay}
    firms, column = firm_list(years.firm_years, **chosen), overlay["adds_to"]
    span = f"{firms.first_year.min()}-01-01", f"{firms.last_year.max() + 1}-12-31"
    settings = WorldSettings.from_mapping({"dirt": overlay["dirt"], **said})
    days = pd.bdate_range(*span).to_numpy("datetime64[D]")
    write_overlay(settings, firms, days, sources.folder)
    added = pd.read_csv(sources.folder / "overlay_roa.csv", dtype={"firm": "string"})
    names = {"fyear": YEAR, "firm": FIRM}
    table = years.firm_years
    addition = table[[FIRM, YEAR]].merge(added.rename(columns=names), "left")
    real = table[column] + addition.addition.fillna(0.0).to_numpy()
    truth = truth_in(sources.folder / "overlay_truth.json")
    return truth, replace(years, firm_years=table.assign(**{column: real}))


def truth_in(path: Path) -> Mapped:
    """Return what is planted, as a world's file has it."""
    truth: Mapped = json.loads(path.read_text(encoding="utf-8"))
    return truth


def judged(
    study: Mapped,
    truth: Mapped,
    sources: Sources,
    issuers: Issuers,
    panel: pd.DataFrame,
) -> Iterator[Row]:
    """Yield the rows of the panel's models, its grids and the announcements."""
    asked = study["certificate"]["quantities"]
    quantities = [
        Quantity(q["name"], value_at(truth, q["truth"]), q["weights"])
        for q in asked
        if "weights" in q
    ]
    for written in study["models"]:
        yield from of_model(panel, Model.of(written), quantities)
    yield from of_grids(study, panel, quantities)
    if "event_study" in study:
        announced = announcements_of(sources, issuers)
        null = not any(truth["effects"]["joint_value"].values())
        yield from of_events(announced.tests, null)
        for q in asked:
            if "dyads" in q:
                yield from of_deals(announced.dyads, q, value_at(truth, q["truth"]))


def of_grids(
    study: Mapped, panel: pd.DataFrame, quantities: Sequence[Quantity]
) -> Iterator[Row]:
    """Yield the joint tests of the study's grids, each of a term of known value."""
    if "multiverse" not in study:
        return
    terms = {grid["name"]: grid["term"] for grid in study["multiverse"]}
    known = {next(iter(q.weights)): q for q in quantities if len(q.weights) == 1}
    for row in rows(joint_tests(study, panel).dropna(subset="p")):
        followed = known[terms[row["grid"]]]
        yield {
            **NO_ERROR,
            "kind": "grid",
            "method": f"{row['statistic']}, {row['method']}",
            "quantity": followed.name,
            "truth": 0.0 if followed.truth == 0 else np.nan,
            "p": row["p"],
            "n": len(panel),
            "clusters": panel[FIRM].nunique(),
            "movers": movers(panel, panel[[FIRM, YEAR]], followed.weights),
        }


def of_events(tests: pd.DataFrame, null: bool) -> Iterator[Row]:
    """Yield the event tests of all events of either unit."""
    every = tests[tests.group.eq(EVERY) & tests["sample"].eq(EVERY)]
    for row in rows(every):
        yield {
            **NO_ERROR,
            "kind": "event test",
            "method": row["test"],
            "quantity": f"{row['unit']}, {row['model']}, {row['window']}",
            "truth": 0.0 if null else np.nan,
            "p": row["p"],
            **counted(row["n"]),
        }


def of_deals(dyads: Dyads, asked: Mapped, truth: float) -> Iterator[Row]:
    """Yield what dyads say of a quantity of theirs; nothing without an estimate."""
    model = asked["dyads"].get("model")
    if model and model not in set(dyads.estimates.model):
        return  # too few deals for it
    name, _, result = of_dyads(asked["dyads"], dyads, max(LEVELS))
    if np.isfinite(result.se):
        known = preferred(dyads.estimates)
        own = known[known.term.eq(asked["dyads"].get("term", ""))]
        df = float(own.df.iloc[0]) if len(own) else np.inf
        yield {
            "kind": "deals",
            "method": name,
            "quantity": asked["name"],
            "truth": truth,
            **with_intervals(result.estimate, result.se, df),
            **counted(len(dyads.table)),
        }


def counted(events: int) -> Row:
    """Return the counts of a method whose observations are each a group."""
    return {"n": events, "clusters": events, "movers": 0}
