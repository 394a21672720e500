"""What the paper adds to study files and pages, in the order of the pages."""

from __future__ import annotations

from tests.unit.entries import entries_of

ORDERED = {
    "section": ["filings", "announcements", "portfolios", "lives", "certificate"],
    "headline": [
        *("governance", "lives", "gains", "acquirers", "announcements", "division"),
    ],
    "method": [
        *("portfolio_share", "combined_return", "dyad_models", "appropriation"),
        *("dual_appropriation", "dyadic_errors", "governance", "dependence"),
        *("kaplan_meier", "network_position", "cumulative_incidence", "hazard_ratios"),
        *("moderators", "acquisition_returns", "alliance_function"),
    ],
}
SORTED = {
    "figure": "adoption both_gain division incidence joint_value network survival "
    "whale_curve",
    "table": "acquisition_returns alliance_function appropriation coder_agreement "
    "deal_descriptives division dyad_models formation governance group_means "
    "hazard_models moderators non_zero_sum sign_transitions unobserved_ends",
    "reader": "acquisitions.table alliance_function.alliance_function "
    "alliances.edgar_agreements alliances.sdc firm_classes.firm_classes "
    "input_output.input_output major_customers.major_customers ownership.table "
    "reviewed_matches.review reviewed_structures.review structures.coding_sheet "
    "structures.edgar_instances terminations.table",
    "canonical": "acquisition_returns acquisitions alliance_function alliance_spells "
    "alliances appropriation coded_units coder_agreement customer_concentration "
    "division_of_value dyad_fits dyad_measures dyad_models dyads experience "
    "firm_classes formation function_spells function_years governance hazard_models "
    "incidence input_output joint_value look_ahead major_customers matches_to_review "
    "moderators network_position network_years non_zero_sum ownership participants "
    "partner_returns partnerships portfolio_governance portfolios sign_transitions "
    "structures survival terminations unobserved_ends whale_curve whale_summary",
    "values": "alliances",
    "check": "acquisition_study acquisitions alliances certificate constructs "
    "dual_appropriation dyads event_units filed_alliances governance ownership "
    "reviewed_matches reviewed_structures survival terminations",
}


def test_the_paper_registers_its_parts():
    expected = ORDERED | {kind: names.split() for kind, names in SORTED.items()}
    assert entries_of("alliances") == expected
