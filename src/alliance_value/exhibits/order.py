"""A study's exhibits -> the section in which each is read, and its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from alliance_value.exhibits.labels import sentence
from alliance_value.study.additions import asked
from alliance_value.study.exhibit_problems import FUNNEL
from alliance_value.vocabulary import entries as vocabulary
from alliance_value.vocabulary.collect import entries

Kind = Literal["table", "figure"]
SUMMARY = "summary"


@dataclass(frozen=True)
class Exhibit:
    """One table or figure of a study.

    Parameters
    ----------
    kind, number
        Tables and figures are numbered apart, in the order in which they are read.
    section
        Name of the section of the report in which it stands.
    declared
        What the resolved study says of it.
    entry
        What is said of its kind; none of the sample funnel, which every study has, and
        of a kind that an older version of the program knew.
    """

    kind: Kind
    number: int
    section: str
    declared: Mapping[str, Any]
    entry: vocabulary.Exhibit | None = None

    @property
    def name(self) -> str:
        """Its name, and that of its files."""
        return str(self.declared["name"])

    @property
    def label(self) -> str:
        """Such as Table 1."""
        return f"{self.kind.capitalize()} {self.number}"

    @property
    def title(self) -> str:
        """Its title in the study file, or its name in words."""
        return str(self.declared.get("title") or sentence(self.name))

    def __str__(self) -> str:
        return f"{self.label}. {self.title}"


def numbered(study: Mapping[str, Any]) -> list[Exhibit]:
    """Return the tables and figures of a resolved study in the order of its report."""
    families = {m["name"]: m["family"] for m in study["models"]}
    leading = leading_figure(study)
    placed: list[tuple[Kind, str, Mapping[str, Any], vocabulary.Exhibit | None]]
    placed = [("figure", "sample", {"name": FUNNEL, "title": "Sample funnel"}, None)]
    known: dict[Kind, Mapping[str, vocabulary.Exhibit]]
    known = {"table": entries(vocabulary.Table), "figure": entries(vocabulary.Figure)}
    for kind, kinds in known.items():
        for exhibit in study["exhibits"].get(f"{kind}s", []):
            entry = kinds.get(exhibit.get("kind", "models"))
            place = place_of(exhibit, entry, families)
            if kind == "figure" and exhibit["name"] == leading:
                place = SUMMARY
            placed.append((kind, place, exhibit, entry))
    counts: dict[Kind, int] = {"table": 0, "figure": 0}
    exhibits = []
    for section in asked(vocabulary.Section, study):
        names = (section.name, section.instead_of)
        for kind in counts:
            for which, place, declared, of_kind in placed:
                if which == kind and place in names:
                    counts[kind] += 1
                    where = (kind, counts[kind], section.name)
                    exhibits.append(Exhibit(*where, declared, of_kind))
    return exhibits


def leading_figure(study: Mapping[str, Any]) -> str:
    """Return the figure that stands beside the answer.

    It is the first of the first hypothesis's model, or, without hypotheses, the first.
    """
    asserted = {h["model"] for h in study.get("hypotheses", [])[:1]}
    for figure in study["exhibits"].get("figures", []):
        shown = {figure.get("model"), *(figure.get("models") or ())}
        if not asserted or asserted & shown:
            return str(figure["name"])
    return ""


def place_of(
    exhibit: Mapping[str, Any],
    entry: vocabulary.Exhibit | None,
    families: Mapping[str, str],
) -> str:
    """Return the section of an exhibit: by its kind, then by its models' families."""
    first = next(iter(families.values()), "")
    others = {families[m] for m in exhibit.get("models") or () if m in families}
    kind = entry or vocabulary.Table("models")
    if kind.name == "models" and others - {first}:
        return "robustness"
    return kind.section
