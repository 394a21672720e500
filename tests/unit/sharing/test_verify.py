"""Two versions of results -> exactly the cells that differ, and why."""

from __future__ import annotations

import pytest

from alliance_value.running.provenance import Job, Provenance
from alliance_value.sharing.verdict_page import headline, lines, page
from alliance_value.sharing.verify import (
    causes,
    compare_results,
    verdict_table,
)

ESTIMATES = b"model,term,estimate,n\nm,a,0.5,10\nm,b,2,10\n"
OUTPUT, PANEL = "results/s/estimates.csv", "data/processed/s/panel.parquet"
STAMP = "build/s/params/x.json"
FILES = {
    "src/x.py": "1",
    "data/raw/s/a.csv": "2",
    STAMP: "3",
    PANEL: "4",
    OUTPUT: "5",
}


def record(libraries=None, settings="a", python="3.11", **files):
    changed = {
        name.replace("__", "/").replace("_dot_", "."): h for name, h in files.items()
    }
    return Provenance(
        study="s",
        environment={
            "python": python,
            "system": "Linux",
            "machine": "x86_64",
            "libraries": libraries or {"pandas": "3"},
        },
        files=FILES | changed,
        settings={STAMP: settings},
        jobs=(
            Job("panel", ("data/raw/s/a.csv", "src/x.py", STAMP), (PANEL,)),
            Job("results", (PANEL,), (OUTPUT,)),
        ),
    )


def compared(rerun, name="estimates.csv", recorded=ESTIMATES):
    return compare_results({name: recorded}, {name: rerun})


@pytest.mark.parametrize(
    ("rerun", "cells", "within"),
    [
        (ESTIMATES, [], 0),
        (ESTIMATES.replace(b"0.5,", b"0.500000001,"), [], 1),
        (ESTIMATES.replace(b"0.5,", b"0.5001,"), ["m / a / estimate"], 0),
        (ESTIMATES.replace(b"2,10", b"2,11"), ["m / b / n"], 0),
        (b"model,term,estimate,n\nm,b,2,10\nm,a,0.5,10\n", [], 0),
        (b"model,term,estimate,n\nm,a,0.5,10\n", ["m / b"], 0),
        (ESTIMATES + b"m,c,1,10\n", ["m / c"], 0),
        (ESTIMATES.replace(b"0.5,", b","), ["m / a / estimate"], 0),
        (ESTIMATES.replace(b"0.5,", b"nan,"), ["m / a / estimate"], 0),
    ],
)
def test_tables_are_compared_by_key_under_tolerance(rerun, cells, within):
    found = compared(rerun)
    assert [d.cell for d in found.differences] == cells
    assert found.within == within


def test_rows_without_a_key_are_compared_in_order():
    found = compared(b"a,b\n1,1\n1,2\n", recorded=b"a,b\n1,1\n1,1\n")
    assert [d.cell for d in found.differences] == ["row 3 / b"]


REGRESSION = (
    b",roa,size\n,(1),(2)\nshare,0.0202**,-0.2258\n,(0.0092),(0.1689)\n"
    b"size,-0.060***,\n,(0.013),\nObservations,96,96\n"
)


@pytest.mark.parametrize(
    ("old", "new", "cells"),
    [
        (b"0.0202**", b"0.0203**", ["share / roa"]),
        (b"(0.0092)", b"(0.0094)", ["share / row 2 / roa"]),
        (b"(2)", b"(3)", ["heading / size"]),
        (b"size,-0.060***,\n,(0.013),\n", b"", ["size", "size / row 2"]),
        (b"Observations,96", b"Firms,12,12\nObservations,96", ["Firms"]),
    ],
)
def test_tables_for_readers_are_compared_by_label_and_line(old, new, cells):
    found = compared(REGRESSION.replace(old, new), "tables/t.csv", REGRESSION)
    assert [d.cell for d in found.differences] == cells


SLOPES = b"model,of,at,effect\nm,x,0.5,1.25\nm,x,0.75,2.5\nn,x,0.5,3.5\n"


@pytest.mark.parametrize(
    ("rerun", "cells", "within"),
    [
        (SLOPES.replace(b"0.75", b"0.75000000001"), [], 1),
        (SLOPES.replace(b"0.75", b"0.76"), ["m / x / row 2 / at"], 0),
        (SLOPES.replace(b"m,x,0.75,2.5\n", b""), ["m / x / row 2"], 0),
    ],
)
def test_a_decimal_is_no_key(rerun, cells, within):
    found = compared(rerun, "slopes.csv", SLOPES)
    assert [d.cell for d in found.differences] == cells
    assert found.within == within


def test_texts_are_compared_line_by_line_numbers_under_tolerance():
    old, new = b"x 1.00000001 y\nb\n", b"x 1.0 y\nc\nd\n"
    found = compared(new, "summary.txt", old)
    assert [d.cell for d in found.differences] == ["line 2", "line 3"]
    assert (found.cells, found.within) == (3, 1)


def test_a_file_that_one_version_lacks_differs():
    found = compare_results({"a.csv": b"x\n1\n"}, {"b.csv": b"x\n1\n"})
    assert [(d.file, d.verdict) for d in found.differences] == [
        ("a.csv", "missing"),
        ("b.csv", "extra"),
    ]


def test_pictures_count_by_the_numbers_beside_them():
    assert compared(b"other", "figures/f.png", b"one").cells == 0
    number = compared(b"x,y\n1,2.1\n", "figures/f.csv", b"x,y\n1,2.2\n")
    assert [d.kind for d in number.differences] == ["figures"]


@pytest.mark.parametrize(
    ("rerun", "words"),
    [
        (record(src__x_dot_py="9"), "code: src/x.py was 1, is 9"),
        (record(data__raw__s__a_dot_csv="9"), "input: data/raw/s/a.csv was 2, is 9"),
        (
            record(build__s__params__x_dot_json="9", settings="b"),
            "study file or settings: x.json",
        ),
        (
            record(build__s__params__x_dot_json="9", libraries={"pandas": "4"}),
            "library: pandas was 3, is 4",
        ),
        (record(python="3.13"), "platform: python was 3.11, is 3.13"),
        (record(), "none found: the run itself does not repeat"),
    ],
)
def test_a_cause_is_named_by_what_differs_behind_a_result(rerun, words):
    assert causes(record(), rerun, "results/s") == {"estimates.csv": (words,)}


def test_the_verdict_shows_both_values_and_the_cause():
    found = compared(ESTIMATES.replace(b"0.5,", b"0.7,"))
    table = verdict_table(found, {"estimates.csv": ["code: <x>"]})
    text = "\n".join(lines(table))
    assert "m / a / estimate: differs, recorded 0.5, now 0.7" in text
    assert "code: <x>" in text
    shown = page(table, headline(found, "the recorded results"), "s")
    assert "1 of 8 cells differ" in shown
    assert "code: &lt;x&gt;" in shown
