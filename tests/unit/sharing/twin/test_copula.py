"""A panel's components are found again, and drawn panels have them."""

import numpy as np
import pytest

from alliance_value.sharing.twin.copula import components, draw, with_diagonal
from alliance_value.sharing.twin.marginals import marginal
from alliance_value.sharing.twin.spells import Rows, drawn_rows

N, T = 400, 10
FIRM, SLOT = np.repeat(np.arange(N), T), np.tile(np.arange(T), N)
ROWS = Rows(FIRM, SLOT, N, T)
BETWEEN = np.array([[0.5, 0.3], [0.3, 0.4]])
WITHIN = np.array([[0.5, -0.3], [-0.3, 0.6]])
PERSISTENCE = np.array([0.6, 0.2])


def planted() -> np.ndarray:
    rng = np.random.default_rng(5)
    keep = rng.multivariate_normal([0, 0], BETWEEN, N)
    news = WITHIN * (1 - np.outer(PERSISTENCE, PERSISTENCE))
    state = rng.multivariate_normal([0, 0], WITHIN, N)
    path = [state]
    for _ in range(T - 1):
        state = PERSISTENCE * state + rng.multivariate_normal([0, 0], news, N)
        path.append(state)
    return (keep[:, None] + np.stack(path, axis=1)).reshape(-1, 2)


def test_between_within_and_persistence_are_found_again():
    found = components(planted(), ROWS, np.zeros(2, dtype=bool))
    assert found.between == pytest.approx(BETWEEN, abs=0.08)
    assert found.within == pytest.approx(WITHIN, abs=0.08)
    assert found.persistence == pytest.approx(PERSISTENCE, abs=0.15)


def test_drawn_panels_have_the_components():
    found = components(planted(), ROWS, np.zeros(2, dtype=bool))
    rows = drawn_rows(ROWS, np.random.default_rng(6))
    again = components(
        draw(found, rows, np.random.default_rng(7)), rows, np.zeros(2, dtype=bool)
    )
    assert again.between == pytest.approx(found.between, abs=0.1)
    assert again.within == pytest.approx(found.within, abs=0.1)


def test_correlations_with_a_flag_are_not_weakened():
    z = planted()
    flag = (z[:, 0] > 0.3).astype(float)
    own = marginal(flag, FIRM)
    scores = np.column_stack([own.scores(flag), z[:, 1]])
    found = components(scores, ROWS, np.zeros(2, dtype=bool))
    drawn = draw(found, ROWS, np.random.default_rng(8))
    again = own.quantiles(drawn[:, 0])
    assert np.corrcoef(again, drawn[:, 1])[0, 1] == pytest.approx(
        np.corrcoef(flag, z[:, 1])[0, 1], abs=0.06
    )


def test_what_a_firm_keeps_is_kept():
    steady = np.array([True, False])
    scores = planted()
    scores[:, 0] = scores[FIRM * T, 0]
    drawn = draw(components(scores, ROWS, steady), ROWS, np.random.default_rng(9))
    kept = drawn[:, 0].reshape(N, T)
    assert (kept == kept[:, :1]).all()


def test_a_matrix_that_is_no_covariance_is_mended_with_its_diagonal():
    wrong = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])
    mended = with_diagonal(wrong, np.array([1.0, 4.0, 0.25]))
    assert np.linalg.eigvalsh(mended).min() > -1e-9
    assert mended.diagonal() == pytest.approx([1.0, 4.0, 0.25])


def test_the_panels_shape_is_kept():
    rng = np.random.default_rng(1)
    entry, exit_ = rng.integers(0, 4, 50), rng.integers(6, 10, 50)
    inside = (np.arange(10) >= entry[:, None]) & (np.arange(10) <= exit_[:, None])
    gaps = rng.random(inside.shape) < 0.1
    firm, slot = np.nonzero(inside & ~gaps)
    real = Rows(firm, slot, 50, 10)
    rows = drawn_rows(real, np.random.default_rng(2))
    assert rows.firms == 50
    assert len(rows.firm) == pytest.approx(len(firm), rel=0.05)
    assert len(set(zip(rows.firm, rows.slot, strict=True))) == len(rows.firm)
    first = [rows.slot[rows.firm == i].min() for i in range(50)]
    own = [slot[firm == i].min() for i in range(50)]
    assert sorted(first) == sorted(own)


def test_a_balanced_panel_stays_balanced():
    rows = drawn_rows(ROWS, np.random.default_rng(2))
    assert (np.bincount(rows.firm) == T).all()
