"""The canonical table of dyads: both partners, their ties, value and its division."""

from __future__ import annotations

import pandera.pandas as pa

from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.vocabulary.entries import canonical


@canonical("dyads", stage="events")
class Dyads(CanonicalTable, source="SDC"):
    """One row per deal whose partners' events are both kept. Key: ``alliance``.

    Partner i comes before j by the firm's key; docs/event-study.md defines the columns.
    """

    alliance: Text = described("Alliance", "identifier")
    announced: Column[pa.DateTime] = described("Announced", "date")
    announced_estimated: Column[bool] = described("Day is estimated", "true/false")
    effective: Column[pa.DateTime] = described(
        "Effective", "date", missing="not stated"
    )
    terminated: Column[pa.DateTime] = described(
        "Terminated", "date", missing="not stated or not ended"
    )
    status: Text = described("Status", "category")
    marketing: Column[float] = described(
        "Marketing deal", "0/1", source="SDC flags", missing="not stated"
    )
    research: Column[float] = described(
        "R&D deal", "0/1", source="SDC flags", missing="not stated"
    )
    licensing: Column[float] = described(
        "Licensing deal", "0/1", source="SDC flags", missing="not stated"
    )
    manufacturing: Column[float] = described(
        "Manufacturing deal", "0/1", source="SDC flags", missing="not stated"
    )
    supply: Column[float] = described(
        "Supply deal", "0/1", source="SDC flags", missing="not stated"
    )
    joint_venture: Column[float] = described(
        "Joint venture deal", "0/1", source="SDC flags", missing="not stated"
    )
    cross_border: Column[float] = described(
        "Cross-border deal", "0/1", source="SDC flags", missing="not stated"
    )
    technology_transfer: Column[float] = described(
        "Technology transfer deal", "0/1", source="SDC flags", missing="not stated"
    )
    sic: Text = described("SIC code of the alliance", "code", missing="not stated")
    firm_i: Text = described("Firm, partner i", "identifier", source="the links")
    parent_i: Text = described("Ultimate parent, partner i", "identifier")
    sic_i: Text = described("Primary SIC code, partner i", "code", missing="not stated")
    nation_i: Text = described("Nation, partner i", "name", missing="not stated")
    state_i: Text = described("State, partner i", "code", missing="not stated")
    security_i: Text = described(
        "Security, partner i", "code", source="CCM links on the day"
    )
    customer_centric_i: Column[float] = described(
        "Customer-centric structure, partner i",
        "0/1",
        source="last filing before the day",
    )
    experience_i: Column[float] = described(
        "Alliance experience, partner i",
        "log count",
        source="ln(1 + alliances announced before)",
    )
    firm_j: Text = described("Firm, partner j", "identifier", source="the links")
    parent_j: Text = described("Ultimate parent, partner j", "identifier")
    sic_j: Text = described("Primary SIC code, partner j", "code", missing="not stated")
    nation_j: Text = described("Nation, partner j", "name", missing="not stated")
    state_j: Text = described("State, partner j", "code", missing="not stated")
    security_j: Text = described(
        "Security, partner j", "code", source="CCM links on the day"
    )
    customer_centric_j: Column[float] = described(
        "Customer-centric structure, partner j",
        "0/1",
        source="last filing before the day",
    )
    experience_j: Column[float] = described(
        "Alliance experience, partner j",
        "log count",
        source="ln(1 + alliances announced before)",
    )
    prior_ties: Column[int] = described(
        "Prior ties of the pair",
        "count",
        source="alliances of the same parents in five years",
    )
    partner_experience: Column[float] = described(
        "Partner-specific experience", "log count", source="ln(1 + prior_ties)"
    )
    any_prior_tie: Column[int] = described("Any prior tie", "0/1", source="all history")
    partner_experience_decayed: Column[float] = described(
        "Partner-specific experience, decayed",
        "log count",
        source="ln(1 + ties weighted by 2^(-years / half-life))",
    )
    years_since_first_tie: Column[float] = described(
        "Years since the first tie",
        "years",
        source="all history",
        missing="no prior tie",
    )
    years_since_last_tie: Column[float] = described(
        "Years since the last tie",
        "years",
        source="all history",
        missing="no prior tie",
    )
    asymmetric: Column[float] = described(
        "Structures differ", "0/1", source="absolute difference of both flags"
    )
    temporal_overlap: Column[float] = described(
        "Temporal overlap", "log count", source="ln(1 + prior_ties)"
    )
    spatial_overlap: Column[float] = described(
        "Spatial overlap",
        "0 to 1",
        source="SIC digits shared / 4",
        missing="an SIC code is missing",
    )
    same_sic: Column[float] = described(
        "Same four-digit SIC",
        "0/1",
        source="sic_i = sic_j",
        missing="an SIC code is missing",
    )
    same_state: Column[float] = described(
        "Same state", "0/1", source="state_i = state_j", missing="a state is missing"
    )
    same_nation: Column[float] = described(
        "Same nation",
        "0/1",
        source="nation_i = nation_j",
        missing="a nation is missing",
    )
    day: Column[pa.DateTime] = described(
        "Event day", "date", source="first trading day at or after the announcement"
    )
    confounded: Column[float] = described(
        "Other news around the event", "0/1", source="of either partner"
    )
    deal_class: Text = described(
        "Type and symmetry", "category", source="deal flags and structures"
    )
    joint_gain: Column[float] = described(
        "Joint gain",
        "$ million",
        source="gain_i + gain_j",
        missing="a return is missing",
    )
    combined_car: Column[float] = described(
        "Combined abnormal return",
        "decimal",
        source="joint_gain over both market values",
        missing="a return is missing",
    )
    share_i: Column[float] = described(
        "i's share of the joint gain",
        "decimal",
        source="gain_i / joint_gain",
        missing="not both gain",
    )
    relative_gain: Column[float] = described(
        "Relative gain",
        "decimal",
        source="(gain_i - gain_j) over both market values",
        missing="a return is missing",
    )
    bounded_gain: Column[float] = described(
        "Bounded gain",
        "-1 to 1",
        source="(gain_i - gain_j) over the sum of absolute gains",
        missing="a return is missing",
    )
    car_difference: Column[float] = described(
        "Difference of abnormal returns",
        "decimal",
        source="car_i - car_j",
        missing="a return is missing",
    )
    least_car: Column[float] = described(
        "Smaller abnormal return",
        "decimal",
        source="min(car_i, car_j)",
        missing="a return is missing",
    )
    both_gain: Column[float] = described(
        "Both gain",
        "0/1",
        source="gain_i > 0 and gain_j > 0",
        missing="a return is missing",
    )
    sign_class: Text = described(
        "Who gains", "category", source="both, one, none", missing="a return is missing"
    )
    combined_variance: Column[float] = described(
        "Variance of the combined abnormal return",
        "decimal squared",
        source="forecast-error variance of the dyad's portfolio",
        missing="not estimated",
    )
    customer_centric_difference: Column[float] = described(
        "Difference in structure",
        "-1, 0, 1",
        source="customer_centric_i - customer_centric_j",
    )
    log_value_difference: Column[float] = described(
        "Difference in log value", "log", source="log_value_i - log_value_j"
    )
    experience_difference: Column[float] = described(
        "Difference in experience", "log", source="experience_i - experience_j"
    )
    relative_size: Column[float] = described(
        "Relative size", "log", source="ln(market_value_i / market_value_j)"
    )
    market_value_i: Column[float] = described(
        "Market value, partner i",
        "$ million",
        source="last trading day before the longest window",
    )
    car_i: Column[float] = described(
        "Cumulative abnormal return, partner i",
        "decimal",
        source="headline model and window",
        missing="no return in the window",
    )
    gain_i: Column[float] = described(
        "Gain, partner i",
        "$ million",
        source="car times market value",
        missing="no return in the window",
    )
    log_value_i: Column[float] = described(
        "Log of market value, partner i", "log $ million", source="ln(market_value)"
    )
    market_value_j: Column[float] = described(
        "Market value, partner j",
        "$ million",
        source="last trading day before the longest window",
    )
    car_j: Column[float] = described(
        "Cumulative abnormal return, partner j",
        "decimal",
        source="headline model and window",
        missing="no return in the window",
    )
    gain_j: Column[float] = described(
        "Gain, partner j",
        "$ million",
        source="car times market value",
        missing="no return in the window",
    )
    log_value_j: Column[float] = described(
        "Log of market value, partner j", "log $ million", source="ln(market_value)"
    )

    class Config:
        ordered = False
        unique = ["alliance"]
