"""Names and codes of firms are found in files, and common words are none."""

from __future__ import annotations

import polars as pl
import pytest

from alliance_value.sharing.scan.identities import Names, naming_columns, values_of
from alliance_value.sharing.scan.named import common_words, named_in
from alliance_value.sharing.scan.unpack import readable
from tests.unit.sharing.scan.files import hiding

FIRMS = {
    "Zebra Mark Holdings Ltd": "ZMH",
    "Alphatron": "F",
    "Target": "IT",
    "Gap": "TK01Q",
    "AT&T": "T",
    "Dravo Corp": "A",
}
PROGRAMS = ["target = gap(target)", "the gap to a target", "Target and Gap of a test"]


def names_of(*values: str) -> Names:
    names = Names()
    for value in values:
        names.add(value)
    return names


PERMNOS = ("91154", "84081", "10107", "14593", "22111")
KNOWN = names_of(*FIRMS, *FIRMS.values(), "001690", "83191X102", *PERMNOS)
COMMON = common_words(PROGRAMS, "a study of returns")


def named(content: bytes | str, written: bool = False) -> list[str]:
    content = content if isinstance(content, bytes) else content.encode()
    return named_in(readable(content), KNOWN, COMMON, written)


@pytest.mark.parametrize("name", hiding("x"))
def test_a_name_is_found_in_every_kind_of_file(name):
    for note in ("the Zebra Mark Holdings", "ALPHATRON Inc", "TK01Q fell"):
        assert named(hiding(note)[name]), note


@pytest.mark.parametrize(
    "result",
    [
        "model,cluster,influence\nbase,Zebra Mark Holdings Ltd,0.1\n",
        "model,cluster\nbase,zebra mark\n",
        "firm,effect\nDravo,0.1\n",
        "firm,effect\n001690,0.1\n",
        "firm,cusip\nx,83191X102\n",
        "security,car\nF,0.1\nIT,0.2\nT,0.3\n",
        'column,top\nfirm,"Target (8), Gap (8), AT&T (8), and 9 others"\n',
        "<table><tr><td>F</td></tr><tr><td>IT</td></tr><tr><td>A</td></tr></table>",
        '{"firms": ["F", "T", "IT"]}',
        "<svg><!-- Alphatron --></svg>",
        "security,n\n91154,1\n84081,2\n10107,3\n14593,4\n22111,5\n",
    ],
)
def test_a_result_that_names_firms_is_known(result):
    assert named(result)


@pytest.mark.parametrize(
    "result",
    [
        "model,term,estimate\nbase,target,0.1\nbase,gap,0.2\n",
        "test,statistic\nF,3.2\nt,2.1\n",
        "x,y\n0.001690,1.001690\n",
        "group,n\nall,91154\nsome,12345\nnone,33333\nfew,44444\n",
        "<p>The target is at t, and the mark of a zebra</p>",
        "sector,effect\nEnergy,0.1\n",
    ],
)
def test_a_result_that_names_none_is_known(result):
    assert named(result) == []


def test_a_program_may_use_common_words_and_examples_of_codes():
    program = "target = 'gap'  # F, T and IT are tests; 001690 keeps its zeros\n"
    assert named(program, written=True) == []
    assert named("# Alphatron is left out\n", written=True) == ["alphatron"]
    assert named("alphatron = 1\n", written=True) == []
    assert named("# Zebra Mark, since 2001\n", written=True) == ["zebra mark"]


def test_of_many_names_one_word_of_a_page_may_be_one():
    letters = "abcdefghijklmnopqrst"
    many = names_of(
        *(f"Firm{first}{second}x" for first in letters for second in letters)
    )
    page = readable(b"The Firmaax is one.\n")
    assert named_in(page, many, COMMON, True) == []
    list_of_them = readable(b"Firmaax, Firmbax, Firmcax\n")
    assert named_in(list_of_them, many, COMMON, True)


def test_what_the_authors_say_of_a_firm_is_theirs():
    names = names_of("Zebra Mark Holdings Ltd", "Alphatron", "Betacorp")
    names.leave_out("where: [\"name != 'Zebra Mark Holdings Ltd'\", 'Alphatron']")
    assert named_in(readable(b"Zebra Mark Holdings, Alphatron"), names, (), False) == []
    assert named_in(readable(b"a,Betacorp"), names, (), False) == ["betacorp"]


TABLE = pl.DataFrame(
    {
        "code": [f"F{n // 4}" for n in range(24)],
        "label": [f"Name {n // 4}" for n in range(24)],
        "ticker": [f"TK{n // 4}" for n in range(24)],
        "Participants (Short Name)": ["A Corp\nB Corp"] * 24,
        "sector": ["Energy", "Mining"] * 12,
        "flag": ["x", *[""] * 23],
        "year": [str(2001 + n % 4) for n in range(24)],
        "sales": [f"{n}.25" for n in range(24)],
        "cusip": [f"{n // 4}X" for n in range(24)],
    }
)


def test_columns_that_name_firms_are_declared_or_known_or_belong_to_one_firm_each():
    columns = naming_columns(TABLE, {"entity": "code", "time": "year"}, ())
    assert set(columns) == {
        *("code", "label", "ticker", "cusip", "Participants (Short Name)")
    }
    assert values_of(TABLE, ["Participants (Short Name)"]) == {"A Corp", "B Corp"}
    assert "sector" in naming_columns(TABLE, {"security": "sector"}, ())
    assert "sector" in naming_columns(TABLE, {}, ("sector",))
    assert "label" not in naming_columns(TABLE, {}, ())


def test_a_head_that_stands_again_is_no_name():
    again = pl.DataFrame({"ticker": ["TK1", "ticker"]})
    assert values_of(again, ["ticker"]) == {"TK1"}
