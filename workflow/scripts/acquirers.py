from alliance_value.alliances.acquisition_study import (
    PARTNER,
    acquirer_events,
    no_events,
)
from alliance_value.alliances.contracts.alliances import Alliances, Participants
from alliance_value.alliances.contracts.ownership import Acquisitions
from alliance_value.contracts.problems import raise_if
from alliance_value.contracts.storage import empty, load
from alliance_value.contracts.vendor_tables import Links, SecurityNames, TickerLinks
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    listing = listed(snakemake.input.security_names)
    names = load(listing[0], SecurityNames) if listing else empty(SecurityNames)
    links = load(snakemake.input.links, Links if listing else TickerLinks)
    acquisitions = load(snakemake.input.acquisitions, Acquisitions)
    events = acquirer_events(
        acquisitions,
        load(snakemake.input.alliances, Alliances),
        load(snakemake.input.participants, Participants),
        links,
        names,
        this.params.get("within_years"),
    )
    raise_if(no_events(acquisitions, events), "the acquisitions")
    partners = int(events.group.eq(PARTNER).sum())
    this.tell(f"{len(events):,} acquisitions by listed firms, {partners:,} of partners")
    events.to_parquet(snakemake.output.events, index=False)
