"""Every kind of table: laid out from small results, numbers at the shown rounding."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.values import STRUCTURES, UNITS
from alliance_value.contracts.problems import UserError
from alliance_value.exhibits.cells import interval, p_value, share
from alliance_value.exhibits.chosen import lay_out
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.labels import label, plain, sentence
from alliance_value.exhibits.latex import to_latex
from alliance_value.exhibits.render import from_json, to_html, to_json
from alliance_value.models.family import estimate_family
from alliance_value.study.spec import Model, Table
from alliance_value.vocabulary.entries import EventTest

CONTEXT = Context(
    labels={"cc_share": "Share", "own_cc": "Own structure", "size": "Size", "y": "ROA"},
    titles={"b": "Second"},
    outcomes={"a": "y", "b": "y"},
    values={"own_cc": STRUCTURES, "unit": UNITS},
    simulated="all of it.",
)


@pytest.fixture(scope="module")
def results() -> dict[str, pd.DataFrame]:
    groups = ["all", "R&D asymmetric", "R&D symmetric", "marketing asymmetric"]
    tests = pd.DataFrame(
        [
            {
                "unit": unit,
                "sample": "all",
                "group": group,
                "model": "market",
                "window": "[-1,1]",
                "test": test,
                "n": 1200 + i,
                "mean": 0.0123 * (i + 1),
                "statistic": 2.5 + i if test == "bmp" else np.nan,
                "reason": None if test == "bmp" else "too few events",
                "p": 0.012,
            }
            for unit in ("partners", "dyads")
            for i, group in enumerate(groups)
            for test in ("bmp", "corrado")
        ]
    )
    slopes = pd.DataFrame(
        {
            "model": ["a", "a", "a", "b"],
            "of": "cc_share",
            "over": ["own_cc", "own_cc", "own_cc", "size"],
            "kind": ["slope", "slope", "difference", "slope"],
            "at": [0.0, 1.0, 1.0, 2.5],
            "less": [np.nan, np.nan, 0.0, np.nan],
            "estimate": [0.1772, -0.1684, -0.3456, 0.5],
            "se": [0.0050, 0.0071, 0.0084, 0.2],
            "p": [0.0, 0.0, 0.0, 0.2],
        }
    )
    size = pd.DataFrame(
        {
            "design": np.repeat(["null", "return of 1 %"], 2),
            "part": "",
            "window": "[-1,1]",
            "test": np.tile(["bmp", "sign"], 2),
            "level": 0.05,
            "events": 30,
            "samples": 100,
            "rate": [0.04, np.nan, 0.5, 0.605],
        }
    )
    inference = pd.DataFrame(
        {
            "model": "a",
            "term": "cc_share",
            "method": ["clustered (CR1)", "wild cluster bootstrap (webb)"],
            "se": [0.005, np.nan],
            "p": [1e-9, 0.0004],
            "ci_low": [0.16, np.nan],
            "ci_high": [0.18, np.nan],
        }
    )
    return {
        "event_tests": tests,
        "slopes": slopes,
        "size_power": size,
        "inference": inference,
    }


def laid_out(results, kind, **settings):
    table = lay_out(Table("t", kind=kind, **settings), results, CONTEXT)
    assert "Simulated: all of it." in table.notes
    assert all(len(cells) == len(table.columns) for _, cells in table.rows)
    assert from_json(to_json(table)) == table
    assert "nan" not in to_html(table) + to_latex(table)
    return table


def test_tests_stand_in_rows_and_groups_in_columns(results):
    table = laid_out(results, "event_tests", unit="dyads")
    rows = dict(table.rows)
    assert [head for _, head in table.columns] == [
        *("All", "R&D asymmetric", "R&D symmetric", "Marketing asymmetric")
    ]
    assert rows["Events"] == ("1,200", "1,201", "1,202", "1,203")
    assert rows["Mean CAR"][0] == "1.23%"
    assert rows["Boehmer-Musumeci-Poulsen"][1] == "3.50**"
    assert rows["Corrado rank"] == ("", "", "", "")


def test_both_units_have_a_head_of_their_own(results):
    table = laid_out(results, "event_tests")
    tops = [top for top, _ in table.columns]
    assert tops == ["Partners"] * 4 + ["Deals, both partners combined"] * 4


@pytest.fixture
def windows():
    """Two windows, models and samples; statistics say what they are of."""
    rows = [
        {
            "unit": "partners",
            "sample": sample,
            "group": group,
            "model": model,
            "window": window,
            "test": test,
            "n": 40 - 10 * s - w,
            "mean": 0.01 * (w + 1) + 0.001 * m,
            "statistic": np.nan if test == "corrado" else 1.0 + w + 0.1 * m + 0.01 * s,
            "p": 0.06,
            "p_greater": 0.03,
            "p_less": 0.97,
        }
        for s, sample in enumerate(("all", "unconfounded"))
        for group in ("all", "a")
        for m, model in enumerate(("market", "ff3"))
        for w, window in enumerate(("[0,0]", "[-1,1]"))
        for test in ("bmp", "corrado")
    ]
    return {"event_tests": pd.DataFrame(rows)}


def test_windows_stand_in_rows_models_and_samples_in_columns(windows):
    table = laid_out(windows, "event_windows")
    assert table.columns == (
        ("All", "Market model"),
        ("All", "Fama-French three factors"),
        ("Unconfounded", "Market model"),
        ("Unconfounded", "Fama-French three factors"),
    )
    assert table.rows == (
        ("[0,0]", ("1.00%*", "1.10%*", "1.00%*", "1.10%*")),
        ("", ("(1.00)", "(1.10)", "(1.01)", "(1.11)")),
        ("[-1,1]", ("2.00%*", "2.10%*", "2.00%*", "2.10%*")),
        ("", ("(2.00)", "(2.10)", "(2.01)", "(2.11)")),
        ("Events", ("39", "39", "29", "29")),
    )
    assert any(note.startswith("Two-sided: ") for note in table.notes)


def test_the_first_unit_and_the_most_prominent_test_are_shown(windows):
    tests = windows["event_tests"]
    other = tests.assign(unit="dyads", mean=0.5)
    pairs = pd.concat([tests, other]).sort_index(kind="stable")
    assert laid_out({"event_tests": pairs}, "event_windows") == (
        laid_out(windows, "event_windows")
    )
    named = laid_out({"event_tests": pairs}, "event_windows", unit="dyads")
    assert named.rows[0][1][0] == "50.00%*"
    assert laid_out(windows, "event_windows").notes[0] == (
        "Mean cumulative abnormal returns; in parentheses the statistic of the test "
        "Boehmer-Musumeci-Poulsen. Events: those with a return in the last window."
    )


def test_windows_show_another_test_and_one_side(windows):
    table = laid_out(windows, "event_windows", test="corrado", alternative="greater")
    assert table.rows[0] == ("[0,0]", ("1.00%**", "1.10%**", "1.00%**", "1.10%**"))
    assert table.rows[1] == ("", ("", "", "", ""))
    assert any("Corrado rank" in note for note in table.notes)
    assert any(note.startswith("One-sided, against positive") for note in table.notes)
    table = laid_out(windows, "event_windows", alternative="less")
    assert table.rows[0][1][0] == "1.00%"


def test_listed_events_keep_their_groups_names_and_own_windows_are_called_so(windows):
    tests = windows["event_tests"].assign(unit="events", reason="too few")
    own = {"event_tests": tests.replace({"window": {"[-1,1]": "own"}})}
    table = laid_out(own, "event_tests", window="own")
    assert [head for _, head in table.columns] == ["All", "a"]
    assert "over the events' own windows" in table.notes[0]
    assert table.notes[1] == "Corrado rank: too few."
    assert "own windows" in dict(laid_out(own, "event_windows").rows)


def beside(table, **names):
    """Return a table with rows of others, whose names come before and behind."""
    parts = [table]
    for name in names:
        for other in ("0", "~"):
            also = table.assign(**{name: other})
            numbers = also.select_dtypes("float").columns
            parts.append(also.assign(**{n: also[n] / 3 for n in numbers}))
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        ("event_tests", {"sample": "all", "model": "market", "unit": "dyads"}),
        ("event_windows", {"unit": "partners", "group": "all", "test": "bmp"}),
        ("size_power", {"window": "[-1,1]"}),
        ("slopes", {"kind": "slope", "model": "a"}),
    ],
)
def test_rows_of_others_are_not_shown_whatever_their_names(kind, own, results, windows):
    tables = {**results, **(windows if kind == "event_windows" else {})}
    settings = {k: v for k, v in own.items() if k not in ("sample", "kind", "model")}
    if "model" in own:
        named = "models" if kind == "slopes" else "model"
        settings[named] = (own["model"],) if kind == "slopes" else own["model"]
    among = {
        name: beside(table, **own) if {*own} <= {*table.columns} else table
        for name, table in tables.items()
    }
    alone = laid_out(tables, kind, **settings)
    assert laid_out(among, kind, **settings) == alone


def test_a_group_that_no_event_has_is_named(windows):
    with pytest.raises(UserError, match="no group 'b'"):
        laid_out(windows, "event_windows", group="b")


def test_slopes_are_named_by_structure_and_their_difference_follows(results):
    table = laid_out(results, "slopes")
    heads = [head for head, _ in table.rows if head]
    assert heads == [
        "Share: product-centric firms",
        "Share: customer-centric firms",
        "Share: customer-centric firms less product-centric firms",
        "Share: Size = 2.5",
    ]
    assert table.columns == (("ROA", "A"), ("ROA", "Second"))
    assert table.rows[4][1] == ("-0.3456***", "")
    assert table.rows[5][1] == ("(0.0084)", "")
    assert len(laid_out(results, "slopes", models=("a",)).rows) == 6


def test_a_column_of_the_users_own_keeps_its_name(results):
    context = Context(outcomes={"a": "y", "b": "y"})
    table = lay_out(Table("t", kind="slopes"), results, context)
    assert "cc_share: own_cc = 0" in [head for head, _ in table.rows]


def test_rejection_rates_stand_by_design(results):
    table = laid_out(results, "size_power")
    assert [head for _, head in table.columns] == ["No effect", "Return of 1 %"]
    assert dict(table.rows)["Sign"] == ("", "60.5%")
    assert table.notes[0] == (
        "Share of 100 samples of 30 events at random entities and days, window [-1,1], "
        "in which a test of level 0.05 rejects; a test of the right size has a "
        "standard error of 2.2%. Columns that add a return show power."
    )
    # of several windows the last is shown
    other = results["size_power"].tail(1).assign(window="[-5,5]", rate=0.25)
    more = pd.concat([results["size_power"], other])
    table = laid_out({"size_power": more}, "size_power")
    assert table.rows == (("Sign", ("25.0%",)),)
    assert "window [-5,5], in which" in table.notes[0]


def test_rates_within_parts_stand_by_part_and_window(results):
    whole = results["size_power"]
    parts = whole.head(2).assign(part="size, group 1 of 2", rate=[0.5, np.nan])
    size_power = pd.concat([whole, parts, parts.assign(window="[0,0]", rate=0.05)])
    table = laid_out({**results, "size_power": size_power}, "size_within")
    assert [head for _, head in table.columns] == [
        "Boehmer-Musumeci-Poulsen",
        "Sign",
    ]
    assert dict(table.rows) == {
        "All, [-1,1]": ("4.0%", ""),
        "Size, group 1 of 2, [-1,1]": ("50.0%+", ""),
        "Size, group 1 of 2, [0,0]": ("5.0%", "5.0%"),
    }
    # 5 % of 100 samples: 2.576 standard errors of 2.18 points above it
    assert table.notes[0] == (
        "Share of 100 samples of 30 events at random entities and days of each part, "
        "in which a test of level 0.05 rejects although nothing is there. + above "
        "10.6%, which chance allows a test of the right size in one of 200."
    )
    # ... and one without parts shows designs of all returns alone
    assert dict(laid_out({"size_power": size_power}, "size_power").rows) == dict(
        laid_out(results, "size_power").rows
    )


def test_small_p_values_are_not_zero(results):
    table = laid_out(results, "inference")
    assert table.rows[0] == (
        "Share",
        ("Clustered (CR1)", "0.0050", "<0.0001", "0.1600 to 0.1800"),
    )
    assert table.rows[1] == ("", ("Wild cluster bootstrap (Webb)", "", "0.0004", ""))


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "<0.0001"), (1e-4, "0.0001"), (0.25, "0.2500")]
)
def test_p_values_have_four_decimals(value, text):
    assert p_value(value) == text
    assert p_value(np.nan) == ""


def test_words_and_numbers():
    assert plain("smaller_car") == "smaller CAR"
    assert sentence("car difference") == "CAR difference"
    assert sentence("marketing and R&D asymmetric") == "Marketing and R&D asymmetric"
    assert share(-0.000001) == "0.00%"
    assert interval(-0.5, np.nan) == ""
    assert label(EventTest, "bmp") == "Boehmer-Musumeci-Poulsen"
    assert label(EventTest, "of_its_own") == "Of its own"


PANEL = pd.DataFrame(
    {
        "firm": ["a", "a", "b", "c"],
        "fiscal_year": [2001, 2002, 2001, 2002],
        "own_cc": [0.0, 1.0, 0.0, 1.0],
        "size": [1.0, 2.0, 1.5, np.nan],
        "cc_share": [0.1, 0.4, 0.2, 0.3],
    }
)


def test_a_sample_is_counted_by_time_and_further_columns():
    laid_out = lay_out(
        Table("t", kind="sample", terms=("own_cc",)), {"panel": PANEL}, CONTEXT
    )
    assert laid_out.rows == (
        ("Period: 2001", ("2", "2", "50.0%")),
        ("Period: 2002", ("2", "2", "50.0%")),
        (f"Own structure: {STRUCTURES['0']}", ("2", "2", "50.0%")),
        (f"Own structure: {STRUCTURES['1']}", ("2", "2", "50.0%")),
        ("All", ("4", "3", "100.0%")),
    )


def test_correlations_have_their_rows_above_the_diagonal():
    laid_out = lay_out(
        Table("t", kind="correlations", terms=("size", "cc_share")),
        {"panel": PANEL},
        CONTEXT,
    )
    assert laid_out.rows == (
        ("(1) Size", ("1", "3")),
        ("(2) Share", ("0.98", "1")),
    )


def test_calendar_time_has_its_mean_t_and_days():
    key = {"sample": "all", "group": "all", "model": "market", "window": "[0,1]"}
    days = pd.to_datetime(["2020-01-02", "2020-01-03", "2020-01-06"])
    series = pd.DataFrame({"date": days, "ar": [0.01, 0.02, 0.03], "n": 2, "z": 1.0})
    test = {"unit": "events", "test": "calendar_time", "statistic": 3.4641, "p": 0.004}
    tables = {
        "calendar_time": series.assign(**key),
        "event_tests": pd.DataFrame([{**key, **test}]),
    }
    laid_out = lay_out(Table("t", kind="calendar_time"), tables, Context())
    assert [head for _, head in laid_out.columns] == ["All"]
    assert laid_out.rows == (
        ("[0,1]", ("2.00%***",)),
        ("t", ("3.46",)),
        ("Days", ("3",)),
    )
    # of several models and samples one is shown: the first, or the one that is named
    others = [{"model": "ff3"}, {"model": "~"}, {"sample": "no other news"}]
    others += [{"sample": "0"}, {"test": "a"}, {"test": "z"}]
    more = {
        name: pd.concat(
            [table, *(table.assign(**o) for o in others if {*o} <= {*table.columns})]
        )
        for name, table in tables.items()
    }
    halved = more["calendar_time"].model.eq("ff3")
    more["calendar_time"].loc[halved, "ar"] /= 2
    assert lay_out(Table("t", kind="calendar_time"), more, Context()) == laid_out
    named = lay_out(Table("t", kind="calendar_time", model="ff3"), more, Context())
    assert (
        named.rows[0] == ("[0,1]", ("1.00%***",)) and named.rows[2] == laid_out.rows[2]
    )


def test_first_stages_have_a_column_each_and_say_how_strong_instruments_are():
    rng = np.random.default_rng(4)
    z, w, u = rng.normal(size=(3, 400))
    data = pd.DataFrame(
        {
            "firm": pd.Series(np.arange(400) // 4).astype("string"),
            "fiscal_year": np.arange(400) % 4,
            "x": z + u + rng.normal(size=400),
            "w": w,
            "z": z,
        }
    ).assign(y=lambda d: d.x + d.w + u)
    least = Model("ols", "y", ("x", "w"), estimator="pooled_ols", clusters=("firm",))
    model = replace(
        least, name="iv", estimator="iv", endogenous=("x",), instruments=("z",)
    )
    tables = vars(estimate_family(data, [least, model]))
    table = Table("t", kind="first_stages", stars=False)
    laid_out = lay_out(table, tables, Context(titles={"iv": "2SLS"}))
    assert laid_out.columns == (("2SLS", "x"),)
    rows = dict(laid_out.rows)
    assert set(rows) >= {"z", "w", "F of the instruments", "Effective F"}
    assert float(rows["Effective F"][0]) > 30
    assert "weak where below" in laid_out.notes[0]


def test_tests_of_first_stages_stand_below_their_column():
    stage = {"estimate": 0.5, "se": 0.1, "p": 0.0, "ci_low": 0.3, "ci_high": 0.7}
    equations = pd.DataFrame(
        [
            {"model": model, "equation": f"first stage of {of}", "term": term, **stage}
            for model, of in (("a", "x"), ("a", "w"), ("b", "x"))
            for term in ("constant", "z")
        ]
        + [{"model": "a", "equation": "outcome", "term": "x", **stage}]
    )
    diagnostics = pd.DataFrame(
        [
            ("a", "first_stage_f: x", 12.345, "n"),
            ("a", "first_stage_f: w", 1.25, "n"),
            ("b", "effective_f", 23.44, "weak where below 23.1"),
            ("b", "tf", 2.345, "at 5%"),
            ("b", "anderson_rubin", 3.0, "holds"),
            ("c", "tf", 9.0, "no"),
        ],
        columns=["model", "test", "statistic", "note"],
    )
    tables = {"equations": equations, "diagnostics": diagnostics}
    table = laid_out(tables, "first_stages", stars=False, below="nothing")
    assert table.columns == (("A", "x"), ("A", "w"), ("Second", "x"))
    assert table.rows == (
        ("z", ("0.500", "0.500", "0.500")),
        ("Constant", ("0.500", "0.500", "0.500")),
        ("F of the instruments", ("12.3", "1.2", "")),
        ("Effective F", ("", "", "23.4")),
        ("tF, critical value of t", ("", "", "2.35")),
    )
    assert table.rules == {2}
    assert table.notes[:3] == (
        "Second, effective F: weak where below 23.1.",
        "Second, tF (Lee, McCrary, Moreira and Porter 2022): at 5%.",
        "Second, Anderson-Rubin: holds.",
    )
    one = laid_out(tables, "first_stages", models=("a",), terms=("z",))
    assert [head for head, _ in one.rows] == ["z", "", "F of the instruments"]


def test_definitions_are_the_codebooks_of_the_panels_columns():
    codebook = pd.DataFrame(
        {
            "table": ["firm_years", "panel", "panel"],
            "column": ["y", "y", "size"],
            "formula": ["as filed", "income / fiscal_year", ""],
            "unit": ["$ million", "decimal", "log"],
            "source": ["", "the study's files", "logarithm of assets"],
        }
    )
    table = laid_out({"codebook": codebook}, "variables", terms=("size", "y", "gone"))
    assert table.rows == (
        ("Size", ("", "log", "Logarithm of assets")),
        ("ROA", ("income / period", "decimal", "The study's files")),
    )
    assert [low for _, low in table.columns] == ["Definition", "Unit", "Source"]


def test_robustness_values_stand_beside_each_terms_estimate(results):
    measures = {
        "partial R2": 0.4,
        "robustness value": 0.55,
        "robustness value, 5 %": 0.5,
        "Oster's delta": np.nan,
    }
    measured = pd.DataFrame(
        [
            {"model": model, "term": term, "measure": name, "value": value + add}
            for model in ("a", "b")
            for term, add in (("cc_share", 0.0), ("size", 0.1))
            for name, value in measures.items()
        ]
    )
    own = pd.DataFrame(
        {
            "model": ["a", "a", "a", "b"],
            "term": ["cc_share", "cc_share", "size", "size"],
            "estimate": [0.1772, 0.1772, -1.0, 2.0],
            "se": [0.005, 0.006, 0.5, 0.25],
        }
    )
    tables = {"sensitivity": measured, "inference": own}
    table = laid_out(tables, "sensitivity", models=("a",))
    assert table.rows == (
        ("Share", ("0.1772", "0.0050", "0.400", "0.550", "0.500", "")),
        ("Size", ("-1.0000", "0.5000", "0.500", "0.650", "0.600", "")),
    )
    heads = [head for head, _ in laid_out(tables, "sensitivity").rows]
    assert heads == ["A: Share", "A: Size", "Second: Size"]
    (one,) = laid_out(tables, "sensitivity", terms=("cc_share",)).rows
    assert one[0] == "Share"


def test_bounds_say_where_an_effect_has_which_sign():
    outside = "effect differs from zero outside the bounds"
    far = f"{outside}; outside the observed 0 to 1"
    rows = [
        ("a", "size", "cc_share", "slope", 0.0, 1.0, ""),
        ("a", "size", "cc_share", "boundary", 0.25, -0.2, outside),
        ("a", "size", "cc_share", "boundary", -0.5, 0.2, far),
        ("b", "cc_share", "size", "boundary", 2.0, 0.1, "between"),
        ("b", "cc_share", "size", "boundary", 3.0, 0.2, "between"),
    ]
    names = ["model", "of", "over", "kind", "at", "estimate", "note"]
    slopes = {"slopes": pd.DataFrame(rows, columns=names)}
    assert laid_out(slopes, "johnson_neyman").rows == (
        (
            "A: Size along Share",
            ("(-0.500)", "0.250", "positive below, negative above"),
        ),
        ("Second: Share along Size", ("2.000", "3.000", "positive between")),
    )
    (one,) = laid_out(slopes, "johnson_neyman", models=("b",)).rows
    assert one[0] == "Share along Size"
    assert laid_out(slopes, "johnson_neyman", terms=("own_cc",)).rows == ()
