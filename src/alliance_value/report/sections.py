"""A finished study -> the sections of its report, one content for every format."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from alliance_value.contracts.funnel import SAMPLE
from alliance_value.exhibits.cells import plain, sentence
from alliance_value.exhibits.funnel import model_branches, step_label
from alliance_value.exhibits.regression_table import term_label
from alliance_value.report.content import (
    Block,
    Grid,
    Head,
    Picture,
    Points,
    Section,
    Text,
    listing,
)
from alliance_value.report.headlines import ten_lines
from alliance_value.report.inputs import Inputs
from alliance_value.report.methods import methods
from alliance_value.report.page import rows

SHOWN_REJECTS = 200
EVENT_KINDS = frozenset(
    {
        "event_tests",
        "group_means",
        "division",
        "appropriation",
        "dyad_models",
        "formation",
    }
    | {"caar", "joint_value", "both_gain", "whale_curve", "size_power"}
)
# section -> its title and the sentence that opens it
EXHIBITS = {
    "claims": (
        "Claims",
        "Published headlines beside this study's estimates; each verdict follows from "
        "the interval by rule.",
    ),
    "sample": (
        "Sample",
        "From the rows in the files to the panel, every row accounted for. Steps that "
        "take no row away, and the sources' own, stand in tables/funnel.html and "
        "funnel.csv.",
    ),
    "events": (
        "Study 1: announcements",
        "Abnormal returns around announcements, the value that partners create "
        "together and how they divide it.",
    ),
    "portfolios": (
        "Study 2: portfolios",
        "Firms' performance along the composition of their alliance portfolios.",
    ),
    "robustness": (
        "Robustness",
        "The same questions by other estimators, definitions and ways of inference.",
    ),
}


def contents(inputs: Inputs) -> list[Section]:
    """Return the report's sections in order; those with nothing to show are left out.

    Tables and figures are numbered in the order in which they are read.
    """
    made = [
        Section("summary", "Summary", (Points(tuple(ten_lines(inputs))),)),
        *exhibit_sections(inputs),
        *recovery(inputs),
        quality(inputs),
        Section("methods", "Methods used in this run", methods(inputs), "Methods"),
        provenance(inputs),
    ]
    return [section for section in made if section.blocks]


def exhibit_sections(inputs: Inputs) -> Iterator[Section]:
    """Sort the exhibits into sections."""
    study = inputs.study
    families = {m["name"]: m["family"] for m in study["models"]}
    tables = figures = 0
    for name, (title, lead) in EXHIBITS.items():
        blocks: list[Block] = []
        for spec in study["exhibits"]["tables"]:
            if place_of(spec, families) == name:
                tables += 1
                blocks.append(Grid(inputs.tables[spec["name"]], tables))
        drawn = [
            f["name"]
            for f in study["exhibits"]["figures"]
            if place_of(f, families) == name
        ]
        if name == "sample":
            drawn = [f for f in ("funnel",) if f in inputs.figures]
        for figure in drawn:
            figures += 1
            svg, caption = inputs.figures[figure], inputs.captions[figure]
            blocks.append(Picture(figure, figures, svg, caption))
        if name == "claims":
            blocks += [Points(tuple(verdicts(inputs)))] if len(inputs.claims) else []
            if study["simulated"]:
                lead += (
                    " The data are simulated: the verdicts validate the pipeline and "
                    "are no evidence about firms."
                )
        if name == "sample":
            blocks.insert(0, sample(inputs))
        if not blocks:
            continue
        section = Section(name, title, (Text(lead), *blocks))
        if name == "sample" and study["models"]:
            section = replace(
                section,
                folded=(branches(inputs),),
                folded_title="From the panel to each model",
            )
        yield section


def place_of(exhibit: Mapping[str, Any], families: Mapping[str, str]) -> str:
    """Return the section of an exhibit: by its kind, then by its models' families."""
    kind = exhibit.get("kind", "models")
    if kind == "claims":
        return "claims"
    if kind == "coder_agreement":
        return "sample"
    if kind in EVENT_KINDS:
        return "events"
    if kind in ("specification_curve", "inference", "leave_out"):
        return "robustness"
    first = next(iter(families.values()), "")
    others = {families[m] for m in exhibit.get("models") or () if m in families}
    return "robustness" if others - {first} and kind == "models" else "portfolios"


def verdicts(inputs: Inputs) -> list[str]:
    """Say the verdicts on each claim's readings in a sentence each."""
    lines = []
    for headline, part in inputs.claims.groupby("headline", sort=False):
        said = [
            f"{r['reading']}, {r['published']:.3g} published"
            + ("" if pd.isna(r["estimate"]) else f" and {r['estimate']:.3g} estimated")
            + f": {r['verdict']}"
            for r in rows(part)
        ]
        lines.append(f"{headline}: {'; '.join(said)}.")
    return lines


def sample(inputs: Inputs) -> Grid:
    """List the steps from the files to the panel, or to the events alone."""
    funnel = inputs.funnel
    main = SAMPLE if (funnel.branch == SAMPLE).any() else "events"
    steps: list[tuple[str, ...]] = [
        (
            sentence(step_label(s["step"], inputs.labels)),
            *counts(s, "rows_in", "dropped", "rows_out", "firms_out"),
            s["why"],
        )
        for s in rows(funnel[funnel.branch == main])
    ]
    heads = ("Rows in", "Dropped", "Rows out", "Firms", "Why")
    return listing("sample", heads, "rrrrp", steps)


def branches(inputs: Inputs) -> Grid:
    """List the steps from the panel to each model."""
    titles = {m["name"]: m["title"] for m in inputs.study["models"]}
    steps: list[tuple[str, ...]] = []
    for model, taken in model_branches(inputs.funnel):
        name = titles.get(model) or sentence(model)
        steps.append((name, "panel", "", f"{int(taken.rows_in.iloc[0]):,}"))
        steps += [
            (
                "",
                step_label(s["step"], inputs.labels),
                *counts(s, "dropped", "rows_out"),
            )
            for s in rows(taken[taken.dropped > 0])
        ]
    return listing("models", ("Step", "Dropped", "Rows left"), "prr", steps)


def counts(record: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """Write counts with commas, nothing where there is none."""
    return tuple("" if pd.isna(record[n]) else f"{record[n]:,}" for n in names)


def recovery(inputs: Inputs) -> Iterator[Section]:
    """List planted values beside their estimates."""
    if not len(inputs.validation):
        return
    titles = {m["name"]: m["title"] for m in inputs.study["models"]}
    checks: list[tuple[str, ...]] = [
        (
            sentence(", ".join(plain(part) for part in v["truth"].split(".")[1:])),
            titles.get(v["model"]) or sentence(v["model"]),
            combination(v["combination"], inputs.labels),
            *(f"{v['planted']:.4g}", f"{v['estimate']:.4g}", f"{v['se']:.2g}"),
            f"{v['ci_low']:.4g} to {v['ci_high']:.4g}",
            "yes" if v["covered"] else "no",
        )
        for v in rows(inputs.validation)
    ]
    heads = ("Model", "Estimate of", "Planted", "Estimate", "s.e.", "Interval", "Held")
    yield Section(
        "validation",
        "Recovery of what was planted",
        (
            Text(
                "The data are simulated: the true values are known, and a good "
                "estimator's intervals hold them."
            ),
            listing("validation", heads, "pprrrrc", checks),
        ),
        "Recovery",
    )


def combination(text: str, labels: Mapping[str, str]) -> str:
    """Write a sum of terms with the variables' labels."""
    words = {name: plain(name) for name in re.findall(r"\w+", text)}
    terms = text.split(" + ")
    return " + ".join(plain(term_label(t, {**words, **labels})) for t in terms)


def quality(inputs: Inputs) -> Section:
    """Count what rules rejected, repaired and pulled in."""
    blocks: list[Block] = [
        Text(
            "Each source file's columns, ranges and defects stand in "
            "data_quality.html; what every column of every table means in "
            "codebook.html."
        )
    ]
    found: list[tuple[str, ...]] = [
        (r["file"], plain(r["rule"]), r["column"], r["action"], f"{r['values']:,}")
        for r in rows(reject_counts(inputs.rejects))
    ]
    folded: tuple[Block, ...] = ()
    title = ""
    if found:
        heads = ("Rule", "Column", "Action", "Values")
        blocks += [
            Text(
                "Values that a rule rejected or repaired. Every one of them stands in "
                "rejects.csv with its file, row, column, value and rule."
            ),
            listing("rejects", heads, "pplr", found),
        ]
        folded, title = rejected_values(inputs.rejects)
    else:
        blocks.append(Text("No value was rejected or repaired."))
    cuts: list[tuple[str, ...]] = [
        (label(c["variable"], inputs), *counts(c, "values", "raised", "lowered"))
        for c in rows(cut_summary(inputs.cut_points))
    ]
    if cuts:
        blocks += [
            Head("Winsorizing"),
            listing("cuts", ("Values", "Raised", "Lowered"), "rrr", cuts),
        ]
    return Section("quality", "Data quality", tuple(blocks), "", folded, title)


def label(name: str, inputs: Inputs) -> str:
    """Return a variable's label."""
    return term_label(name, inputs.labels)


def rejected_values(rejects: pd.DataFrame) -> tuple[tuple[Block, ...], str]:
    """List the first rejected or repaired values, and say how many there are."""
    more = max(0, len(rejects) - SHOWN_REJECTS)
    title = "The values"
    if more:
        title += f" (the first {SHOWN_REJECTS}; {more:,} more in rejects.csv)"
    names = ("file", "row", "column", "value", "rule", "action", "new_value")
    shown = rejects.head(SHOWN_REJECTS).astype(object).fillna("")
    heads = ("Row", "Column", "Value", "Rule", "Action", "New value")
    body = [tuple(str(r[n]) for n in names) for r in rows(shown)]
    return (listing("rejected-values", heads, "rppppp", body),), title


def reject_counts(rejects: pd.DataFrame) -> pd.DataFrame:
    """Return how many values each rule rejected or repaired."""
    keys = ["file", "rule", "column", "action"]
    return (
        rejects.astype(object)
        .fillna({"column": ""})
        .groupby(keys, sort=True)
        .size()
        .reset_index(name="values")
    )


def cut_summary(cut_points: pd.DataFrame) -> pd.DataFrame:
    """Return how many values of each variable were pulled in."""
    grouped = cut_points.groupby("variable", sort=False)
    return grouped[["values", "raised", "lowered"]].sum().reset_index()


def provenance(inputs: Inputs) -> Section:
    """List the source files with their hashes, and the versions that computed."""
    files: Sequence[Mapping[str, Any]] = [
        f for source in inputs.sources for f in source["files"]
    ]
    decisions = tuple(d for source in inputs.sources for d in source["decisions"])
    versions = ", ".join(f"{n} {v}" for n, v in inputs.libraries.items())
    hashes: list[tuple[str, ...]] = [
        (f["file"], f"{f['bytes']:,}", f["sha256"]) for f in files
    ]
    return Section(
        "provenance",
        "Provenance",
        (
            listing("files", ("Bytes", "SHA-256"), "rl", hashes),
            Text(f"Seed {inputs.study['seed']}. {versions}."),
            Text(
                "The resolved study stands beside this report as study.resolved.yaml, "
                "the record of every job in provenance.json."
            ),
        ),
        "",
        (Points(decisions),) if decisions else (),
        "What was decided in reading them",
    )
