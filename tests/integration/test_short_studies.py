"""Designs of many fields in study files of under 30 lines -> what was planted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from .conftest import Project

DAYS = pd.bdate_range("2018-01-02", periods=260)
COUNTRIES = ("de", "fr", "jp", "us")


def late_data(folder: Path) -> None:
    """670 events of securities whose returns begin 30 days before the event."""
    rng = np.random.default_rng(18)
    market = rng.normal(0, 0.01, len(DAYS))
    rows, events = [], []
    for number in range(670):
        day = 40 + number % 100
        of_security = slice(day - 30, day + 111)
        returns = market[of_security] + rng.normal(0, 0.02, 141)
        returns[30] += 0.03
        spell = {"ticker": f"T{number:03d}", "day": DAYS[of_security]}
        rows.append(pd.DataFrame(spell | {"ret": returns}))
        events.append((f"T{number:03d}", DAYS[day]))
    pd.concat(rows).to_csv(folder / "returns.csv", index=False)
    listed = pd.DataFrame(events, columns=["ticker", "day"])
    listed.to_csv(folder / "events.csv", index=False)
    factors = pd.DataFrame({"day": DAYS, "mkt": market, "rf": 0.0})
    factors.to_csv(folder / "factors.csv", index=False)


LATE_DATA = """\
study: late_data
title: Listings whose data begin 30 days before the event
sources:
  returns:
    {reader: long, file: data/raw/late_data/returns.csv, security: ticker, date: day,
    ret: ret}
  factors:
    {reader: table, file: data/raw/late_data/factors.csv, date: day, unit: decimal,
    columns: {mkt_rf: mkt, rf: rf}}
  events: {file: data/raw/late_data/events.csv, security: ticker, announced: day}
event_study:
  models: [market_adjusted]
  windows: [[-30, 1], [0, 1]]
  headline: [0, 1]
  estimation: [3, 110]
  path: [-30, 1]
  tests: [cross_sectional, sign]
"""


def four_countries(folder: Path) -> None:
    """Events in four countries, each with its own market and holidays."""
    rng = np.random.default_rng(4)
    factors, rows, events = [], [], []
    for place, country in enumerate(COUNTRIES):
        days = DAYS.delete([20 + place, 200 + place])
        market = rng.normal(0, 0.01, len(days))
        own = pd.DataFrame({"country": country, "day": days, "mkt": market, "rf": 0.0})
        factors.append(own)
        for number in range(8):
            returns = 0.8 * market + rng.normal(0, 0.01, len(days))
            day = 190 + 3 * number
            returns[day] += 0.05
            isin = f"{country.upper()}{number:03d}"
            rows.append(pd.DataFrame({"isin": isin, "day": days, "ret": returns}))
            events.append((isin, country, days[day]))
    pd.concat(rows).to_csv(folder / "returns.csv", index=False)
    pd.concat(factors).to_csv(folder / "factors.csv", index=False)
    listed = pd.DataFrame(events, columns=["isin", "country", "day"])
    listed.to_csv(folder / "events.csv", index=False)


FOUR_COUNTRIES = """\
study: four_countries
title: Events in four countries
sources:
  returns:
    {reader: long, file: data/raw/four_countries/returns.csv, security: isin, date: day,
    ret: ret}
  factors:
    reader: table
    file: data/raw/four_countries/factors.csv
    date: day
    market: country
    columns: {mkt_rf: mkt, rf: rf}
    unit: decimal
  events:
    file: data/raw/four_countries/events.csv
    security: isin
    announced: day
    market: country
    groups: [country]
event_study:
  models: [market]
  windows: [[0, 0], [-1, 1]]
  headline: [0, 0]
  estimation: [-180, -11]
  path: [-5, 5]
"""


def two_waves(folder: Path) -> None:
    """Persons before and after; half of them treated in between."""
    rng = np.random.default_rng(2)
    persons = np.arange(300)
    trait, treated = rng.normal(0, 1, 300), persons % 2
    waves = [
        pd.DataFrame(
            {
                "person": persons,
                "wave": wave,
                "score": trait + wave * (0.3 + 0.5 * treated) + rng.normal(0, 0.5, 300),
                "treated_after": treated * wave,
            }
        )
        for wave in (0, 1)
    ]
    pd.concat(waves).to_csv(folder / "panel.csv", index=False)


TWO_WAVES = """\
study: two_waves
title: Before and after
sources:
  firm_years: {file: data/raw/two_waves/panel.csv, entity: person, time: wave}
models:
  - {name: main, outcome: score, terms: [treated_after]}
exhibits:
  tables: [{name: main, models: [main]}]
"""


def places(folder: Path) -> None:
    """A cross-section of places whose neighbours share disturbances."""
    rng = np.random.default_rng(7)
    north, east = (grid.ravel() for grid in np.mgrid[0:18, 0:18])
    shocks, rain = (rng.normal(0, 1, (18, 18)) for _ in range(2))
    near = [
        sum(np.roll(field, step, axis) for step in (-1, 0, 1) for axis in (0, 1))
        for field in (shocks, rain)
    ]
    table = pd.DataFrame(
        {"place": np.arange(324), "lat": 45 + north / 4, "lon": 5 + east / 4}
    )
    table["region"] = north // 3 * 6 + east // 3
    table["rain"] = near[1].ravel()
    table["output"] = 0.4 * table.rain + near[0].ravel()
    table.to_csv(folder / "places.csv", index=False)


PLACES = """\
study: places
title: Rain and output of places
sources:
  firm_years: {file: data/raw/places/places.csv, entity: place}
models:
  - name: main
    outcome: output
    terms: [rain]
    se: {type: conley, coordinates: [lat, lon], distance: 60}
  - {name: robust, like: main, se: {type: robust}}
  - {name: by_region, like: main, se: {type: clustered, clusters: [region]}}
"""


def speed_dates(folder: Path) -> None:
    """Ratings of pairs, in which both members' traits are shared by all their pairs."""
    rng = np.random.default_rng(11)
    women, men, her_ways, his_ways = (rng.normal(0, 1, 24) for _ in range(4))
    w, m = (grid.ravel() for grid in np.mgrid[0:24, 0:24])
    likes = women[w] * 0.6 + men[m] * 0.6 + rng.normal(0, 1, w.size)
    table = pd.DataFrame({"pair": w * 24 + m, "woman": w, "man": m + 100})
    table["round"] = (w + m) % 24
    table["alike"] = her_ways[w] + his_ways[m] + rng.normal(0, 1, w.size)
    table["rating"] = likes + 0.5 * table.alike
    table.to_csv(folder / "dates.csv", index=False)


SPEED_DATES = """\
study: speed_dates
title: Ratings of speed dates
sources:
  firm_years: {file: data/raw/speed_dates/dates.csv, entity: pair, time: round}
models:
  - name: main
    outcome: rating
    terms: [alike]
    effects: [time]
    se: {type: dyadic, clusters: [woman, man]}
  - {name: by_pair, like: main, se: {type: clustered, clusters: [pair]}}
"""


def trades(folder: Path) -> None:
    """CRSP's daily file, and days on which some shares are traded twice as much."""
    rng = np.random.default_rng(23)
    common = rng.normal(0, 0.3, len(DAYS))
    rows, events = [], []
    for number in range(60):
        log = -1.5 + common + rng.normal(0, 0.5, len(DAYS))
        day = 180 + number % 40
        if number < 40:
            log[day] += np.log(2)
            events.append((10001 + number, DAYS[day]))
        shares = 5_000 * (1 + number)
        of_security = {
            "PERMNO": 10001 + number,
            "DlyCalDt": DAYS.strftime("%Y-%m-%d"),
            "DlyPrc": 20.0,
            "DlyRet": rng.normal(0, 0.02, len(DAYS)).round(6),
            "DlyVol": np.round(np.exp(log) / 100 * shares * 1_000),
            "ShrOut": shares,
        }
        rows.append(pd.DataFrame(of_security))
    pd.concat(rows).to_csv(folder / "daily.csv", index=False)
    listed = pd.DataFrame(events, columns=["permno", "day"])
    listed.to_csv(folder / "events.csv", index=False)
    factors = pd.DataFrame({"day": DAYS, "mkt": common * 0, "rf": 0.0})
    factors.to_csv(folder / "factors.csv", index=False)


TRADES = """\
study: trades
title: Shares traded around announcements
sources:
  returns: {file: data/raw/trades/daily.csv}
  factors:
    {reader: table, file: data/raw/trades/factors.csv, date: day, unit: decimal,
    columns: {mkt_rf: mkt, rf: rf}}
  events: {file: data/raw/trades/events.csv, security: permno, announced: day}
event_study:
  measure: turnover
  windows: [[0, 0], [-1, 1]]
  headline: [0, 0]
  estimation: [-150, -11]
"""


def run(
    project: Project, text: str, write: Callable[[Path], None], result: str
) -> pd.DataFrame:
    """Return a result of a study of data that are written before."""
    assert text.count("\n") < 30
    name = text.split()[1]
    folder = project.root / "data/raw" / name
    folder.mkdir(parents=True)
    write(folder)
    (project.root / "study.yaml").write_text(text, encoding="utf-8")
    path = f"results/{name}/{result}.csv"
    done = project.snakemake("--cores", "1", path)
    assert done.code == 0, done.screen
    return pd.read_csv(project.root / path)


@pytest.mark.workflow
def test_events_whose_data_begin_just_before(fresh: Project) -> None:
    tests = run(fresh, LATE_DATA, late_data, "event_tests")
    day = tests[(tests.window == "[0,1]") & (tests.test == "cross_sectional")].iloc[0]
    assert day.n == 670
    assert day["mean"] == pytest.approx(0.03, abs=0.005)


@pytest.mark.workflow
def test_events_in_four_countries(fresh: Project) -> None:
    tests = run(fresh, FOUR_COUNTRIES, four_countries, "event_tests")
    day = tests[(tests.window == "[0,0]") & (tests.test == "cross_sectional")]
    by_group = day.set_index("value" if "value" in day else "group")
    assert by_group.n.max() == 32
    assert day["mean"].between(0.035, 0.065).all()


@pytest.mark.workflow
def test_two_waves(fresh: Project) -> None:
    main = run(fresh, TWO_WAVES, two_waves, "estimates").set_index("term")
    assert main.estimate["treated_after"] == pytest.approx(0.5, abs=0.2)
    fits = pd.read_csv(fresh.root / "results/two_waves/fits.csv")
    assert fits.n.iloc[0] == 600


@pytest.mark.workflow
def test_a_cross_section_of_places(fresh: Project) -> None:
    both = run(fresh, PLACES, places, "estimates")
    rain = both[both.term == "rain"].set_index("model")
    assert rain.estimate["main"] == rain.estimate["robust"]
    assert rain.estimate["main"] == pytest.approx(0.4, abs=0.2)
    assert rain.se["main"] > 1.2 * rain.se["robust"]
    table = pd.read_csv(fresh.root / "data/raw/places/places.csv")
    by_hand = twin(table)
    for model, se in by_hand.items():
        assert rain.se[model] == pytest.approx(se, rel=1e-8), model
    slope = sm.OLS(table.output, sm.add_constant(table[["rain"]])).fit().params["rain"]
    assert rain.estimate["main"] == pytest.approx(slope, rel=1e-8)


def twin(table: pd.DataFrame) -> dict[str, float]:
    """Return the slope's errors by statsmodels, Conley's by a sum over all pairs."""
    x = sm.add_constant(table[["rain"]])
    least = sm.OLS(table.output, x)
    regions = {"groups": table.region}
    scores = x.to_numpy() * least.fit().resid.to_numpy()[:, None]
    north, east = np.radians(table[["lat", "lon"]].to_numpy()).T
    half = np.sin((north[:, None] - north) / 2) ** 2
    half += (
        np.cos(north[:, None]) * np.cos(north) * np.sin((east[:, None] - east) / 2) ** 2
    )
    near = 2 * 6371.01 * np.arcsin(np.sqrt(half)) <= 60
    n, k = x.shape
    bread = np.linalg.inv(x.T @ x)
    conley = n / (n - k) * bread @ (scores.T @ near @ scores) @ bread
    return {
        "main": float(np.sqrt(conley[1, 1])),
        "robust": least.fit(cov_type="HC1").bse["rain"],
        "by_region": least.fit(cov_type="cluster", cov_kwds=regions).bse["rain"],
    }


@pytest.mark.workflow
def test_pairs_of_a_speed_dating_panel(fresh: Project) -> None:
    both = run(fresh, SPEED_DATES, speed_dates, "estimates")
    alike = both[both.term == "alike"].set_index("model")
    assert alike.estimate["main"] == pytest.approx(0.5, abs=0.25)
    assert alike.se["main"] > 1.2 * alike.se["by_pair"]


@pytest.mark.workflow
def test_shares_traded_around_events(fresh: Project) -> None:
    tests = run(fresh, TRADES, trades, "event_tests")
    day = tests[(tests.window == "[0,0]") & (tests.model == "market")]
    day = day.set_index("test")
    assert day.n["bmp"] == 40
    assert abs(day["mean"]["bmp"] - np.log(2)) < 3 * 0.5 / np.sqrt(40)
    assert (day.p[["cross_sectional", "bmp", "corrado"]] < 0.001).all()
    done = fresh.snakemake("--cores", "1")
    assert done.code == 0, done.screen
    results = fresh.root / "results/trades"
    assert "The abnormal log turnover over [0,0] is 0.6" in done.screen
    table = (results / "tables/event_tests.csv").read_text(encoding="utf-8")
    assert "Mean cumulative abnormal log turnover,0." in table
    assert "normal log turnovers by market model" in table
    report = (results / "report.html").read_text(encoding="utf-8")
    assert "the shares traded (n) in percent of the shares outstanding" in report
    codebook = pd.read_csv(results / "codebook.csv")
    labels = codebook[codebook.table == "cars"].set_index("column").label
    assert labels["car"] == "Cumulative abnormal log turnover"
    assert not codebook.label.str.contains("{", regex=False).any()
