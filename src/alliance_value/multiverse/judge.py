"""A grid's estimates and draws -> the tables of the multiverse."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_value.contracts.problems import Problem, nearest, raise_if
from alliance_value.contracts.storage import conform
from alliance_value.models.coefficients import tested
from alliance_value.models.design import columns_needed
from alliance_value.multiverse.contracts import (
    Multiverse,
    MultiverseChoices,
    MultiverseTests,
)
from alliance_value.multiverse.joint import (
    AVERAGE,
    Judged,
    average_interval,
    effective_number,
    joint_tests,
    own_p,
    step_down,
    weighted_medians,
)
from alliance_value.multiverse.moves import pairs, shares
from alliance_value.multiverse.rows import Frame, Specification
from alliance_value.multiverse.solve import Settings, Solved, solve
from alliance_value.study.multiverse import (
    allowed,
    combinations,
    distinct_levels,
    named,
    places_of,
    size,
    specified,
)
from alliance_value.study.schema import Mapped
from alliance_value.study.spec import Model

FEW_CLUSTERS = 40
"""Clusters below which t statistics reject too often, by more than a little."""

WILD = "wild cluster bootstrap"
PATHS = "permutation of paths"
COUNTS = "count"
RATIO = "ratio of outcomes"
SCALED = (AVERAGE, "median effect")
"""What permutations do not test: errors that differ in size are not exchangeable."""
COLUMNS = ["method", "statistic", "value", "p", "ci_low", "ci_high", "draws", "note"]
OF_ESTIMATE = ["n", "clusters", "estimate", "se", "df"]


@dataclass(frozen=True)
class Tables:
    """What a multiverse hands on."""

    multiverse: pd.DataFrame
    multiverse_tests: pd.DataFrame
    multiverse_choices: pd.DataFrame


def judge(
    panel: pd.DataFrame,
    grid: Mapped,
    model: Mapped,
    settings: Settings,
    tell: Callable[[str], None] = lambda message: None,
) -> Tables:
    """Estimate a grid and judge its specifications together.

    Parameters
    ----------
    panel
        The canonical panel.
    grid, model
        A complete grid and the model that it changes.
    settings
        How often to draw.
    tell
        Told of the grid's size before anything is computed.

    References
    ----------
    docs/inference.md.
    """
    tell(size(grid))
    specifications = specifications_of(panel, grid, model, settings.seed)
    solved = solve(Frame(panel), specifications, settings)
    return tables_of(grid, model, specifications, solved)


def settings_of(grid: Mapped, seed: int, workers: int) -> Settings:
    """Return how a complete grid is solved."""
    return Settings(grid["by"], grid["draws"], grid["permutations"], seed, workers)


def specifications_of(
    panel: pd.DataFrame, grid: Mapped, model: Mapped, seed: int
) -> list[Specification]:
    """Return a grid's specifications, drawn where it asks for fewer than it has.

    Raises
    ------
    UserError
        Columns that are absent, or have no ratio though one is asked for.
    """
    broken = [*absent_columns(panel, grid, model), *no_ratios(panel, grid, model)]
    raise_if(broken, f"grid {grid['name']}")
    places = combinations(grid, seed, grid.get("specifications"))
    return [
        Specification(tuple(map(int, p)), specified(grid, model, named(grid, p)))
        for p in places
    ]


def tables_of(
    grid: Mapped,
    model: Mapped,
    specifications: Sequence[Specification],
    solved: Solved,
) -> Tables:
    """Judge a grid's specifications, all of them solved, together."""
    places = np.array([one.levels for one in specifications])
    weights = plausibility(grid, places)
    table = estimates_table(grid, specifications, solved, model["confidence"], weights)
    level = 1 - model["confidence"]
    tests = [*counts(grid, table, len(places))]
    if len(solved.drawn):
        tests += judge_together(table, solved, weights, level)
    joint = pd.DataFrame(tests, columns=COLUMNS)
    joint.insert(0, "grid", grid["name"])
    return Tables(
        conform(table, Multiverse),
        conform(joint, MultiverseTests),
        conform(choices_table(grid, table, places, weights, level), MultiverseChoices),
    )


def absent_columns(
    table: pd.DataFrame, grid: Mapped, model: Mapped
) -> Iterator[Problem]:
    """Yield columns that specifications name and the table has not."""
    seen: set[str] = set()
    for levels in distinct_levels(grid):
        specification = specified(grid, model, levels)
        needed = columns_needed([Model.of(specification)])
        for name in {*needed, grid["by"]} - {*map(str, table.columns)} - seen:
            seen.add(name)
            yield Problem(
                rule=f"the table '{grid.get('table', 'panel')}' has no column '{name}'",
                remedy=nearest(name, map(str, table.columns)),
                where=f"multiverse.{grid['name']}",
            )


def no_ratios(table: pd.DataFrame, grid: Mapped, model: Mapped) -> Iterator[Problem]:
    """Yield terms of a grid of ratios that are no column of zeros and ones."""
    terms = {specified(grid, model, levels)["term"] for levels in distinct_levels(grid)}
    for term in sorted(terms) if grid["ratio"] else ():
        if not set(table.get(term, pd.Series([np.nan])).dropna()) <= {0, 1}:
            yield Problem(
                rule=f"a ratio needs a term of zeros and ones, unlike '{term}'",
                remedy="take ratio out, or follow another term",
                where=f"multiverse.{grid['name']}.ratio",
            )


def plausibility(grid: Mapped, places: np.ndarray) -> np.ndarray:
    """Return the product of the weights of each specification's levels, shape (S,)."""
    w = np.ones(len(places))
    for (choice, levels), place in zip(grid["choices"].items(), places.T, strict=True):
        of_level = grid["plausibility"].get(choice, {})
        w *= np.array([of_level.get(level, 1.0) for level in levels])[place]
    return w


def estimates_table(
    grid: Mapped,
    specifications: Sequence[Specification],
    solved: Solved,
    confidence: float,
    weights: np.ndarray,
) -> pd.DataFrame:
    """Return a row per specification, without what is judged together."""
    usual = tuple(places_of(grid, grid["preregistered"]))
    rows = pd.DataFrame([vars(one) for one in solved.estimates])
    table = pd.DataFrame(
        {
            "grid": grid["name"],
            "number": np.arange(1, len(specifications) + 1),
            "levels": [in_words(named(grid, s.levels)) for s in specifications],
            "preregistered": [s.levels == usual for s in specifications],
            "plausibility": weights,
            "outcome": [str(s.made["outcome"]) for s in specifications],
            "term": [s.term for s in specifications],
        }
    )
    table[OF_ESTIMATE] = rows[OF_ESTIMATE]
    t_tests = tested(
        table.estimate.to_numpy(), table.se.to_numpy(), table.df.to_numpy(), confidence
    )
    for name in ("p", "ci_low", "ci_high"):
        table[name] = t_tests[name]
    nothing = ("p_drawn", "p_adjusted", "p_permuted", "moved", "null_low", "null_high")
    table[list(nothing)] = np.nan
    table["ratio"] = np.nan
    if grid["ratio"]:
        table["ratio"] = (1 + rows.estimate / rows.base).where(rows.base > 0)
    table["rank"] = table.estimate.rank(method="first")
    few = table.estimate.notna() & (table.clusters < FEW_CLUSTERS)
    said = pd.Series(np.where(few, "few clusters", ""), index=table.index)
    both = few & (rows.why != "")
    table["note"] = rows.why + np.where(both, "; ", "") + said
    return table


def in_words(levels: dict[str, str]) -> str:
    """Write a combination of levels as text."""
    return "; ".join(f"{choice}: {level}" for choice, level in levels.items())


def judge_together(
    table: pd.DataFrame, solved: Solved, weights: np.ndarray, level: float
) -> Iterator[tuple[object, ...]]:
    """Yield rows of joint tests, and set each specification's p-values in the table.

    Specifications with the same equation are one, with the sum of their weights.
    """
    has = np.flatnonzero(solved.equations >= 0)
    of = solved.equations[has]
    first = has[np.unique(of, return_index=True)[1]]
    w = np.bincount(of, weights[has])
    estimates = table.estimate.to_numpy()[first]
    rows = [solved.estimates[i] for i in first]
    df = np.array([row.groups - 1.0 for row in rows])
    drawn = np.array([d.coefficients for d in solved.drawn])
    t = np.array([row.t for row in rows])
    drawn_t = np.array([d.t for d in solved.drawn])
    judged = Judged(estimates, t, df, w / w.sum(), drawn, drawn_t)
    table.loc[has, "p_drawn"] = own_p(t, drawn_t)[of]
    table.loc[has, "p_adjusted"] = step_down(t, df, drawn_t)[of]
    low, high = null_band(drawn, np.bincount(of), level)
    ranked = table.loc[has, "estimate"].rank(method="first").astype(int).to_numpy() - 1
    table.loc[has, "null_low"], table.loc[has, "null_high"] = low[ranked], high[ranked]
    yield from of_method(WILD, judged, level)
    yield from ratios(table.ratio.to_numpy(), weights)
    number = effective_number(np.clip(drawn_t, -1e6, 1e6))
    note = "independent ones that would vary as much under the null"
    yield WILD, "effective number", number, *[np.nan] * 3, drawn.shape[1], note
    alone = int((table.p_adjusted < level).sum())
    note = f"adjusted p below {level:g}: they stand by themselves"
    yield WILD, "specifications that stand", alone, *[np.nan] * 3, drawn.shape[1], note
    moves = np.array([d.moved for d in solved.drawn])
    table.loc[has, "moved"] = moves[of]
    valid = [i for i, d in enumerate(solved.drawn) if d.permuted is not None]
    each = [d.permuted for d in solved.drawn if d.permuted is not None]
    if each:
        paths = Judged(
            np.array([p.coefficient for p in each]),
            np.array([p.own_t for p in each]),
            df[valid],
            w[valid] / w[valid].sum(),
            np.array([p.coefficients for p in each]),
            np.array([p.t for p in each]),
        )
        p_each = np.full(len(solved.drawn), np.nan)
        p_each[valid] = own_p(paths.t, paths.drawn_t)
        table.loc[has, "p_permuted"] = p_each[of]
        yield from of_method(PATHS, paths, level)
        share = float(paths.plausibility @ moves[valid])
        note = "rows whose {entity} can change places; the others are left out"
        yield (
            PATHS,
            "share of rows moved",
            share,
            *[np.nan] * 3,
            paths.drawn.shape[1],
            note,
        )


def ratios(ratio: np.ndarray, weights: np.ndarray) -> Iterator[tuple[object, ...]]:
    """Yield the weighted median and the ends of the ratios, where a grid has any."""
    known = np.isfinite(ratio)
    if not known.any():
        return
    w = weights[known] / weights[known].sum()
    note = f"{int(known.sum()):,} of {len(ratio):,}; 1 where the term moves nothing"
    for name, value in (
        ("median ratio", float(weighted_medians(ratio[known, None], w)[0])),
        ("smallest ratio", float(ratio[known].min())),
        ("largest ratio", float(ratio[known].max())),
    ):
        yield RATIO, name, value, *[np.nan] * 3, 0, note


def of_method(
    method: str, judged: Judged, level: float
) -> Iterator[tuple[object, ...]]:
    """Yield a method's rows of joint tests."""
    for name, value, p, meaning in joint_tests(judged, level):
        if method == PATHS and name in SCALED:
            continue
        ends = (np.nan, np.nan)
        if name == AVERAGE:
            ends = average_interval(judged, level)
        note = f"p: {meaning}"
        yield method, name, value, p, *ends, judged.drawn.shape[1], note


def null_band(
    drawn: np.ndarray, times: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return quantiles, over draws, of the estimate at each place of the sorted curve.

    Parameters
    ----------
    drawn
        float64, shape (E, B): by equation.
    times
        int64, shape (E,): specifications of each equation.
    level
        Share of draws outside the band.
    """
    curves = np.sort(np.repeat(drawn, times, axis=0), axis=0)
    low, high = np.quantile(curves, [level / 2, 1 - level / 2], axis=1)
    return np.asarray(low), np.asarray(high)


def counts(
    grid: Mapped, table: pd.DataFrame, estimated: int
) -> Iterator[tuple[object, ...]]:
    """Yield how many specifications there are, and what speaks against how many."""
    keep = allowed(grid)
    gone = table.estimate.isna()
    negative = table.note.str.contains("negative variance")
    rows = [
        ("combinations", keep.size, "of all levels"),
        ("excluded", keep.size - int(keep.sum()), "make no sense, by exclude"),
        ("specifications", estimated, f"of {int(keep.sum()):,} that are not excluded"),
        ("without an estimate", int(gone.sum()), reasons(table.note[gone])),
        (
            "without an error",
            int(negative.sum()),
            "multiway clustering left a "
            "negative variance; judged together by the groups that stay whole",
        ),
        (
            "few clusters",
            int(table.note.str.contains("few clusters").sum()),
            f"fewer than {FEW_CLUSTERS}: their own errors are too small",
        ),
        (
            "solved from rows",
            int(table.note.str.contains("from rows").sum()),
            "terms are nearly collinear",
        ),
    ]
    for name, value, note in rows:
        yield COUNTS, name, value, *[np.nan] * 3, 0, note


def reasons(notes: pd.Series) -> str:
    """Count reasons, the most frequent first."""
    return "; ".join(f"{why} ({n:,})" for why, n in notes.value_counts().items())


def choices_table(
    grid: Mapped,
    table: pd.DataFrame,
    places: np.ndarray,
    weights: np.ndarray,
    level: float,
) -> pd.DataFrame:
    """Return what each choice and pair moves, and what each level comes to."""
    has = table.estimate.notna().to_numpy()
    estimates, levels = table.estimate.to_numpy()[has], places[has]
    p, w = table.p.to_numpy()[has], weights[has] / max(weights[has].sum(), 1e-300)
    names = list(grid["choices"])
    nothing = {"other": "", "level": "", "median": np.nan, "significant": np.nan}
    rows: list[dict[str, object]] = []
    if has.sum() > 1:
        base = {"specifications": int(has.sum()), **nothing}
        rows += [
            {**base, "choice": name, "share": share}
            for name, share in zip(names, shares(estimates, levels, w), strict=True)
        ]
        rows += [
            {**base, "choice": names[a], "other": names[b], "share": gain}
            for a, b, gain in pairs(estimates, levels, w)
        ]
    for c, name in enumerate(names):
        for i, of_level in enumerate(grid["choices"][name]):
            own = levels[:, c] == i
            row = {"choice": name, "other": "", "level": of_level, "share": np.nan}
            row |= {"specifications": int(own.sum())}
            row |= of_level_alone(estimates[own], p[own] < level, w[own])
            rows.append(row)
    return pd.DataFrame(rows).assign(grid=grid["name"])


def of_level_alone(
    estimates: np.ndarray, significant: np.ndarray, w: np.ndarray
) -> dict[str, float]:
    """Return the median estimate of a level and the share that is significant."""
    if not len(w):
        return {"median": np.nan, "significant": np.nan}
    inside = w / w.sum()
    return {
        "median": float(weighted_medians(estimates[:, None], inside)[0]),
        "significant": min(float(inside @ significant), 1.0),
    }
