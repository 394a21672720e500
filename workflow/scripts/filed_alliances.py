from alliance_value.alliances.contracts.alliances import (
    Alliances,
    MatchesToReview,
    Participants,
)
from alliance_value.alliances.sources.filed_agreements import filed_alliances
from alliance_value.contracts.rejects import Rejects, collect
from alliance_value.contracts.storage import store
from alliance_value.contracts.vendor_tables import TickerLinks
from alliance_value.running.job import job, listed
from alliance_value.sources.edgar.registrants import registrants
from alliance_value.sources.read_file import read_as_one
from alliance_value.sources.record import write_record
from alliance_value.study.spec import layout_of

with job(snakemake) as this:
    files = listed(snakemake.input.alliances)
    lists = listed(snakemake.input.tickers)
    reviewed = listed(snakemake.input.reviewed_matches)
    layout = layout_of(this.params["reviewed_matches"])
    known = registrants(lists, layout_of(this.params["tickers"]))
    filed = filed_alliances(
        files,
        known,
        read_as_one(reviewed, layout) if reviewed else None,
    )
    this.tell(filed.decisions[0])
    store(filed.alliances, Alliances, snakemake.output.alliances)
    store(filed.participants, Participants, snakemake.output.participants)
    store(filed.to_review, MatchesToReview, snakemake.output.to_review)
    store(known.links, TickerLinks, snakemake.output.links)
    store(
        collect([filed.rejected, known.rejects]),
        Rejects,
        snakemake.output.rejects,
    )
    filed.days.to_csv(snakemake.output.days, index=False)
    write_record(snakemake.output.sources, [*files, *lists, *reviewed], filed.decisions)
