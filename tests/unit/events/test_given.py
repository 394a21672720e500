"""Tables in the forms in which people hold them give one event study."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.events.size_power import Design, size_and_power
from alliance_value.events.study import event_study
from tests.unit.events.worlds import ESTIMATION, events, market

RETURNS, FACTORS = market(days=200, firms=6, missing=0.0)
EVENTS = events(RETURNS, n=5)
LONG = RETURNS.rename_axis("date").reset_index()
LONG = LONG.melt(id_vars="date", var_name="security", value_name="ret")
OPTIONS = {"estimation": ESTIMATION, "windows": [(-1, 1)], "tests": ["bmp"]}


def study_of(returns, events, factors):
    return event_study(returns, events, factors, **OPTIONS).event_tests


RIGHT = study_of(LONG, EVENTS, FACTORS)

FORMS = {
    "iso": lambda days: days.dt.strftime("%Y-%m-%d"),
    "day first": lambda days: days.dt.strftime("%d/%m/%Y"),
    "month first": lambda days: days.dt.strftime("%m/%d/%Y"),
    "month by name": lambda days: days.dt.strftime("%d%b%Y"),
    "digits": lambda days: days.dt.strftime("%Y%m%d").astype("int64"),
    "east": lambda days: days.dt.tz_localize("Europe/Berlin"),
    "west": lambda days: days.dt.tz_localize("America/New_York"),
    "seconds": lambda days: days.astype("datetime64[s]"),
    "date objects": lambda days: days.dt.date,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_days_in_any_form_are_the_same_days(form):
    returns = LONG.assign(date=form(LONG.date))
    factors = FACTORS.assign(date=form(FACTORS.date))
    listed = EVENTS.assign(announced=form(EVENTS.announced))
    pd.testing.assert_frame_equal(study_of(returns, listed, factors), RIGHT)
    # ... and each table may have a form of its own
    pd.testing.assert_frame_equal(study_of(returns, EVENTS, FACTORS), RIGHT)
    wide = RETURNS.set_axis(pd.Index(form(RETURNS.index.to_series())))
    pd.testing.assert_frame_equal(study_of(wide, EVENTS, FACTORS), RIGHT)
    column = wide.rename_axis("date").reset_index()
    pd.testing.assert_frame_equal(study_of(column, EVENTS, factors), RIGHT)


def test_a_zoned_moment_keeps_its_own_clock():
    late = EVENTS.announced + pd.Timedelta("16:30:00")
    zoned = late.dt.tz_localize("America/New_York")
    after = study_of(LONG, EVENTS.assign(announced=late), FACTORS)
    assert not after.equals(RIGHT)
    for column in (zoned, zoned.astype("string"), late.dt.strftime("%d.%m.%Y %H:%M")):
        said = study_of(LONG, EVENTS.assign(announced=column), FACTORS)
        pd.testing.assert_frame_equal(said, after)
    with pytest.raises(
        UserError, match=r"in UTC.*\n.*tz_convert to the exchange's zone"
    ):
        utc = EVENTS.assign(announced=zoned.dt.tz_convert("UTC"))
        study_of(LONG, utc, FACTORS)


def test_numbers_as_text_are_numbers():
    text = LONG.assign(ret=LONG.ret.map(repr))
    pd.testing.assert_frame_equal(study_of(text, EVENTS, FACTORS), RIGHT)
    wide = RETURNS.map(repr)
    pd.testing.assert_frame_equal(study_of(wide, EVENTS, FACTORS), RIGHT)
    factors = FACTORS.assign(mkt_rf=FACTORS.mkt_rf.map(repr))
    pd.testing.assert_frame_equal(study_of(LONG, EVENTS, factors), RIGHT)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r, e, f: (r.assign(ret="2.1%"), e, f), "value '2.1%': .* are no numb"),
        (lambda r, e, f: (r, e, f.assign(mkt_rf="0,1")), "factors, column 'mkt_rf'"),
        (lambda r, e, f: (r.assign(ret=100 * r.ret), e, f), "return is below -1"),
        (lambda r, e, f: (100 * RETURNS, e, f), "return is below -1"),
        (lambda r, e, f: (r, e.assign(announced="soon"), f), "'soon': 5 cells are no"),
        (lambda r, e, f: (r.assign(date="x"), e, f), "returns, column 'date', value"),
        (
            lambda r, e, f: (r, e.assign(announced="3/4/2001"), f),
            "first cannot be told",
        ),
        (lambda r, e, f: (r, e, f.iloc[::5]), "factors: the file is weekly"),
    ],
)
def test_what_is_no_day_or_number_is_told(change, message):
    with pytest.raises(UserError, match=message):
        study_of(*change(LONG, EVENTS, FACTORS))


def test_all_tables_problems_are_told_at_once():
    with pytest.raises(UserError, match="3 problems"):
        study_of(
            LONG.assign(ret="a"), EVENTS.assign(announced="b"), FACTORS.assign(rf="c")
        )


@pytest.mark.parametrize("windows", [[(-1.5, 1)], [(0, 0), (-1, np.nan)]])
def test_windows_are_of_whole_days(windows):
    with pytest.raises(UserError, match="whole numbers of trading days"):
        event_study(LONG, EVENTS, FACTORS, **OPTIONS | {"windows": windows})


def test_samples_without_an_event_take_the_same_forms():
    null = [Design("null", events=3, samples=4)]
    options = {
        "designs": null,
        "estimation": ESTIMATION,
        "tests": ["bmp"],
        "minimum": 50,
    }
    right = size_and_power(LONG, FACTORS, **options)
    form = FORMS["east"]
    given = LONG.assign(date=form(LONG.date)), FACTORS.assign(date=form(FACTORS.date))
    pd.testing.assert_frame_equal(size_and_power(*given, **options), right)
