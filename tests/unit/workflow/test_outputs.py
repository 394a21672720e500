"""The rules of a workflow, and which of their files are which tables."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from alliance_value.running.places import Places
from alliance_value.workflow.outputs import Outputs, expanded, plain


class Named(dict):
    """Snakemake's list with names: its files are what it yields."""

    def __iter__(self):
        for files in self.values():
            yield from [files] if isinstance(files, str) else files


@dataclass
class Rule:
    name: str
    output: Named


def rule(name, **files):
    return Rule(name, Named(files))


@pytest.fixture
def outputs():
    kept, results = "data/processed/s", "results/s"
    rules = [
        rule(
            "firm_years",
            firm_years=f"{kept}/firm_years.parquet",
            rejects=f"{kept}/rejects/firm_years.parquet",
            funnel=f"{kept}/funnel/firm_years.parquet",
        ),
        rule(
            "portfolios",
            portfolios=[f"{kept}/portfolios/{v}.parquet" for v in ("base", "late")],
            experience=f"{kept}/experience.parquet",
        ),
        rule(
            "estimate",
            estimates=f"{kept}/models/{{family,main|more}}/estimates.parquet",
        ),
        rule(
            "appropriation", dyads=f"{kept}/dyads.parquet", text=f"{results}/dyads.csv"
        ),
        rule("results", estimates=f"{results}/estimates.csv"),
        rule("rejects", rejects=f"{results}/rejects.csv"),
        rule("table", csv=f"{results}/tables/{{table,a|b}}.csv"),
    ]
    return Outputs(lambda: rules, Places(Path(), "s"))


def test_files_of_a_rule(outputs):
    made = outputs.made_by("portfolios", "portfolios")
    assert [Path(file).stem for file in made] == ["base", "late"]
    assert outputs.made_by("portfolios", "nothing") == []
    assert outputs.made_by("no_rule", "portfolios") == []
    assert outputs.made_by("estimate", "estimates") == [
        "data/processed/s/models/{family}/estimates.parquet"
    ]


def test_an_output_of_all_rules_but_of_the_one_that_joins_them(outputs):
    assert outputs.of_all("rejects") == ["data/processed/s/rejects/firm_years.parquet"]


def test_a_table_is_kept_as_parquet_or_stands_among_the_results(outputs):
    assert {Path(file).stem for file in outputs.intermediates()} == {
        *("firm_years", "base", "late", "experience", "dyads")
    }
    assert {Path(file).stem for file in outputs.results()} == {"estimates", "rejects"}
    assert outputs.inputs(["dyads", "estimates", "unheard_of"]) == [
        "data/processed/s/dyads.parquet",
        "results/s/estimates.csv",
    ]


def test_joined_tables_with_their_variants(outputs):
    assert {k: len(v) for k, v in outputs.joined().items()} == {
        "portfolios": 2,
        "experience": 1,
    }


def test_every_file_of_a_folder_with_its_wildcards_filled(outputs):
    files = outputs.below("results/s", {"table": ["a", "b"]})
    assert [file for file in files if "/tables/" in file] == [
        "results/s/tables/a.csv",
        "results/s/tables/b.csv",
    ]
    assert "results/s/dyads.csv" in files


def test_patterns():
    assert plain("a/{b,c|d}.csv") == "a/{b}.csv"
    assert expanded("{x}/{y}/{x}", {"x": "ab", "y": "c"}) == ["a/c/a", "b/c/b"]
