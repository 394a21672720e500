"""The paper's lines of the summary say the numbers of their tables."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from alliance_value.alliances.claims import capture
from alliance_value.alliances.report import announcements, division
from alliance_value.exhibits.context import Context

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
        "group": ["all", "asymmetric", "asymmetric", "asymmetric"],
        "quantity": [
            "both gain",
            *(
                f"{w}-centric partner's {q}"
                for w, q in (
                    ("customer", "CAR"),
                    ("product", "CAR"),
                    ("customer", "share"),
                )
            ),
        ],
        "estimate": [0.3333, 0.04, 0.02, 0.555],
    }
)
DYADS = pd.DataFrame(
    {
        "asymmetric": 1.0,
        "customer_centric_i": [1.0, 1.0, 0.0, 1.0],
        "car_i": [0.04, 0.05, 0.02, 0.03],
        "car_j": [0.02, 0.021, 0.04, 0.019],
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
    (line,) = division(inputs(division_of_value=DIVIDED, dyads=DYADS))
    ratio = capture(DYADS, 0.9)
    assert f"is 4.00%, {ratio['estimate']:.3g} times the product-centric" in line
    low, high = ratio["ci_low"], ratio["ci_high"]
    assert f"2.00% (90% interval {low:.3g} to {high:.3g}, Fieller's; 4 deals)." in line
    assert line.endswith("where both gain, the customer-centric partner takes 55.5%.")
    (short,) = division(inputs(division_of_value=DIVIDED.head(3), dyads=DYADS))
    assert short.endswith("4 deals).")


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_nothing_is_said_of_what_is_not_known(rows):
    assert division(inputs(division_of_value=DIVIDED.head(rows), dyads=DYADS)) == []
    assert division(inputs(division_of_value=DIVIDED, dyads=DYADS.head(0))) == []
    assert division(inputs(division_of_value=DIVIDED, dyads=DYADS.head(1))) == []
