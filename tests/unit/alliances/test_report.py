"""The paper's lines of the summary say the numbers of their tables."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from alliance_value.alliances.appropriation import RATIO
from alliance_value.alliances.report import (
    announcements,
    certificate,
    division,
    studies,
)
from alliance_value.exhibits.context import Context
from alliance_value.report.content import Text

TESTS = pd.DataFrame(
    [
        {
            **{"unit": unit, "sample": "all", "group": "all", "model": "market"},
            **{"window": "[-1,1]", "test": test, "n": 1200 + place, "p": 0.012},
            **{"mean": 0.0123 + place, "statistic": 2.5 + place},
        }
        for place, (unit, test) in enumerate(
            [("partners", "sign"), ("partners", "bmp"), ("dyads", "bmp")]
        )
    ]
)
DIVIDED = pd.DataFrame(
    {
        "group": ["all", *["asymmetric"] * 4],
        "quantity": [
            "both gain",
            "customer-centric partner's CAR",
            "product-centric partner's CAR",
            RATIO,
            "customer-centric partner's share",
        ],
        "estimate": [0.3333, 0.04, 0.02, 2.0, 0.555],
        "ci_low": [0.3, 0.03, 0.01, 1.25, 0.5],
        "ci_high": [0.4, 0.05, 0.03, 4.5, 0.6],
        "n": [40, 4, 4, 4, 4],
    }
)


def inputs(**results: pd.DataFrame) -> SimpleNamespace:
    return SimpleNamespace(
        results=results,
        study={"event_study": {"headline": [-1, 1]}},
        context=Context(confidence=0.9),
    )


def test_deals_stand_for_announcements_and_say_how_often_both_gain():
    assert announcements(inputs(event_tests=TESTS, division_of_value=DIVIDED)) == [
        "Partners' combined abnormal return over [-1,1] is 201.23% on average (1,202 "
        "deals; Boehmer-Musumeci-Poulsen 4.50, p = 0.0120); both gain in 33.3%."
    ]
    (alone,) = announcements(inputs(event_tests=TESTS[TESTS.unit == "partners"]))
    assert alone.startswith("Firms' abnormal return over [-1,1] is 101.23%")
    assert "(1,201 announcements;" in alone
    assert announcements(inputs()) == []


def test_the_division_says_who_takes_how_much():
    (line,) = division(inputs(division_of_value=DIVIDED))
    assert "is 4.00%, 2 times the product-centric partner's 2.00% (90%" in line
    assert "interval 1.25 to 4.5, Fieller's; 4 deals)." in line
    assert line.endswith("where both gain, the customer-centric partner takes 55.5%.")
    (short,) = division(inputs(division_of_value=DIVIDED.head(4)))
    assert short.endswith("4 deals).")


@pytest.mark.parametrize("rows", [0, 1, 2, 3])
def test_nothing_is_said_of_what_is_not_known(rows):
    assert division(inputs(division_of_value=DIVIDED.head(rows))) == []


def test_the_certificates_section_says_something_where_the_design_is_checked():
    check = pd.DataFrame({"model": ["a"]})
    assert len(certificate(inputs(design_check=check), ()).blocks) == 1
    assert certificate(inputs(design_check=check[:0]), ()).blocks == ()
    assert certificate(inputs(), ()).blocks == ()
    assert studies(inputs(), (Text("a"), Text("b"))).blocks == (Text("a"), Text("b"))
