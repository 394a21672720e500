"""The papers' formulas as plain loops over events and days, one at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm

FACTORS = {
    "mean": [],
    "market": ["mkt"],
    "ff3": ["mkt_rf", "smb", "hml"],
    "carhart": ["mkt_rf", "smb", "hml", "umd"],
    "ff5": ["mkt_rf", "smb", "hml", "rmw", "cma"],
}


@dataclass
class Single:
    """One event: residuals by estimation day, abnormal returns by event day."""

    estimation: list[float]
    event: dict[int, float]
    raw: dict[int, float]
    sigma: float
    df: int
    day_variance: dict[int, float]
    covariance: pd.DataFrame

    def car(self, window):
        days = [d for d in range(window[0], window[1] + 1) if self.known(d)]
        return sum(self.event[d] for d in days) if days else math.nan

    def known(self, day):
        return not math.isnan(self.event[day])

    def car_variance(self, window):
        days = [d for d in range(window[0], window[1] + 1) if self.known(d)]
        return float(self.covariance.loc[days, days].to_numpy().sum())

    def scar(self, window):
        return self.car(window) / math.sqrt(self.car_variance(window))

    def bhar(self, window):
        held = normal = 1.0
        for d in range(window[0], window[1] + 1):
            if self.known(d):
                held *= 1 + self.raw[d]
                normal *= 1 + self.raw[d] - self.event[d]
        return held - normal


def single(returns, factors, security, day, model, estimation, span) -> Single:
    """Estimate one event by statsmodels' OLS on the days that have a return."""
    factors = factors.set_index("date")
    y = returns[security].reindex(factors.index)
    market = factors.mkt_rf + factors.rf
    x = factors.assign(mkt=market)
    if model in ("ff3", "carhart", "ff5"):
        y = y - factors.rf
    at = factors.index.get_loc(day)
    inside = slice(at + estimation[0], at + estimation[1] + 1)
    event_days = list(range(span[0], span[1] + 1))
    around = slice(at + span[0], at + span[1] + 1)
    if model == "market_adjusted":
        ar = y - market
        e = ar.iloc[inside]
        sigma, df = e.std(ddof=1), e.notna().sum() - 1
        cov = np.eye(len(event_days)) * sigma**2
    else:
        design = sm.add_constant(x[FACTORS[model]], has_constant="add")
        if model == "mean":
            design = pd.DataFrame({"const": 1.0}, index=x.index)
        fit = sm.OLS(y.iloc[inside], design.iloc[inside], missing="drop").fit()
        ar = y - design @ fit.params
        e = ar.iloc[inside]
        sigma, df = math.sqrt(fit.scale), int(fit.df_resid)
        z = design.iloc[around].to_numpy()
        cov = (
            np.eye(len(event_days)) * fit.scale + z @ fit.cov_params().to_numpy() @ z.T
        )
    covariance = pd.DataFrame(cov, index=event_days, columns=event_days)
    abnormal = dict(zip(event_days, ar.iloc[around], strict=True))
    raw = dict(
        zip(event_days, returns[security].reindex(ar.index).iloc[around], strict=True)
    )
    return Single(
        estimation=list(e),
        event=abnormal,
        raw=raw,
        sigma=float(sigma),
        df=int(df),
        day_variance={d: covariance.loc[d, d] for d in event_days},
        covariance=covariance,
    )


def mean(values):
    return sum(values) / len(values)


def sd(values):
    m = mean(values)
    return math.sqrt(sum((v - m) ** 2 for v in values) / (len(values) - 1))


def t_of_mean(values):
    return mean(values) / (sd(values) / math.sqrt(len(values)))


def finite(values):
    return [v for v in values if not math.isnan(v)]


def cross_sectional(events, window):
    return t_of_mean([e.car(window) for e in events])


def patell(events, window):
    total = sum(e.scar(window) for e in events)
    return total / math.sqrt(sum(e.df / (e.df - 2) for e in events))


def bmp(events, window):
    return t_of_mean([e.scar(window) for e in events])


def mean_pair_correlation(events):
    """Correlations of all pairs' residuals by relative day: Pearson's r.

    A missing day is a product of zero, each event being centred and scaled over its
    own days.
    """
    pairs = []
    for i in range(len(events)):
        for j in range(i):
            one, two = events[i].estimation, events[j].estimation
            if not any(map(math.isnan, [*one, *two])):
                pairs.append(np.corrcoef(one, two)[0, 1])
                continue
            products = [a * b for a, b in zip(unit(one), unit(two), strict=True)]
            pairs.append(sum(products))
    return mean(pairs)


def unit(values):
    known = finite(values)
    m = mean(known)
    length = math.sqrt(sum((v - m) ** 2 for v in known))
    return [0.0 if math.isnan(v) else (v - m) / length for v in values]


def kolari_pynnonen(events, window):
    r, n = mean_pair_correlation(events), len(events)
    return bmp(events, window) * math.sqrt((1 - r) / (1 + (n - 1) * r))


def kolari_pynnonen_patell(events, window):
    r, n = mean_pair_correlation(events), len(events)
    return patell(events, window) / math.sqrt(1 + (n - 1) * r)


def sign(events, window):
    n = len(events)
    w = sum(e.car(window) > 0 for e in events)
    return (w - 0.5 * n) / math.sqrt(0.25 * n)


def generalized_sign(events, window):
    n = len(events)
    p = mean([mean([r > 0 for r in finite(e.estimation)]) for e in events])
    w = sum(e.car(window) > 0 for e in events)
    return (w - n * p) / math.sqrt(n * p * (1 - p))


def rank_of(value, among):
    """Rank of a value in a list; ties count half."""
    return sum(v < value for v in among) + (1 + sum(v == value for v in among)) / 2


def corrado(events, window):
    """K less its mean, averaged over events by day, over its standard deviation."""
    span = list(events[0].event)
    series = [[*e.estimation, *e.event.values()] for e in events]
    days = len(series[0])
    kbar = []
    for t in range(days):
        terms = []
        for one in series:
            if not math.isnan(one[t]):
                known = finite(one)
                terms.append(rank_of(one[t], known) - (len(known) + 1) / 2)
        kbar.append(mean(terms))
    s = math.sqrt(mean([k**2 for k in kbar]))
    shift = days - len(span)
    inside = [shift + span.index(d) for d in range(window[0], window[1] + 1)]
    return sum(kbar[t] for t in inside) / (math.sqrt(len(inside)) * s)


def corrado_zivney(events, window):
    span = list(events[0].event)
    by_day = {
        d: sd(finite([e.event[d] / math.sqrt(e.day_variance[d]) for e in events]))
        for d in span
    }
    series = [
        [r / e.sigma for r in e.estimation]
        + [e.event[d] / math.sqrt(e.day_variance[d]) / by_day[d] for d in span]
        for e in events
    ]
    days = len(series[0])
    v = []
    for t in range(days):
        terms = []
        for one in series:
            if not math.isnan(one[t]):
                known = finite(one)
                terms.append(rank_of(one[t], known) / (1 + len(known)) - 0.5)
        v.append(sum(terms) / math.sqrt(len(terms)))
    s = math.sqrt(mean([x**2 for x in v]))
    shift = days - len(span)
    inside = [shift + span.index(d) for d in range(window[0], window[1] + 1)]
    return sum(v[t] for t in inside) / (math.sqrt(len(inside)) * s)


def generalized_rank(events, window):
    scars = [e.scar(window) for e in events]
    s_scar = sd(scars)
    series = [
        [*(r / e.sigma for r in e.estimation), scar / s_scar]
        for e, scar in zip(events, scars, strict=True)
    ]
    days = len(series[0])
    n = len(events)
    u_bar, n_t = [], []
    for t in range(days):
        terms = []
        for one in series:
            if not math.isnan(one[t]):
                known = finite(one)
                terms.append(rank_of(one[t], known) / (len(known) + 1) - 0.5)
        u_bar.append(mean(terms))
        n_t.append(len(terms))
    s = math.sqrt(mean([k / n * u**2 for k, u in zip(n_t, u_bar, strict=True)]))
    z = u_bar[-1] / s
    return z * math.sqrt((days - 2) / (days - 1 - z**2))


def calendar_time(events, window, positions):
    by_date = {}
    for e, at in zip(events, positions, strict=True):
        for d in range(window[0], window[1] + 1):
            if e.known(d):
                by_date.setdefault(at + d, []).append((e.event[d], e.day_variance[d]))
    z = [
        sum(a for a, _ in pairs) / math.sqrt(sum(v for _, v in pairs))
        for pairs in by_date.values()
    ]
    return t_of_mean(z)
