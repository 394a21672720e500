from alliance_value.alliances.announcements import announced_dyads
from alliance_value.alliances.contracts.alliances import (
    Alliances,
    CodedUnits,
    Participants,
)
from alliance_value.alliances.dyads import deal_class, partner_events
from alliance_value.contracts.events import GROUPING
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.storage import empty, load, store
from alliance_value.contracts.vendor_tables import Links, SecurityNames, TickerLinks
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    listing = listed(snakemake.input.security_names)
    names = load(listing[0], SecurityNames) if listing else empty(SecurityNames)
    links = load(snakemake.input.links, Links if listing else TickerLinks)
    dyads, funnel = announced_dyads(
        load(snakemake.input.alliances, Alliances),
        load(snakemake.input.participants, Participants),
        links,
        names,
        load(snakemake.input.coded_units, CodedUnits),
        this.params,
    )
    events = partner_events(dyads).rename(columns={"group": f"{GROUPING}own structure"})
    classes = deal_class(dyads).set_axis(dyads.alliance)
    events[f"{GROUPING}type and symmetry"] = events.alliance.map(classes).astype(
        "string"
    )
    this.tell(f"{len(dyads):,} deals of two listed and coded firms")
    store(funnel, Funnel, snakemake.output.funnel)
    dyads.to_parquet(snakemake.output.dyads, index=False)
    events.to_parquet(snakemake.output.events, index=False)
