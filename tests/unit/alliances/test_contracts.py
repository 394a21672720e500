"""Bounds of the paper's canonical tables: shares, counts, flags and p-values."""

from __future__ import annotations

import importlib
import pkgutil

from alliance_value.alliances import contracts
from alliance_value.alliances.checks import (
    acquirer_problems,
    acquisition_problems,
    alliance_problems,
    dual_problems,
    governance_problems,
    ownership_problems,
    planted_problems,
    review_problems,
    shown_problems,
    survival_problems,
    termination_problems,
)
from alliance_value.alliances.values import words
from alliance_value.contracts.columns import CanonicalTable

TABLES = [
    table
    for module in pkgutil.iter_modules(contracts.__path__)
    for table in vars(
        importlib.import_module(f"{contracts.__name__}.{module.name}")
    ).values()
    if isinstance(table, type)
    and issubclass(table, CanonicalTable)
    and table.__module__.startswith(contracts.__name__)
]
LOWEST = {
    ("Participants", "position"): 1,
    ("MatchesToReview", "position"): 1,
    ("Portfolios", "mkt_difference"): -1,
    ("JointValue", "n"): 2,
    ("WhaleCurve", "rank"): 1,
    ("WhaleCurve", "deals"): 1,
    ("WhaleSummary", "deals"): 1,
    **{(curve, "spells"): 1 for curve in ("Curve", "Survival", "Incidence")},
    ("AllianceSpells", "exit"): 1,
    ("Governance", "rung"): 1,
    ("PortfolioGovernance", "governance_rung"): 1,
}
HIGHEST = {
    ("Governance", "rung"): 6,
    ("PortfolioGovernance", "governance_rung"): 6,
    ("Ownership", "share"): 100,
}


def bounds(name: str) -> dict[tuple[str, str], object]:
    return {
        (table.__name__, column): check.statistics[
            "min_value" if name.startswith("greater") else "max_value"
        ]
        for table in TABLES
        for column, declared in table.to_schema().columns.items()
        for check in declared.checks
        if check.name == name
    }


def test_what_is_counted_or_shared_is_at_least_zero():
    least = bounds("greater_than_or_equal_to")
    assert len(least) > 50
    assert {key: value for key, value in least.items() if value != 0} == LOWEST


def test_shares_and_p_values_are_at_most_one():
    most = bounds("less_than_or_equal_to")
    assert {key: value for key, value in most.items() if value != 1} == HIGHEST
    shares = {column for _, column in most}
    assert {"p", "cc_share", "asym_share", "coverage", "share_of_deals"} <= shares


def test_flags_are_zero_or_one():
    flags = [
        (*check.statistics["allowed_values"],)
        for table in TABLES
        for declared in table.to_schema().columns.values()
        for check in declared.checks
        if check.name == "isin" and declared.dtype.type.kind in "fi"
    ]
    assert set(flags) == {(0, 1)}
    assert len(flags) > 5


def test_tables_have_their_columns_and_no_other_in_their_order():
    assert len(TABLES) > 15
    schemas = [table.to_schema() for table in TABLES]
    # a grid's abnormal returns follow its windows and models
    wider = {"PartnerReturns"}
    assert {schema.name for schema in schemas if not schema.strict} == wider
    unordered = {schema.name for schema in schemas if not schema.ordered}
    assert unordered == wider | {"Dyads"}


def rules(problems) -> list[tuple[str, str]]:
    return [(problem.rule, problem.where) for problem in problems]


def test_alliances_need_structures_and_year_ends():
    sources = {"alliances": {}, "firm_years": {}}
    assert rules(alliance_problems({"sources": sources})) == [
        ("sources.alliances needs sources.structures", "sources.alliances"),
        (
            "portfolios are taken at the fiscal year-end, which is not given",
            "sources.firm_years.period_end",
        ),
    ]
    whole = {"structures": {}, "firm_years": {"period_end": "datadate"}}
    assert rules(alliance_problems({"sources": whole})) == []
    assert rules(alliance_problems({"sources": {"structures": {}}})) == []
    assert rules(review_problems({"sources": {"firm_years": {}}})) == [
        ("sources.reviewed_matches needs sources.alliances", "sources.reviewed_matches")
    ]
    assert rules(review_problems({"sources": {"alliances": {}}})) == []


def test_exhibits_of_alliances_are_of_partners_or_deals():
    figures = [
        {"name": name, "kind": "caar", "unit": unit}
        for name, unit in (("a", "partners"), ("b", "dyads"), ("c", "events"))
    ]
    study = {"sources": {}, "exhibits": {"figures": figures, "tables": []}}
    found = rules(shown_problems(study))
    assert [rule for rule, _ in found] == ["the event study has no 'events'"]
    assert rules(shown_problems({**study, "sources": {"events": {}}})) == []


def test_checks_of_dyads_name_one_thing_that_the_study_has():
    study = {"sources": {"alliances": {}}, "event_study": {}}
    term = {"quantity": "term"}
    checks = [
        {"truth": "a"},
        {"dyads": {"quantity": "mean"}},
        {"dyads": {"quantity": "mean"}, "model": "m"},
        {"dyads": {"quantity": "mean"}, "model": "m", "weights": {}},
        {"dyads": term},
        {"dyads": {**term, "model": "combined"}},
        {"dyads": {**term, "model": "combined", "term": "asymmetric"}},
        {"dyads": {"quantity": "mean"}, "result": {}},
    ]
    assert rules(planted_problems({**study, "validation": checks})) == [
        ("a check names a model and dyads", "validation[3]"),
        ("a term of a model of dyads needs model and term", "validation[4].dyads"),
        ("a term of a model of dyads needs model and term", "validation[5].dyads"),
        ("a check names dyads and result", "validation[7]"),
    ]
    for less in ({"sources": {}, "event_study": {}}, {"sources": {"alliances": {}}}):
        assert rules(planted_problems({**less, "validation": checks[1:2]})) == [
            ("this study has no dyads", "validation[0].dyads")
        ]


def test_structures_have_words_under_every_variant():
    found = words({"portfolio": {"variants": {"short": {}}}})
    assert set(found) == {"unit", "own_cc", "own_cc_short"}
    assert found["own_cc"] is found["own_cc_short"]
    assert [*found["own_cc"]] == ["0", "1"]


def test_a_switch_without_its_sources_names_each_of_them():
    study = {
        "sources": {},
        "governance": {},
        "survival": {"first": "2001-01-01", "last": "2000-01-01"},
        "dual_appropriation": {"windows": [[0, 0], [-1, 1]]},
        "acquisition_study": {},
    }
    assert rules(governance_problems(study)) == [
        ("governance needs sources.alliances", "governance")
    ]
    assert [where for _, where in rules(survival_problems(study))] == [
        *("survival", "survival", "survival.last")
    ]
    assert rules(dual_problems(study)) == [
        ("dual_appropriation needs sources.alliances", "dual_appropriation"),
        (
            "dual_appropriation needs the event study of alliances",
            "dual_appropriation",
        ),
    ]
    assert [rule for rule, _ in rules(acquirer_problems(study))] == [
        "acquisition_study needs sources.alliances",
        "acquisition_study needs sources.acquisitions",
        "acquisition_study needs the event study of alliances",
    ]
    events = {"sources": {"alliances": {}}, "event_study": {"windows": [[0, 0]]}}
    assert rules(dual_problems({**study, **events})) == [
        ("the event study has no window [-1, 1]", "dual_appropriation.windows[1]")
    ]


def test_a_source_that_nothing_takes_is_a_mistake():
    names = ("ownership", "terminations", "acquisitions")
    study = {"sources": {name: {} for name in names}}
    checks = (ownership_problems, termination_problems, acquisition_problems)
    for name, check in zip(names, checks, strict=True):
        ((rule, where),) = rules(check(study))
        assert (rule, where) == (f"nothing takes sources.{name}", f"sources.{name}")
        used = {**study, "governance": {}, "survival": {}}
        assert rules(check(used)) == []
        functions = {**study, "governance": {}, "constructs": {"function": True}}
        assert rules(check(functions)) == []
