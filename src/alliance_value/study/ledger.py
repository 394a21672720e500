"""A study's ledger -> the variables of customers' costs and profits."""

from __future__ import annotations

from collections.abc import Iterator

from alliance_value.contracts.problems import Problem
from alliance_value.study.schema import Mapped
from alliance_value.vocabulary.entries import check


def rate_of(activity: Mapped) -> float:
    """Return what one unit of an activity costs.

    Parameters
    ----------
    activity
        ``rate``; or ``cost`` and ``capacity`` of the resources behind it, whose
        quotient is a unit's cost (activity-based), or, with ``minutes`` a unit, a
        minute's (time-driven).

    References
    ----------
    Kaplan and Anderson (2004), Harvard Business Review 82: the capacity is the
    practical one, so that idle time is charged to no customer.
    """
    if "rate" in activity:
        return float(activity["rate"])
    per_unit = float(activity["cost"]) / float(activity["capacity"])
    return per_unit * float(activity.get("minutes", 1))


def ledger_variables(section: Mapped) -> Mapped:
    """Return the variables of a ledger by name, as a study file would write them."""
    revenue, direct = section["revenue"], section["direct_cost"]
    costs = [f"{rate_of(a)!r} * {n}" for n, a in section["activities"].items()]
    margin = f"({revenue} - {direct})"
    source = "activities at their rates"
    return {
        "cost_to_serve": {
            "label": "Cost to serve",
            "value": " + ".join(costs),
            "unit": "as revenue",
            "source": source,
        },
        "profit": {
            "label": "Profit",
            "value": f"{revenue} - {direct} - cost_to_serve",
            "unit": "as revenue",
            "source": "revenue less direct cost and cost to serve",
        },
        "margin_realized": {
            "label": "Net margin realized",
            "numerator": margin,
            "denominator": revenue,
            "unit": "decimal",
            "source": "revenue less direct cost, over revenue",
        },
        "service_share": {
            "label": "Cost to serve over revenue",
            "numerator": "cost_to_serve",
            "denominator": revenue,
            "unit": "decimal",
            "source": source,
        },
        "profit_margin": {
            "label": "Profit over revenue",
            "numerator": "profit",
            "denominator": revenue,
            "unit": "decimal",
            "source": "revenue less direct cost and cost to serve, over revenue",
        },
    }


def with_ledger_variables(study: Mapped) -> Mapped:
    """Return a study's variables with those of its ledger before them.

    A variable of the same name that the study declares stands instead.
    """
    own: Mapped = study.get("variables", {})
    return {**ledger_variables(study["ledger"]), **own} if "ledger" in study else own


def rate_problems(study: Mapped) -> Iterator[Problem]:
    """Yield activities that have no rate, or more than one."""
    section = study.get("ledger", {})
    activities = section.get("activities", {}) if isinstance(section, dict) else {}
    for name, activity in activities.items() if isinstance(activities, dict) else ():
        if not isinstance(activity, dict):
            continue
        where, given = f"ledger.activities.{name}", activity.keys()
        if "rate" in given and given & {"cost", "capacity", "minutes"}:
            yield Problem(
                rule="the activity has a rate twice",
                remedy="write rate alone, or cost and capacity",
                where=where,
            )
        elif "rate" not in given and not {"cost", "capacity"} <= given:
            yield Problem(
                rule="the activity has no rate",
                remedy="write what a unit costs as rate; or cost and practical "
                "capacity of its resources, with minutes a unit if that is in minutes",
                where=where,
            )


@check("ledger", asks=("ledger",))
def ledger_problems(study: Mapped) -> Iterator[Problem]:
    """Yield what a ledger lacks, or counts twice."""
    if "time" not in study["sources"]["firm_years"]:
        yield Problem(
            rule="a ledger has customers by period, and no period is given",
            remedy="name its column as sources.firm_years.time",
            where="ledger",
        )
    section = study["ledger"]
    for name in section["activities"]:
        if name in (section["revenue"], section["direct_cost"]):
            yield Problem(
                rule=f"'{name}' is an activity and an amount",
                remedy="name columns of quantities as activities",
                where=f"ledger.activities.{name}",
            )
