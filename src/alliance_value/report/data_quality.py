"""Profiles, records and rejects of source files -> what is wrong with each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from alliance_value.contracts.accounts import DataQuality
from alliance_value.contracts.rejects import in_words
from alliance_value.contracts.storage import conform, empty
from alliance_value.report.page import fill_page, rows
from alliance_value.vocabulary.words import Words

EXAMPLES = 3
LONGEST = 60
# what sources hold that a study has words for
CALLED = {"firm_years": "{entity}-{times}", "firms": "{entities}"}
Profile = Mapping[str, Any]


def quality_table(profiles: Sequence[Profile], rejects: pd.DataFrame) -> pd.DataFrame:
    """Return one row per source file and column, with its rejects counted.

    Parameters
    ----------
    profiles
        Profiles of the sources, each with its ``source`` and ``files``.
    rejects
        Canonical rejects of the study.
    """
    counts = rejects.groupby(["file", "column", "action"]).size().to_dict()
    rows = [
        {
            "source": profile["source"],
            "file": file["file"],
            "column": c["column"],
            "kind": c["kind"],
            "rows": file["rows"],
            "missing": c["missing"],
            "distinct": c["distinct"],
            "min": clipped(c["min"]),
            "max": clipped(c["max"]),
            "rejected": counts.get((file["file"], c["column"], "rejected"), 0),
            "repaired": counts.get((file["file"], c["column"], "repaired"), 0),
        }
        for profile in profiles
        for file in profile["files"]
        for c in file["columns"]
    ]
    return conform(pd.DataFrame(rows), DataQuality) if rows else empty(DataQuality)


def quality_page(
    profiles: Sequence[Profile],
    records: Sequence[Mapping[str, Any]],
    rejects: pd.DataFrame,
    study: Mapping[str, Any],
    templates: Mapping[str, str],
) -> str:
    """Fill the page: an overview of all files, then one section per source.

    Parameters
    ----------
    profiles, rejects
        As in `quality_table`.
    records
        What readers wrote of their files: ``files``, ``decisions``, and whatever else.
    study
        title and simulated.
    templates
        Jinja2 sources of the page and its base.
    """
    words = Words(**study["words"])
    sources = [
        {**part, "words": words.say(CALLED.get(part["name"], part["words"]))}
        for part in (section(profile, records, rejects) for profile in profiles)
    ]
    return fill_page(
        templates, "data_quality.html.j2", study=study, sources=sources, width="wide"
    )


def section(
    profile: Profile, records: Sequence[Mapping[str, Any]], rejects: pd.DataFrame
) -> dict[str, Any]:
    """Return what the page shows of one source."""
    files = [file_account(file, records, rejects) for file in profile["files"]]
    names = [file["file"] for file in profile["files"]]
    own = [r for r in records if names and owner(r) == names[0]]
    return {
        "name": profile["source"],
        "words": str(profile["source"]).replace("_", " "),
        "files": files,
        "decisions": [d for r in own for d in general(r)],
        "facts": [
            fact
            for record in own
            for key, value in record.items()
            if key not in ("files", "decisions")
            for fact in facts(key, value)
        ],
    }


def owner(record: Mapping[str, Any]) -> str:
    """Return the first file of a record, under whose source it is shown."""
    files = record.get("files", [])
    return str(files[0]["file"]) if files else ""


def general(record: Mapping[str, Any]) -> list[str]:
    """Return a record's decisions that concern no single one of several files."""
    names = [str(f["file"]) for f in record.get("files", [])]
    if len(names) == 1:
        return []
    every = [str(d) for d in record.get("decisions", [])]
    return [d for d in every if not d.startswith(tuple(f"{n}: " for n in names))]


def file_account(
    file: Profile, records: Sequence[Mapping[str, Any]], rejects: pd.DataFrame
) -> dict[str, Any]:
    """Return what the page shows of one file."""
    name = str(file["file"])
    decisions: list[str] = []
    details: list[tuple[str, str]] = []
    for record in records:
        entries = [f for f in record.get("files", []) if f["file"] == name]
        if not entries:
            continue
        for said in map(str, record.get("decisions", [])):
            if said.startswith(f"{name}: "):
                decisions.append(said.removeprefix(f"{name}: "))
            elif len(record["files"]) == 1:
                decisions.append(said)
        for entry in entries[:1]:
            details += [
                fact
                for key, value in entry.items()
                if key != "file"
                for fact in facts(key, value)
            ]
    own = rejects[(rejects.file == name).to_numpy(bool)]
    columns = {c["column"]: c for c in file["columns"]}
    dates = [c for c in file["columns"] if c["kind"] == "date"]
    return {
        **dict.fromkeys(("repeated_rows", "repeated_keys")),
        **file,
        "id": name.replace(".", "-"),
        "count": len(columns),
        "key_ranges": [
            f"{k}: {clipped(columns[k]['min'])} to {clipped(columns[k]['max'])}"
            for k in file.get("key") or []
        ],
        "date_ranges": [f"{c['column']}: {c['min']} to {c['max']}" for c in dates],
        "empty": [c["column"] for c in file["columns"] if not c["kind"]],
        "rejected": rejected_rows(own),
        "repaired": int((own.action == "repaired").sum()),
        "decisions": list(dict.fromkeys(decisions)),
        "details": list(dict.fromkeys(details)),
        "rules": rules(own),
        "columns": [
            {**c, "low": clipped(c["min"]), "high": clipped(c["max"])}
            for c in file["columns"]
        ],
    }


def rejected_rows(own: pd.DataFrame) -> int:
    """Return how many rows of a file were rejected, by however many rules."""
    return int(own.loc[own.action == "rejected", "row"].nunique())


def facts(key: str, value: Any, within: str = "") -> Iterator[tuple[str, str]]:
    """Flatten whatever a record holds into names and texts; empty values are left out.

    A mapping of counts becomes one text; other mappings are opened.
    """
    label = f"{within}{key}".replace("_", " ")
    if value is None or value == "" or value == {} or value == []:
        return
    if isinstance(value, Mapping):
        if all(isinstance(v, int) for v in value.values()):
            yield label, ", ".join(f"{k} ({n:,})" for k, n in value.items())
            return
        # how a file was read needs no name before each of its facts
        opened = "" if key == "reading" else f"{label}: "
        for inner, content in value.items():
            yield from facts(str(inner), content, opened)
    elif isinstance(value, list):
        yield label, "; ".join(str(v) for v in value)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield label, f"{value:,}"
    else:
        yield label, str(value)


def rules(own: pd.DataFrame) -> list[dict[str, Any]]:
    """Return each rule that rejected or repaired, its count and a few examples."""
    plain = own.astype(object).where(own.notna(), None)
    plain["column"] = plain["column"].fillna("")
    return [
        {
            "rule": in_words(str(rule)),
            "action": action,
            "column": column,
            "count": len(part),
            "examples": [example(r) for r in rows(part.head(EXAMPLES))],
        }
        for (action, rule, column), part in plain.groupby(
            ["action", "rule", "column"], sort=True
        )
    ]


def example(row: Mapping[str, Any]) -> str:
    """Return a row's place, its value, and what became of it."""
    value = "empty" if row["value"] is None else f"“{clipped(row['value'])}”"
    if row["action"] == "rejected":
        return f"row {row['row']:,}: {value}"
    new = "missing" if row["new_value"] is None else f"“{clipped(row['new_value'])}”"
    return f"row {row['row']:,}: {value} → {new}"


def clipped(text: Any) -> str | None:
    """Shorten a cell that would flood the page."""
    if text is None:
        return None
    text = str(text).replace("\n", " / ")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
