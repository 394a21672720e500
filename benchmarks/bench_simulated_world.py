"""Simulated worlds and real panels -> recovery, moments and figures for the docs.

    python benchmarks/bench_simulated_world.py [--seeds 8]

Prints three Markdown tables and writes two figures to docs/images. The real
panels' folder is the environment variable ALLIANCE_VALUE_DATA; where it is not set
the real columns are left out.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import seaborn as sns

matplotlib.use("Agg")
import matplotlib.pyplot as plt

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.unit.simulate.events import abnormal_returns, combined  # noqa: E402
from tests.unit.simulate.regress import CONTROLS, fit, main_terms  # noqa: E402

from alliance_value.simulate.firms import YEARS  # noqa: E402
from alliance_value.simulate.market import build_market  # noqa: E402
from alliance_value.simulate.settings import WorldSettings  # noqa: E402
from alliance_value.simulate.vendors.compustat import year_end_quotes  # noqa: E402
from alliance_value.simulate.world import World, build_world  # noqa: E402

MAIN = ["cc_share", "own_cc", "product"]
SEMINAR = ["m", "m_a", "m_cc"]
PLANTED = {
    "slope, product-centric": ({"cc_share": 1.0}, 0.18),
    "slope, customer-centric": ({"cc_share": 1.0, "product": 1.0}, -0.17),
    "marketing x asymmetric share": ({"m_a": 1.0}, 0.12),
    "marketing x own structure": ({"m_cc": 1.0}, 0.03),
    "own structure": ({"own_cc": 1.0}, 0.03),
    "leverage": ({"leverage": 1.0}, -0.06),
    "slack": ({"slack": 1.0}, 0.06),
}


def recover(mapping: dict[str, object], seeds: range) -> pd.DataFrame:
    """Estimate each planted slope in each world by three estimators."""
    rows = []
    for seed in seeds:
        world = build_world(WorldSettings.from_mapping({**mapping, "seed": seed}))
        data = main_terms(world.firm_years)
        full = [*MAIN, *SEMINAR, *CONTROLS]
        fits = {
            "fixed effects": fit(data, full),
            "fixed effects, main terms": fit(data, [*MAIN, *CONTROLS]),
            "pooled": fit(data, full, firm_effects=False),
        }
        for estimator, result in fits.items():
            for name, (weights, true) in PLANTED.items():
                value, se = result.contrast(**weights)
                rows.append((seed, estimator, name, true, value, se))
    columns = ["seed", "estimator", "slope", "true", "estimate", "se"]
    return pd.DataFrame(rows, columns=columns)


def recovery_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Average over seeds: estimate, its s.d., its s.e. and z of the bias."""
    groups = rows.dropna().groupby(["estimator", "slope"], sort=False)
    out = groups.agg(
        planted=("true", "first"),
        mean=("estimate", "mean"),
        sd=("estimate", "std"),
        se=("se", "mean"),
        worlds=("seed", "size"),
    )
    out["z"] = (out["mean"] - out["planted"]) / (out["sd"] / np.sqrt(out["worlds"]))
    return out.reset_index()


def car_table(worlds: int, size: str) -> pd.DataFrame:
    """Mean combined abnormal return by type and symmetry, over worlds."""
    parts, partners = [], []
    for seed in range(worlds):
        world = build_world(WorldSettings.from_mapping({"size": size, "seed": seed}))
        events = abnormal_returns(world, build_market(world))
        parts.append(combined(events))
        partners.append(events)
    deals = pd.concat(parts)
    only = deals[deals.marketing != deals.rd].assign(
        deal=lambda d: np.where(d.marketing, "marketing only", "R&D only"),
        partners=lambda d: np.where(d.asymmetric, "asymmetric", "symmetric"),
    )
    table = only.groupby(["deal", "partners"]).agg(
        planted=("joint_value", "mean"),
        mean=("combined", "mean"),
        se=("combined", "sem"),
        deals=("combined", "size"),
    )
    unequal = pd.concat(partners).query("asymmetric")
    side = unequal.assign(
        deal="asymmetric, by partner",
        partners=np.where(unequal.cc, "customer-centric", "product-centric"),
    ).groupby(["deal", "partners"])
    table = pd.concat(
        [
            table,
            side.agg(
                planted=("car", "mean"),
                mean=("estimate", "mean"),
                se=("estimate", "sem"),
                deals=("estimate", "size"),
            ),
        ]
    )
    return table.reset_index()


def simulated_panel(world: World) -> pd.DataFrame:
    """Return the 450 largest firms by market value, 2012 to 2014."""
    price, shares = year_end_quotes(world, build_market(world))
    value = np.nan_to_num(price * shares)
    f, parts = world.fundamentals, []
    for t in np.flatnonzero((YEARS >= 2012) & (YEARS <= 2014)):
        firm = np.argsort(-value[:, t])[: round(450 * world.settings.size)]
        parts.append(
            pd.DataFrame(
                {
                    "firm": firm,
                    "year": YEARS[t],
                    "ROA": world.roa[firm, t],
                    "ln assets": np.log(f.at[firm, t]),
                    "ln sales": np.log(f.sale[firm, t]),
                    "leverage": f.leverage[firm, t],
                    "cash / assets": f.slack[firm, t],
                    "R&D / sales": np.nan_to_num(f.rd[firm, t]),
                    "SG&A / sales": f.sga[firm, t],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def real_panel(folder: Path) -> pd.DataFrame:
    """Return the S&P 500 firms' statements, FY2012-2016."""
    raw = pd.read_csv(folder / "us-large" / "fundamentals.csv")
    at, sale = raw["Total Assets"], raw["Total Revenue"]
    debt = (
        raw["Long-Term Debt"]
        + raw["Short-Term Debt / Current Portion of Long-Term Debt"]
    )
    return pd.DataFrame(
        {
            "firm": raw["Ticker Symbol"],
            "year": pd.to_datetime(raw["Period Ending"]).dt.year,
            "ROA": raw["Net Income"] / at,
            "ln assets": np.log(at / 1e6),
            "ln sales": np.log(sale / 1e6),
            "leverage": debt / at,
            "cash / assets": raw["Cash and Cash Equivalents"] / at,
            "R&D / sales": raw["Research and Development"] / sale,
            "SG&A / sales": raw["Sales, General and Admin."] / sale,
        }
    ).drop_duplicates(["firm", "year"])


def moments(panel: pd.DataFrame) -> pd.DataFrame:
    """Return moments of each variable, within firms too, and correlation with ROA."""
    panel = panel.sort_values(["firm", "year"])
    rows = {}
    for name in panel.columns[2:]:
        values = panel[name].clip(*panel[name].quantile([0.01, 0.99]))
        lagged = values.groupby(panel["firm"]).shift()
        within = values - values.groupby(panel["firm"]).transform("mean")
        rows[name] = {
            "mean": values.mean(),
            "s.d.": values.std(),
            "within": within.std(),
            "kurtosis within": within.kurt(),
            "skewness within": within.skew(),
            "AC(1)": values.corr(lagged),
            "corr. ROA": values.corr(panel["ROA"]),
        }
    return pd.DataFrame(rows).T


def roa_by_calibration(real: pd.DataFrame | None) -> pd.DataFrame:
    """Return moments of ROA in each calibration with each size of effects, and real."""
    rows = {}
    for calibration in ("paper", "field"):
        for effects in ("planted", "realistic"):
            said = {"calibration": calibration, "effects": effects}
            world = build_world(WorldSettings.from_mapping(said))
            panel = simulated_panel(world)
            own = world.firm_years.groupby("fyear")["own_cc"].mean()
            rows[f"{calibration}, {effects}"] = {
                **moments(panel).loc["ROA"].drop("corr. ROA"),
                "negative": panel["ROA"].lt(0).mean(),
                "customer-centric 2008 / 1998": own[2008] / own[1998],
            }
    if real is not None:
        negative = {"negative": real["ROA"].lt(0).mean()}
        rows["real"] = {**moments(real).loc["ROA"].drop("corr. ROA"), **negative}
    return pd.DataFrame(rows).T.reset_index(names="world")


def markdown(table: pd.DataFrame, digits: int = 3) -> str:
    """Print a table in Markdown."""
    head = "| " + " | ".join(map(str, table.columns)) + " |"
    rule = "|" + " --- |" * table.shape[1]
    rows = [
        "| "
        + " | ".join(f"{v:.{digits}f}" if isinstance(v, float) else str(v) for v in row)
        + " |"
        for row in table.itertuples(index=False)
    ]
    return "\n".join([head, rule, *rows])


def draw_moments(
    world: World, simulated: pd.DataFrame, real: pd.DataFrame | None, path: Path
) -> None:
    """Draw ROA and size, simulated beside real, and shares by year."""
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.1), layout="constrained")
    pair = {"simulated": simulated} | ({} if real is None else {"real": real})
    for label, panel in pair.items():
        sns.kdeplot(panel["ROA"].clip(-0.3, 0.4), ax=axes[0], label=label)
        sns.kdeplot(panel["ln assets"], ax=axes[1], label=label)
    axes[0].set(xlabel="ROA, largest firms", ylabel="density")
    axes[1].set(xlabel="ln assets ($ million)", ylabel="")
    axes[0].legend(frameon=False)
    years = world.firm_years
    held = years.dropna(subset=["cc_share"])
    for label, series in (
        ("firms customer-centric", years.groupby("fyear")["own_cc"].mean()),
        ("partner share", held.groupby("fyear")["cc_share"].mean()),
    ):
        axes[2].plot(series.index, series, label=label)
    axes[2].set(xlabel="fiscal year", ylabel="share", ylim=(0, 0.6))
    axes[2].legend(frameon=False)
    sns.despine(figure)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


def draw_recovery(rows: pd.DataFrame, cars: pd.DataFrame, path: Path) -> None:
    """Draw slopes by world and estimator, and abnormal returns beside the planted."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.4), layout="constrained")
    slopes = rows[rows["slope"].str.startswith("slope")].copy()
    slopes["error"] = slopes["estimate"] - slopes["true"]
    sns.stripplot(slopes, x="error", y="estimator", hue="slope", dodge=True, ax=axes[0])
    axes[0].axvline(0, color="0.6", lw=0.8, zorder=0)
    axes[0].set(xlabel="estimate - planted, one dot a world", ylabel="")
    axes[0].legend(frameon=False, fontsize=8, title=None)
    place = np.arange(len(cars))[::-1]
    axes[1].errorbar(
        100 * cars["mean"], place, xerr=196 * cars["se"], fmt="o", label="estimated"
    )
    axes[1].plot(100 * cars["planted"], place, "D", mfc="none", label="planted")
    labels = cars["deal"] + ", " + cars["partners"]
    axes[1].set_yticks(place, labels, fontsize=8)
    axes[1].set(xlabel="abnormal return over [-1, +1], percent")
    axes[1].legend(frameon=False)
    sns.despine(figure)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


def main() -> None:
    """Print the tables and write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=8)
    seeds = parser.parse_args().seeds
    images = ROOT / "docs" / "images"
    world = build_world(WorldSettings())
    simulated = simulated_panel(world)
    folder = os.environ.get("ALLIANCE_VALUE_DATA")
    real = real_panel(Path(folder)) if folder else None
    print("Moments, simulated | real\n")
    both = moments(simulated).add_suffix(" (sim.)")
    if real is not None:
        both = both.join(moments(real).add_suffix(" (real)"))
    print(markdown(both.reset_index(names="variable")))
    print("\nROA by calibration\n\n" + markdown(roa_by_calibration(real)))
    default = recover({"size": "default"}, range(1, seeds + 1))
    print("\nDefault size\n\n" + markdown(recovery_table(default), 4))
    one = default[default.seed == 1].drop(columns="seed")
    print("\nOne default world\n\n" + markdown(one, 4))
    tiny = recover({"size": "tiny"}, range(300, 320))
    print("\nTiny, 20 worlds\n\n" + markdown(recovery_table(tiny), 4))
    null = recover({"size": "tiny", "effects": "none"}, range(1000, 1200))
    null = null[(null.estimator == "fixed effects")].dropna()
    rate = (null.estimate / null.se).abs().gt(2.0).groupby(null.slope).mean()
    print("\nNull rejection, 200 tiny worlds\n\n", rate.round(3).to_dict())
    cars = car_table(4, "default")
    print("\nAnnouncements\n\n" + markdown(cars, 5))
    draw_moments(world, simulated, real, images / "simulated-moments.png")
    draw_recovery(default, cars, images / "simulated-recovery.png")


if __name__ == "__main__":
    main()
