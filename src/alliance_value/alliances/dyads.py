"""Partners' abnormal returns -> joint value, gains, and who appropriates them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.events.calendar import Window, calendar_windows
from alliance_value.vocabulary.entries import method


def partner_events(dyads: pd.DataFrame) -> pd.DataFrame:
    """Return one event per deal and partner, named ``<alliance>:<side>``.

    Returns
    -------
    pandas.DataFrame
        event, alliance, side, security (text), firm, announced and group, the own
        structure: customer-centric or product-centric.
    """
    parts = [
        pd.DataFrame(
            {
                "event": dyads.alliance + f":{side}",
                Alliances.alliance: dyads.alliance,
                "side": side,
                "security": dyads[f"security_{side}"].astype("string"),
                "firm": dyads[f"firm_{side}"],
                Alliances.announced: dyads.announced,
                "group": structure_name(dyads[f"customer_centric_{side}"]),
            }
        )
        for side in ("i", "j")
    ]
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values("event", kind="stable", ignore_index=True)


def structure_name(flag: pd.Series) -> pd.Series:
    """Spell the own structure."""
    names = {1.0: "customer-centric", 0.0: "product-centric"}
    return flag.map(names).astype("string")


def deal_class(dyads: pd.DataFrame) -> pd.Series:
    """Name a deal by type and symmetry: marketing asymmetric, R&D symmetric, ...

    Deals flagged as both types, and as neither, are classes of their own.
    """
    kind = np.select(
        [
            (dyads.marketing == 1) & (dyads.research == 1),
            dyads.marketing == 1,
            dyads.research == 1,
        ],
        ["marketing and R&D", "marketing", "R&D"],
        "other",
    )
    shape = np.where(dyads.asymmetric == 1, "asymmetric", "symmetric")
    names = [f"{a} {b}" for a, b in zip(kind, shape, strict=True)]
    return pd.Series(pd.array(names, dtype="string"), dyads.index)


def dyad_returns(
    returns: pd.DataFrame,
    dyads: pd.DataFrame,
    days: Sequence[Window],
    path: Window,
) -> pd.DataFrame:
    """Return the daily return of each dyad's portfolio with fixed weights.

    Weights are both partners' market values before the event, as `joint_value` uses
    them; a day counts where both returned. An event study of these returns has the
    combined abnormal return, and its variance includes the partners' covariance.

    Parameters
    ----------
    returns
        security (text), date, ret (decimal).
    dyads
        alliance, day, security_i, security_j (text), market_value_i, market_value_j
        ($ million).
    days
        Event windows and the estimation window, where there is one.
    path
        Days of the average path.

    Returns
    -------
    pandas.DataFrame
        security (the alliance), date, ret, market_value (both partners', $ million).
    """
    known = dyads.dropna(subset=["day", "market_value_i", "market_value_j"])
    deals = known[[Alliances.alliance, "day"]].set_axis(
        ["security", Alliances.announced], axis=1
    )
    needed = calendar_windows(deals, days, path)
    needed = needed.rename(columns={"security": Alliances.alliance})
    known = known.merge(needed, on=Alliances.alliance, validate="one_to_one")
    known = known.sort_values(Alliances.alliance, ignore_index=True)
    date, ret = returns["date"].to_numpy(), returns["ret"].to_numpy("float64")
    rows_of = returns.groupby("security").indices
    nothing = np.empty(0, dtype="int64")
    places = {
        security: np.asarray(rows)[np.argsort(date[rows])]
        for security in {*known.security_i, *known.security_j}
        for rows in [rows_of.get(security, nothing)]
    }
    # deal by deal: all days of all deals' securities would be many times what is kept
    both = [(nothing, nothing)]
    for security_i, security_j, first, last in zip(
        known.security_i,
        known.security_j,
        known["first"].to_numpy(),
        known["last"].to_numpy(),
        strict=True,
    ):
        own = []
        for rows in (places[security_i], places[security_j]):
            begin = np.searchsorted(date[rows], first)
            own.append(rows[begin : np.searchsorted(date[rows], last, "right")])
        _, *shared = np.intersect1d(date[own[0]], date[own[1]], True, True)
        both.append((own[0][shared[0]], own[1][shared[1]]))
    i, j = (np.concatenate(side) for side in zip(*both, strict=True))
    deal = np.repeat(known.index, [len(rows) for rows, _ in both[1:]])
    value_i, value_j = (known[f"market_value_{s}"].to_numpy()[deal] for s in ("i", "j"))
    total = value_i + value_j
    return pd.DataFrame(
        {
            "security": known.alliance.array[deal],
            "date": date[i],
            "ret": (value_i * ret[i] + value_j * ret[j]) / total,
            "market_value": total,
        }
    )


@method(
    "combined_return",
    under="Deals",
    asks=("event_study", "sources.alliances"),
    order=20,
    words="The combined return of a deal weighs both partners by market value M.",
    equation='"CAR"_d = (M_i "CAR"_i + M_j "CAR"_j) / (M_i + M_j)',
)
def appropriation(
    car_i: pd.Series, car_j: pd.Series, value_i: pd.Series, value_j: pd.Series
) -> pd.DataFrame:
    """Compute dollar gains, joint value and every measure of who takes it.

    Parameters
    ----------
    car_i, car_j
        Cumulative abnormal returns of the partners, decimal, shape (n,).
    value_i, value_j
        Market values on the last trading day before the longest window, $ million.

    Returns
    -------
    pandas.DataFrame
        On the same index: gain_i, gain_j, joint_gain ($ million); combined_car,
        joint_gain over both values (decimal); share_i, i's share of the joint gain
        where both gain (0 to 1); relative_gain, (gain_i - gain_j) over both values;
        bounded_gain, (gain_i - gain_j) over (abs gain_i + abs gain_j) (-1 to 1);
        car_difference, car_i - car_j; least_car, the smaller of both; both_gain (1, 0
        or missing); sign_class (both, one, none).

    References
    ----------
    docs/event-study.md, appropriation. A share has no meaning where signs differ or
    gains cancel, so each measure is given beside the others.
    """
    gain_i, gain_j = car_i * value_i, car_j * value_j
    total = value_i + value_j
    joint, gap = gain_i + gain_j, gain_i - gain_j
    size = gain_i.abs() + gain_j.abs()
    known = gain_i.notna() & gain_j.notna()
    gainers = (gain_i > 0).astype(int) + (gain_j > 0).astype(int)
    names = pd.Series(pd.NA, car_i.index, dtype="string")
    for count, name in ((2, "both"), (1, "one"), (0, "none")):
        names = names.mask(known & (gainers == count), name)
    return pd.DataFrame(
        {
            "gain_i": gain_i,
            "gain_j": gain_j,
            "joint_gain": joint,
            "combined_car": joint / total,
            "share_i": (gain_i / joint).where((gain_i > 0) & (gain_j > 0)),
            "relative_gain": gap / total,
            "bounded_gain": gap / size.where(size > 0),
            "car_difference": car_i - car_j,
            "least_car": car_i.where(car_i < car_j, car_j).where(known),
            "both_gain": (gainers == 2).astype("float64").where(known),
            "sign_class": names,
        }
    )


def mirrored(dyads: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the differences between the partners, i less j: the antisymmetric terms.

    Parameters
    ----------
    dyads
        With ``<column>_i`` and ``<column>_j`` for each of the columns.

    Returns
    -------
    pandas.DataFrame
        ``<column>_difference`` per column; swapping the partners changes their sign.
    """
    return pd.DataFrame(
        {f"{c}_difference": dyads[f"{c}_i"] - dyads[f"{c}_j"] for c in columns}
    )
