"""The columns of SDC's alliances, by SDC Platinum's names and by LSEG's."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from alliance_value.alliances.contracts.alliances import Alliances, Participants

DEAL, STATUS_COLUMN = "Deal Number", "Status"
ALLIANCE_SIC = "Primary SIC Code of Alliance"
DATES: dict[str, str] = {
    Alliances.announced: "Alliance Date Announced",
    Alliances.effective: "Date Effective",
    Alliances.terminated: "Date Alliance Terminated",
}
FLAGS: dict[str, str] = {
    Alliances.announced_estimated: "Date Announced Estimated",
    Alliances.marketing: "Marketing Flag",
    Alliances.research: "R&D Flag",
    Alliances.licensing: "Licensing Services Flag",
    Alliances.manufacturing: "Manufacturing Flag",
    Alliances.supply: "Supply Flag",
    Alliances.joint_venture: "Joint Venture Flag",
    Alliances.cross_border: "Cross Border Alliance",
    Alliances.technology_transfer: "Technology Transfer",
}
PARTY = {
    "name": "Participants in Venture / Alliance (Short Name)",
    Participants.cusip6: "Participant CUSIP",
    Participants.parent_cusip6: "Participant Ultimate Parent CUSIP",
    Participants.parent_name: "Participant Ultimate Parent Name",
    "sic": "Participant Primary SIC Code",
    "nation": "Participant Ultimate Parent Nation",
    "state": "Participant State Code",
    "share": "Percent Ownership by Participant",
}
REQUIRED = [DEAL, DATES[Alliances.announced], STATUS_COLUMN, PARTY["name"]]
# LSEG's fields TR.JV... by their part after the prefix -> SDC Platinum's columns
LSEG = {
    "SDCDealNumber": DEAL,
    "DateAnnounced": DATES[Alliances.announced],
    "DateCompleted": DATES[Alliances.effective],
    "DateTerminated": DATES[Alliances.terminated],
    "Status": STATUS_COLUMN,
    "IsAMarketingAgreement": FLAGS[Alliances.marketing],
    "IsAResearchAndDevtAgreement": FLAGS[Alliances.research],
    "IsALicensingAgreement": FLAGS[Alliances.licensing],
    "IsAManufacturingAgreement": FLAGS[Alliances.manufacturing],
    "IsASupplyAgreement": FLAGS[Alliances.supply],
    "IsAJointVenture": FLAGS[Alliances.joint_venture],
    "IsCrossBorder": FLAGS[Alliances.cross_border],
    "HasTechnologyTransfer": FLAGS[Alliances.technology_transfer],
    "ParticipantShortName": PARTY["name"],
    "ParticipantSDCCusip": PARTY[Participants.cusip6],
    "ParticipantUltParentSDCCusip": PARTY[Participants.parent_cusip6],
    "ParticipantUltParentShortName": PARTY[Participants.parent_name],
    "ParticipantPrimarySic": PARTY["sic"],
    "ParticipantUltParentNation": PARTY["nation"],
    "ParticipantState": PARTY["state"],
    "ParticipantTotalOwnership": PARTY["share"],
    "AlliancePrimarySic": ALLIANCE_SIC,
}
# The suffixes that programs give to a name's second and later columns.
NUMBERED = re.compile(r"(?:[ ._]\d{1,2}|[ ._]?\(\d{1,2}\))$")
LSEG_PREFIX = re.compile(r"^(?:tr)?jv")


def lseg_key(name: str) -> str:
    """Return a field's letters: TR.JVDateAnnounced is also 'JV Date Announced'."""
    return LSEG_PREFIX.sub("", re.sub(r"[^a-z0-9]", "", name.lower()))


LSEG_KEYS = {lseg_key(name): column for name, column in LSEG.items()}
LSEG_KEYS[lseg_key("ParticipantName")] = PARTY["name"]


SPELLINGS = {name.lower(): name for name in LSEG.values()}
SPELLINGS |= {name.lower(): name for name in FLAGS.values()}


def usual_spelling(name: str) -> str:
    """Return a column's name as SDC Platinum spells it, in whatever capitals it is."""
    base = NUMBERED.sub("", name)
    suffix = name[len(base) :]
    return SPELLINGS.get(name.lower(), SPELLINGS.get(base.lower(), base) + suffix)


def sdc_names(header: Sequence[str]) -> tuple[list[str], bool]:
    """Return SDC Platinum's names of a head, and whether it has LSEG's.

    Of a participant's short and long name the short one counts.
    """
    plain = [usual_spelling(name.strip(" \f\r\t")) for name in header]
    keys = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in plain]
    if not any(LSEG_PREFIX.match(k) and lseg_key(k) == "sdcdealnumber" for k in keys):
        return plain, False
    short = lseg_key("ParticipantShortName")
    out = []
    for name, key in zip(plain, keys, strict=True):
        own = lseg_key(key) if LSEG_PREFIX.match(key) else ""
        long = own == lseg_key("ParticipantName")
        if long and any(lseg_key(other) == short for other in keys):
            own = ""
        out.append(LSEG_KEYS.get(own, name))
    return out, True


def one_block_each(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Put LSEG's rows, one per instrument and participant, as SDC prints deals.

    Returns
    -------
    table : pandas.DataFrame
        Each deal's rows together, its own cells in the first one only; rows that
        repeat a participant for another instrument left out. The index tells the rows.
    words : str
        How many rows repeat, and how many have other cells for their deal.
    """
    own = [c for c in table.columns if c in LSEG.values() and c not in PARTY.values()]
    others = [c for c in own if c != DEAL]
    parties = [c for c in table.columns if c in PARTY.values()]
    kept = table[~table.duplicated([DEAL, *parties]) | table[DEAL].eq("")]
    first = kept.drop_duplicates(DEAL).set_index(DEAL)[others]
    usual = first.reindex(kept[DEAL]).set_axis(kept.index)
    differ = (kept[others] != usual).any(axis=1) & kept[DEAL].ne("")
    place = {deal: n for n, deal in enumerate(kept[DEAL].unique())}
    # rows without a deal come first, where no deal is above them
    order = kept[DEAL].map(place | {"": -1}).sort_values(kind="stable")
    kept = kept.loc[order.index].astype(object)
    kept.loc[kept.duplicated(DEAL) & kept[DEAL].ne(""), own] = ""
    words = f"{len(table) - len(kept)} rows repeat a participant for another instrument"
    if differ.any():
        words += f"; {int(differ.sum())} rows differ from their deal's first one"
    return kept.astype("str"), words
