from alliance_value.alliances.contracts.alliances import (
    Alliances,
    MatchesToReview,
    Participants,
)
from alliance_value.alliances.contracts.ownership import Ownership
from alliance_value.alliances.sources.matched import matched_deals
from alliance_value.alliances.sources.sdc_shares import venture_shares
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import load, store
from alliance_value.contracts.vendor_tables import Links, SecurityNames
from alliance_value.running.job import job, listed
from alliance_value.sources.record import write_record
from alliance_value.study.spec import layout_of

with job(snakemake) as this:
    files = listed(snakemake.input.alliances)
    reviewed = listed(snakemake.input.reviewed_matches)
    tables = matched_deals(
        files,
        listed(snakemake.input.header),
        reviewed,
        load(snakemake.input.security_names, SecurityNames),
        load(snakemake.input.links, Links),
        this.params,
    )
    deals, participants = tables.deals, tables.participants
    share = participants.firm.notna().mean()
    this.tell(f"{len(deals.alliances):,} alliances, {share:.0%} of parties matched")
    decisions = [*tables.decisions]
    if hasattr(snakemake.output, "ownership"):
        mark = layout_of(this.params["alliances"]).decimal
        shares, words = venture_shares(deals.parties, deals.alliances, mark)
        decisions += words
        store(shares, Ownership, snakemake.output.ownership)
    store(deals.alliances, Alliances, snakemake.output.alliances)
    store(participants, Participants, snakemake.output.participants)
    store(tables.to_review, MatchesToReview, snakemake.output.to_review)
    store(deals.rejects, Rejects, snakemake.output.rejects)
    write_record(
        snakemake.output.sources,
        [*files, *reviewed],
        decisions,
        tables.readings,
    )
