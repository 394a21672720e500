"""Cumulated abnormal returns and the average path, by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from alliance_value.events.abnormal import WindowReturns, average_path, cumulate

NAN = np.nan


def test_days_without_a_return_are_left_out_of_sums_and_products():
    ar = np.array([[0.1, 0.2, 0.3], [NAN, 0.1, -0.1], [NAN, NAN, 0.5]])
    raw = np.array([[0.5, 0.5, 9.0], [NAN, 0.2, 9.0], [NAN, NAN, 9.0]])
    abnormal = SimpleNamespace(
        event=ar, raw=raw, window_variance=lambda columns: np.array([4.0, 0.25, 1.0])
    )
    window = cumulate(abnormal, slice(0, 2))
    np.testing.assert_allclose(window.car, [0.3, 0.1, NAN])
    np.testing.assert_allclose(window.scar, [0.15, 0.2, NAN])
    # 1.5 x 1.5 less 1.4 x 1.3, and 1.2 less 1.1
    np.testing.assert_allclose(window.bhar, [2.25 - 1.82, 0.1, NAN])
    assert window.days.tolist() == [2, 1, 0]
    assert window.variance.tolist() == [4.0, 0.25, 1.0]
    both = WindowReturns.joined([window, window])
    np.testing.assert_array_equal(both.days, [2, 1, 0, 2, 1, 0])
    assert WindowReturns.joined([]).car.shape == (0,)


def test_the_path_is_of_events_that_have_begun():
    ar = np.array([[0.1, 0.2, NAN], [0.3, NAN, 0.1], [NAN, NAN, NAN]])
    path = average_path(ar, 0.9)
    assert path.n.tolist() == [2, 1, 1]
    np.testing.assert_allclose(path.aar, [0.2, 0.2, 0.1])
    cumulated = np.array([[0.1, 0.3, 0.3], [0.3, 0.3, 0.4]])
    np.testing.assert_allclose(path.caar, cumulated.mean(axis=0))
    reach = stats.t.ppf(0.95, 1) * cumulated.std(axis=0, ddof=1) / np.sqrt(2)
    np.testing.assert_allclose(path.upper - path.caar, reach, atol=1e-12)
    np.testing.assert_allclose(path.caar - path.lower, reach, atol=1e-12)


@pytest.mark.parametrize(("rows", "known"), [(0, False), (1, True)])
def test_of_one_event_there_is_no_band_and_of_none_no_path(rows, known):
    path = average_path(np.array([[0.1, 0.2]] * rows + [[NAN, NAN]]), 0.95)
    assert np.isnan(path.lower).all() and np.isnan(path.upper).all()
    if known:
        np.testing.assert_allclose(path.caar, [0.1, 0.3])
    else:
        assert np.isnan(path.caar).all() and np.isnan(path.aar).all()
