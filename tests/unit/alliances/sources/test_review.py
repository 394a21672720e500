"""Scores of names by hand: rare words count more, equal names are one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.sources.review import word_scores, word_weights


def test_a_word_weighs_by_how_few_names_have_it():
    names = pd.Series(["ACME SYSTEMS", "BOLT SYSTEMS SYSTEMS", "ACME SYSTEMS"])
    weights = word_weights(names)
    assert weights.to_dict() == {
        "ACME": pytest.approx(np.log(3)),
        "BOLT": pytest.approx(np.log(3)),
        "SYSTEMS": pytest.approx(np.log(2)),
    }
    assert word_weights(pd.Series([], dtype="str")).empty


def test_names_score_by_the_words_that_both_have():
    theirs = pd.Series(["ACME SYSTEMS", "BOLT SYSTEMS"])
    weights = word_weights(theirs)
    these = pd.Series(["ACME SYSTEMS", "SYSTEMS ACME ACME", "ODD SYSTEMS", None, "X"])
    scores = word_scores(these, theirs, weights)
    # a word that no name has weighs as a rare one: ODD SYSTEMS is below a half
    assert scores.to_numpy().tolist() == [[0, 0, 1.0], [1, 0, 1.0]]
    alone = word_scores(pd.Series(["A B"]), pd.Series(["A"]), pd.Series(dtype=float))
    assert alone.score.tolist() == [0.5]
