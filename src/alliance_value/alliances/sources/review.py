"""Unmatched participants -> firms that they may be, to review; decisions read back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from alliance_value.alliances.contracts.alliances import (
    Alliances,
    MatchesToReview,
    Participants,
)
from alliance_value.alliances.sources.matching import HOME, plain_name
from alliance_value.contracts.firm_years import FIRM
from alliance_value.contracts.problems import Problem, nearest, raise_if
from alliance_value.contracts.storage import conform
from alliance_value.sources.columns import find_columns, texts, whole_numbers
from alliance_value.sources.identifiers import firm_codes
from alliance_value.sources.raw_table import RawTable, in_places
from alliance_value.vocabulary.entries import reader

KEY: list[str] = [Alliances.alliance, Participants.position]
DECISIONS = ("", "accept", "reject")
LEAST_SCORE = 0.5
ROUNDING = 1e-9
MOST_FIRMS = 3
# What a spreadsheet would take for a formula when the review file is opened.
FORMULA = r"^[=+\-@\t\r]"


def matches_to_review(
    participants: pd.DataFrame,
    alliances: pd.DataFrame,
    known: pd.DataFrame,
    decisions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Propose firms for the participants that no identifier or equal name matched.

    The score of two names is their weighted Jaccard index: over the words that either
    plain name has, the share that both have, each word weighted by ln(1 + N / n), where
    n of the N known names have it, so that rare words count more than "SYSTEMS". The
    better of the parent's and the participant's own score counts. Firms are proposed
    whose name was theirs on the announcement day, at scores of 0.5 and above, three at
    most. Participants of another nation are proposed only at equal names.

    Parameters
    ----------
    participants
        Canonical participants.
    alliances
        Canonical alliances, for the announcement day.
    known
        Result of `matching.issuers`.
    decisions
        Earlier decisions (`read_decisions`); they stay in the table.

    Returns
    -------
    pandas.DataFrame
        Canonical matches to review, the best of each participant first.
    """
    left = participants[participants[FIRM].isna()]
    left = left.merge(
        alliances[[Alliances.alliance, Alliances.announced]], on=Alliances.alliance
    )
    left = left.reset_index(drop=True)
    candidates = known.dropna(subset=["plain"])
    candidates = candidates[[FIRM, "plain", "valid_from", "valid_to"]]
    candidates = candidates.drop_duplicates().reset_index(drop=True)
    weights = word_weights(candidates.plain)
    scores = [
        word_scores(plain_name(left[column]), candidates.plain, weights)
        for column in (Participants.parent_name, "name")
    ]
    pairs = pd.concat(scores, ignore_index=True)
    pairs = pairs.join(left[[*KEY, Alliances.announced, "nation"]], on="left")
    pairs = pairs.join(candidates, on="right")
    in_force = pairs.announced.between(pairs.valid_from, pairs.valid_to)
    home = pairs.nation.isna() | pairs.nation.eq(HOME)
    pairs = pairs[in_force & (home | (pairs.score == 1))].sort_values(
        [*KEY, "score", FIRM, "plain"], ascending=[True, True, False, True, True]
    )
    pairs = pairs.drop_duplicates([*KEY, FIRM])
    pairs = pairs[pairs.groupby(KEY).cumcount() < MOST_FIRMS]
    several = pairs.score.eq(1) & pairs.duplicated(KEY, keep=False)
    pairs["reason"] = np.where(several, "several firms of this name", "similar name")
    table = pairs[["left", FIRM, "plain", "score", "reason"]]
    table = table.rename(columns={"plain": "firm_name"})
    columns = [*KEY, Alliances.announced, "name", Participants.parent_name, "nation"]
    table = table.join(left[columns], on="left")
    table["score"] = table.score.round(4)
    table["decision"] = ""
    if decisions is not None and len(decisions):
        old = decisions.set_index([*KEY, FIRM]).decision
        index = pd.MultiIndex.from_frame(table[[*KEY, FIRM]])
        table["decision"] = old.reindex(index).fillna("").to_numpy()
    for name in ("name", Participants.parent_name, "firm_name"):
        risky = table[name].str.contains(FORMULA, regex=True).fillna(False)
        table[name] = table[name].mask(risky.astype(bool), "'" + table[name])
    return conform(table.drop(columns="left"), MatchesToReview)


def word_weights(names: pd.Series) -> pd.Series:
    """Return the weight of each word: ln(1 + N / n), n of N names having it."""
    words = names.drop_duplicates().str.split().explode().to_frame("word")
    words = words.reset_index().drop_duplicates()
    count = words.groupby("word").size()
    total = max(names.nunique(), 1)
    return pd.Series(np.log1p(total / count.to_numpy()), count.index, name="weight")


def word_scores(
    these: pd.Series, theirs: pd.Series, weights: pd.Series
) -> pd.DataFrame:
    """Score the pairs of names that reach `LEAST_SCORE`.

    A word that no known name has weighs as much as one that a single name has. Such a
    pair shares at least `LEAST_SCORE` of the first name's weight, and so one of its
    heaviest words that make up the rest: pairs of common words alone are never joined.

    Returns
    -------
    pandas.DataFrame
        left, right (index labels of the names), score.
    """
    rarest = float(weights.max()) if len(weights) else 1.0
    first, second = (
        weighted_words(these, weights, rarest),
        weighted_words(theirs, weights, rarest),
    )
    total_first = first.groupby("label").weight.sum()
    total_second = second.groupby("label").weight.sum()
    heaviest = first.sort_values(["label", "weight"], ascending=[True, False])
    heavier = heaviest.groupby("label").weight.cumsum() - heaviest.weight
    rest = heaviest.label.map(total_first) * (1 - LEAST_SCORE)
    telling = heaviest[heavier <= rest * (1 + ROUNDING)]
    theirs_by_word = second[["label", "word"]]
    near = telling.merge(theirs_by_word, on="word", suffixes=("", "_right"))
    near = near[["label", "label_right"]].drop_duplicates()
    both = near.merge(first, on="label").merge(
        theirs_by_word.rename(columns={"label": "label_right"}),
        on=["label_right", "word"],
    )
    shared = both.groupby(["label", "label_right"]).weight.sum().reset_index()
    shared.columns = pd.Index(["left", "right", "shared"])
    union = shared.left.map(total_first) + shared.right.map(total_second)
    # rounding noise must not keep equal names below 1
    score = (shared.shared / (union - shared.shared)).round(9)
    scored = shared[["left", "right"]].assign(score=score)
    return scored[score >= LEAST_SCORE]


def weighted_words(names: pd.Series, weights: pd.Series, other: float) -> pd.DataFrame:
    """Return label, word, weight: each word of each name once."""
    words = names.dropna().str.split().explode().rename("word")
    table = words.rename_axis("label").reset_index().drop_duplicates()
    weight = table.word.map(weights).astype("float64").fillna(other)
    return table.assign(weight=weight)


@reader(
    "review",
    of="reviewed_matches",
    label="reviewed matches",
    reads="A copy of matches_to_review.csv with decisions.",
    stops=("A decision is none, or contradicts another one.",),
    makes=("participants",),
)
def read_decisions(raw: RawTable, key: str = "gvkey") -> pd.DataFrame:
    """Read a reviewed file back.

    Parameters
    ----------
    raw
        The reviewed file.
    key
        The firm-years' column of firms, whose codes these are padded as.

    Returns
    -------
    pandas.DataFrame
        alliance, position, firm, decision, score: one row per decided pair.

    Raises
    ------
    UserError
        Columns are missing, a decision is neither accept, reject nor empty, a key
        cannot be read or repeats, or two firms are accepted for one participant; all
        at once.
    """
    names = [*KEY, FIRM, "decision"]
    columns = find_columns(raw, {n: (n,) for n in names}, {"score": ("score",)})
    printed = pd.DataFrame({n: texts(raw, c) for n, c in columns.items()})
    decision = printed.decision.fillna("").str.lower()
    position = whole_numbers(printed.position)
    table = pd.DataFrame(
        {
            Alliances.alliance: printed.alliance,
            Participants.position: position,
            FIRM: firm_codes(printed[FIRM], key),
            "decision": decision,
            "score": pd.to_numeric(
                printed.get("score", pd.Series(pd.NA, printed.index)), errors="coerce"
            ).astype("float64"),
        }
    )
    unread = table[[*KEY, FIRM]].isna().any(axis=1)
    accepted = table.decision.eq("accept")
    rules: list[tuple[pd.Series, str, str, Callable[[str], str]]] = [
        (
            ~decision.isin(DECISIONS),
            "decision",
            "is no decision",
            lambda value: nearest(value, DECISIONS[1:]) + " Or leave it empty.",
        ),
        (
            unread,
            Alliances.alliance,
            "the row lacks its alliance, position or firm",
            lambda value: "restore the row, or delete it",
        ),
        (
            ~unread & table.duplicated([*KEY, FIRM]),
            FIRM,
            "the participant and the firm stand in an earlier row",
            lambda value: "delete one of the rows",
        ),
        (
            accepted & table[accepted].duplicated(KEY).reindex(table.index).eq(True),
            FIRM,
            "another firm is accepted for this participant",
            lambda value: "accept one firm only",
        ),
    ]
    problems = [
        Problem(
            rule=rule,
            remedy=remedy(str(printed.loc[label, column])),
            where=raw.file,
            row=int(raw.rows[label]),
            column=columns[column],
            value=str(printed.loc[label, column]),
        )
        for broken, column, rule, remedy in rules
        for label in table.index[broken]
    ]
    raise_if(in_places(problems, raw), f"reading {raw.file}")
    return table[decision.ne("")].reset_index(drop=True)


def apply_decisions(
    participants: pd.DataFrame, decisions: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Give participants the firms that were accepted.

    A decision never replaces a match by identifiers; decisions on participants that
    are there no more change nothing and are counted.

    Returns
    -------
    participants : pandas.DataFrame
        Canonical participants; ``match_method`` is ``reviewed`` for accepted firms.
    decisions : tuple of str
    """
    accepted = decisions[decisions.decision == "accept"].set_index(KEY)
    index = pd.MultiIndex.from_frame(participants[KEY])
    firm = accepted[FIRM].reindex(index)
    score = accepted.score.reindex(index)
    use = participants[FIRM].isna().to_numpy() & firm.notna().to_numpy()
    table = participants.copy()
    table.loc[use, FIRM] = firm.to_numpy()[use]
    table.loc[use, Participants.match_method] = "reviewed"
    table.loc[use, Participants.match_score] = score.to_numpy()[use]
    gone = int((~accepted.index.isin(index)).sum())
    words = (
        f"{int(use.sum()):,} participants matched by review",
        f"{gone:,} accepted matches are of participants that are there no more",
    )
    return conform(table, Participants), words
