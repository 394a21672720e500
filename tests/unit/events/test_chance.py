"""What chance allows a rate of rejections, by hand."""

from __future__ import annotations

import pytest

from alliance_value.events.chance import chance_band


def test_the_band_is_the_normal_one_of_a_share():
    # 1.959964 * sqrt(0.05 * 0.95 / 1000) = 0.013508
    assert chance_band(0.05, 1000, 0.95) == pytest.approx(
        (0.036492, 0.063508), abs=1e-6
    )


def test_the_band_does_not_fall_below_zero():
    assert chance_band(0.05, 10, 0.95)[0] == 0
