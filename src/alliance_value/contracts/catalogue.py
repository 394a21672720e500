"""Names of the files that a study writes -> the contracts of their tables."""

from __future__ import annotations

from alliance_value.alliances.contracts.alliances import (
    Alliances,
    CodedUnits,
    MatchesToReview,
    Participants,
    Partnerships,
    Portfolios,
)
from alliance_value.alliances.contracts.dyad_results import (
    Appropriation,
    DivisionOfValue,
    DyadFits,
    DyadModels,
    Formation,
    LookAhead,
    WhaleCurve,
    WhaleSummary,
)
from alliance_value.alliances.contracts.dyads import Dyads
from alliance_value.alliances.contracts.structures import CoderAgreement, Structures
from alliance_value.contracts.accounts import Codebook, DataQuality
from alliance_value.contracts.columns import Meaning, meanings
from alliance_value.contracts.events import (
    AbnormalReturns,
    Caar,
    CalendarTime,
    Cars,
    Events,
    EventTests,
    Exclusions,
    SizePower,
    UnitCaar,
    UnitTests,
)
from alliance_value.contracts.firm_year_tables import (
    Diversification,
    Experience,
    Industries,
)
from alliance_value.contracts.firm_years import CutPoints, FirmYears, Panel
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.inference import (
    Inference,
    Influence,
    LeaveOut,
    Sensitivity,
)
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.results import (
    Claims,
    Covariances,
    Diagnostics,
    Equations,
    Estimates,
    Fits,
    Margins,
    Slopes,
    Validation,
)
from alliance_value.contracts.storage import Contract
from alliance_value.contracts.vendor_tables import (
    Delistings,
    Factors,
    Links,
    MarketReturns,
    Returns,
    SecurityNames,
    Segments,
)

# In the order of the codebook: sources, panel, results, accounts.
CATALOGUE: dict[str, Contract] = {
    "firm_years": FirmYears,
    "alliances": Alliances,
    "participants": Participants,
    "matches_to_review": MatchesToReview,
    "coded_units": CodedUnits,
    "coder_agreement": CoderAgreement,
    "links": Links,
    "security_names": SecurityNames,
    "returns": Returns,
    "delistings": Delistings,
    "factors": Factors,
    "market": MarketReturns,
    "segments": Segments,
    "structures": Structures,
    "portfolios": Portfolios,
    "partnerships": Partnerships,
    "experience": Experience,
    "industries": Industries,
    "diversification": Diversification,
    "panel": Panel,
    "cut_points": CutPoints,
    "estimates": Estimates,
    "fits": Fits,
    "covariances": Covariances,
    "margins": Margins,
    "slopes": Slopes,
    "equations": Equations,
    "diagnostics": Diagnostics,
    "inference": Inference,
    "sensitivity": Sensitivity,
    "influence": Influence,
    "leave_out": LeaveOut,
    "validation": Validation,
    "claims": Claims,
    "events": Events,
    "event_exclusions": Exclusions,
    "abnormal_returns": AbnormalReturns,
    "cars": Cars,
    "dyads": Dyads,
    "appropriation": Appropriation,
    "division_of_value": DivisionOfValue,
    "dyad_models": DyadModels,
    "dyad_fits": DyadFits,
    "formation": Formation,
    "whale_curve": WhaleCurve,
    "whale_summary": WhaleSummary,
    "look_ahead": LookAhead,
    "partners_tests": EventTests,
    "partners_caar": Caar,
    "event_tests": UnitTests,
    "caar": UnitCaar,
    "calendar_time": CalendarTime,
    "size_power": SizePower,
    "funnel": Funnel,
    "rejects": Rejects,
    "codebook": Codebook,
    "data_quality": DataQuality,
}
KEY = ["firm", "fiscal_year"]


def joined_variables() -> dict[str, Meaning]:
    """Return the variables that are joined to firm-years, from their contracts.

    A table whose key is firm and fiscal year declares them: a new one is known here
    as soon as it is in the catalogue.
    """
    found: dict[str, Meaning] = {}
    for contract in CATALOGUE.values():
        schema = contract.to_schema()
        if contract is not Structures and schema.unique == KEY and schema.strict:
            rest = meanings(contract)
            found |= {n: m for n, m in rest.items() if n not in (*KEY, *found)}
    return found
