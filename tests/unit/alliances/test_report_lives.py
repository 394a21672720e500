"""The answer of a study of lives: governance, lengths, ends, and who gains."""

from __future__ import annotations

from dataclasses import replace
from math import log

import pandas as pd

from alliance_value.alliances.acquisition_study import (
    DIFFERENCE,
    MEAN,
    OTHER,
    PARTNER,
)
from alliance_value.alliances.dual_appropriation import CORRELATION
from alliance_value.report.headlines import ten_lines
from tests.unit.report.test_html import inputs

__all__ = ["inputs"]

GOVERNANCE = pd.DataFrame({"form": ["contract"] * 3 + ["licence", "not known"]})
SURVIVAL = pd.DataFrame(
    {
        "grouping": ["all", "all", "equity", "equity"],
        "group": ["all", "all", "equity", "contract"],
        "spells": [90, 90, 30, 60],
        "years": [1.0, 4.0, 5.5, 3.0],
        "survival": [0.6, 0.5, 0.4, 0.3],
    }
)
INCIDENCE = pd.DataFrame(
    {
        "grouping": "all",
        "cause": ["dissolved", "acquired", "dissolved", "acquired"],
        "years": [2.0, 2.0, 11.0, 11.0],
        "incidence": [0.2, 0.05, 0.6, 0.3],
    }
)
HAZARDS = pd.DataFrame(
    {
        "model": ["dissolution", "acquisition"],
        "term": "asymmetric",
        "estimate": log(2),
        "ci_low": log(1.5),
        "ci_high": log(3),
    }
)
GAINS = pd.DataFrame(
    {
        "group": "all",
        "quantity": [CORRELATION],
        "estimate": 0.335,
        "ci_low": 0.274,
        "ci_high": 0.396,
        "n": 505,
    }
)
ACQUISITIONS = pd.DataFrame(
    {
        "group": [PARTNER, OTHER, "all"],
        "quantity": [MEAN, MEAN, DIFFERENCE],
        "estimate": [0.0269, -0.0137, 0.0406],
        "ci_low": 0.0243,
        "ci_high": 0.057,
        "n": [13, 83, 96],
    }
)


def lines_of(inputs, **tables: pd.DataFrame) -> list[str]:
    sections = ("governance", "survival", "dual_appropriation", "acquisition_study")
    study = {**inputs.study, **{key: {} for key in sections}}
    results = {
        "governance": GOVERNANCE,
        "survival": SURVIVAL,
        "incidence": INCIDENCE,
        "hazard_models": HAZARDS,
        "non_zero_sum": GAINS,
        "acquisition_returns": ACQUISITIONS,
    }
    return ten_lines(replace(inputs, study=study, results=results | tables))


def test_the_answer_follows_the_question(inputs):
    assert lines_of(inputs)[:6] == [
        "Of 4 alliances of known form: contract 75.0%, licence 25.0%.",
        "Half of 90 alliances have ended after 4.0 years (those with equity 5.5, "
        "others 3.0).",
        "Within 10 years 20.0% are dissolved, 5.0% are acquired by a partner.",
        "Dissolved at the same age, against others: partners of unlike structures 2.00 "
        "times as often (95% interval 1.50 to 3.00).",
        "Partners' abnormal returns, less the means of deals of their class, correlate "
        "by 0.335 (95% interval 0.274 to 0.396; 505 deals): value is created, not only "
        "moved.",
        "Acquirers' abnormal return is 2.69% (13 acquisitions) where they acquire a "
        "former partner, -1.37% (83 acquisitions) elsewhere; the difference is 4.06% "
        "(95% interval 2.43% to 5.70%).",
    ]


def test_what_the_data_do_not_tell_is_not_said(inputs):
    lines = lines_of(
        inputs,
        governance=GOVERNANCE[-1:],
        survival=SURVIVAL.assign(survival=0.9),
        hazard_models=HAZARDS[1:],
        non_zero_sum=GAINS.assign(ci_low=-0.1),
        acquisition_returns=ACQUISITIONS.assign(estimate=[None, 0.1, None]),
    )
    assert lines[0] == "Less than half of 90 alliances have ended in the period."
    assert lines[1].startswith("Within 10 years")
    assert lines[2].endswith("505 deals).")
    assert lines[3].startswith("M: ")
