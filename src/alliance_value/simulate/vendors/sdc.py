"""Alliances -> SDC Platinum download files: multi-line cells, pages, a trailer."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np
import pandas as pd

from alliance_value.simulate.files import CHUNKS
from alliance_value.simulate.firms import Firms
from alliance_value.simulate.streams import stream
from alliance_value.simulate.vendors.text import day

FLAG_COLUMNS = {
    "joint_venture": "Joint Venture Flag",
    "cross_border": "Cross Border Alliance",
    "technology_transfer": "Technology Transfer",
    "licensing": "Licensing Services Flag",
    "manufacturing": "Manufacturing Flag",
    "marketing": "Marketing Flag",
    "rd": "R&D Flag",
    "supply": "Supply Flag",
}
ESTIMATED = (
    "Date Announced Estimated",
    "Date Effective Estimated",
    "Date Terminated Estimated",
)
DATES = (
    "Alliance Date Announced",
    "Date Effective",
    "Date Alliance Terminated",
)
PARTICIPANT = (
    "Participants in Venture / Alliance (Short Name)",
    "Participant CUSIP",
    "Participant Ultimate Parent CUSIP",
    "Participant Ultimate Parent Name",
    "Participant Ultimate Parent Nation",
    "Participant Primary SIC Code",
    "Participant State Code",
    "Percent Ownership by Participant",
)
COLUMNS = (
    "Deal Number",
    *DATES,
    *ESTIMATED,
    "Status",
    *PARTICIPANT,
    "Primary SIC Code of Alliance",
    "Alliance Deal Name",
    *FLAG_COLUMNS.values(),
    "Activity Description",
)
NATIONS = ("Japan", "United Kingdom", "Germany", "Canada", "France", "South Korea")


def participants(
    firms: Firms,
    seed: int,
    deals: pd.DataFrame,
    others: pd.DataFrame,
    subsidiary: float,
) -> pd.DataFrame:
    """List all participants of all deals, identified as on the day of the deal.

    Some firms act through a subsidiary with a CUSIP of its own; the ultimate
    parent is the firm.
    """
    flags = list(FLAG_COLUMNS)
    common = ["alliance", "announced", "effective", "terminated", "status", *flags]
    owned_i = deals["ownership_i"]
    sides = [
        deals[common].assign(firm=deals[side], ownership=owned)
        for side, owned in (("i", owned_i), ("j", 100 - owned_i))
    ]
    parts = [*sides, others] if len(others) else sides
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.reindex(columns=[*common, "firm", "ownership", "outsider", "cusip6"])
    rows = rows.sort_values(["announced", "alliance"], kind="stable", ignore_index=True)
    rng = stream(seed, "participants")
    inside = rows["firm"].to_numpy() >= 0
    table = firms.table.iloc[rows["firm"].where(inside, 0)].reset_index(drop=True)
    later = (table["renamed"] <= rows["announced"]).to_numpy()
    name = np.where(later, table["later_name"], table["name"])
    issuer = np.where(later, table["later_cusip6"], table["cusip6"])
    unit = (rng.random(len(rows)) < subsidiary) & inside
    stem = np.array([str(full).split()[0] for full in name], object)
    outside_nation = np.array(NATIONS, object)[rng.integers(0, len(NATIONS), len(rows))]
    owned = rows["ownership"].where(rows["joint_venture"].astype(bool))
    return pd.DataFrame(
        {
            **{c: rows[c] for c in common},
            "Participants in Venture / Alliance (Short Name)": np.where(
                inside, np.where(unit, stem + " Unit", name), rows["outsider"]
            ),
            "Participant CUSIP": np.where(
                inside,
                np.where(unit, table["subsidiary_cusip6"], issuer),
                rows["cusip6"],
            ),
            "Participant Ultimate Parent CUSIP": np.where(
                inside, issuer, rows["cusip6"]
            ),
            "Participant Ultimate Parent Name": np.where(
                inside, name, rows["outsider"]
            ),
            "Participant Ultimate Parent Nation": np.where(
                inside, "United States", outside_nation
            ),
            "Participant Primary SIC Code": np.where(
                inside, table["sic"].astype(str), "9999"
            ),
            "Participant State Code": np.where(inside, table["state"], ""),
            "Percent Ownership by Participant": [
                "" if pd.isna(v) or v in (0, 100) else str(int(v)) for v in owned
            ],
        }
    )


def deal_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Print one row a deal, as text; participants' cells have one line for each."""
    groups = rows.groupby("alliance", sort=False)
    out = groups[[c for c in PARTICIPANT]].agg("\n".join)
    first = groups.first()
    for column, source in zip(
        DATES, ("announced", "effective", "terminated"), strict=True
    ):
        out[column] = day(first[source], "%m/%d/%Y")
    for column in ESTIMATED:
        out[column] = "No"
    for source, column in FLAG_COLUMNS.items():
        out[column] = np.where(first[source].astype(bool), "Yes", "No")
    out["Deal Number"] = [str(k) for k in out.index]
    out["Status"] = first["status"]
    sic = out["Participant Primary SIC Code"].str.split("\n").str[0]
    out["Primary SIC Code of Alliance"] = sic
    names = out["Participants in Venture / Alliance (Short Name)"].str.split("\n")
    kind = np.where(first["joint_venture"].astype(bool), "JV", "Strategic Alliance")
    out["Alliance Deal Name"] = [
        f"{'/'.join(n)}-{k}" for n, k in zip(names, kind, strict=True)
    ]
    words = [
        ", ".join(
            c.removesuffix(" Flag").lower()
            for c in FLAG_COLUMNS.values()
            if row[c] == "Yes"
        )
        for row in out[list(FLAG_COLUMNS.values())].to_dict("records")
    ]
    out["Activity Description"] = [w or "other services" for w in words]
    return out[list(COLUMNS)].reset_index(drop=True)


def chunk_files(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Cut the deals into download files by year of announcement."""
    year = table["Alliance Date Announced"].str[-4:].astype(int)
    chunks = {
        f"sdc_alliances_{a}_{b}.csv": table[(year >= a) & (year <= b)]
        for a, b in CHUNKS
    }
    return {file: part for file, part in chunks.items() if len(part)}


def render(
    table: pd.DataFrame,
    header: Sequence[str],
    split_rows: bool,
    page: int,
    trailer: bool,
) -> tuple[str, dict[float, int]]:
    """Write deals as a download file.

    Parameters
    ----------
    table : DataFrame of text
    header : sequence of str
        Column names as printed; they may repeat.
    split_rows : bool
        One line for each participant, the deal's cells on its first line only.
    page : int
        Deals between page headers, 0 for none.
    trailer : bool
        End with the session's details.

    Returns
    -------
    text : str
    place : dict
        Index label of a deal -> number of its first record, the header being 0.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    multi = [c in PARTICIPANT for c in table.columns]
    place: dict[float, int] = {}
    record = 0
    for count, (label, cells) in enumerate(
        zip(table.index, table.to_numpy(object).tolist(), strict=True)
    ):
        if page and count and count % page == 0:
            title = "SDC Platinum  Joint Ventures & Alliances"
            writer.writerow([f"\f{title}  Page {count // page + 1}"])
            writer.writerow(header)
            record += 2
        lines = [cells]
        if split_rows:
            parts = [
                c.split("\n") if m else [c] for c, m in zip(cells, multi, strict=True)
            ]
            depth = max(len(p) for p in parts)
            lines = [[p[k] if k < len(p) else "" for p in parts] for k in range(depth)]
        place[label] = record + 1
        for line in lines:
            writer.writerow(line)
            record += 1
    if trailer:
        for line in (
            ["Session Details"],
            ["Request", "Hits", "Request Description"],
            ["1", str(len(table)), "DATABASES: Joint Ventures/Alliances"],
        ):
            writer.writerow(line)
    return buffer.getvalue(), place
