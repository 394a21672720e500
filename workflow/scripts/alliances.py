import pandas as pd

from alliance_value.alliances.contracts.alliances import (
    Alliances,
    MatchesToReview,
    Participants,
)
from alliance_value.alliances.sources.matching import issuers, match_participants
from alliance_value.alliances.sources.review import (
    apply_decisions,
    matches_to_review,
    read_decisions,
)
from alliance_value.alliances.sources.sdc import read_deals
from alliance_value.contracts.problems import gathered, raise_if
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import load, store
from alliance_value.contracts.vendor_tables import Links, SecurityNames
from alliance_value.running.job import job, listed
from alliance_value.sources.compustat import header
from alliance_value.sources.read_file import read_file, readings_of
from alliance_value.sources.record import write_record
from alliance_value.study.spec import layout_of

with job(snakemake) as this:
    problems = []
    headers, review, decisions, raws = [], None, [], []
    with gathered(problems):
        deals = read_deals(
            listed(snakemake.input.alliances), layout_of(this.params["alliances"])
        )
    for path in listed(snakemake.input.header):
        with gathered(problems):
            headers.append(
                header(read_file(path, layout_of(this.params["firm_years"])))
            )
    reviewed = listed(snakemake.input.reviewed_matches)
    for path in reviewed:
        with gathered(problems):
            layout = layout_of(this.params["reviewed_matches"])
            raws.append(read_file(path, layout))
            review = read_decisions(raws[-1])
    raise_if(problems, "the files of alliances")
    known = issuers(
        load(snakemake.input.security_names, SecurityNames),
        load(snakemake.input.links, Links),
        pd.concat(headers),
    )
    participants = match_participants(deals.parties, deals.alliances, known)
    to_review = matches_to_review(participants, deals.alliances, known, review)
    if review is not None:
        participants, decisions = apply_decisions(participants, review)
    share = participants.firm.notna().mean()
    this.tell(f"{len(deals.alliances)} alliances; {share:.0%} of participants matched")
    methods = participants.match_method.fillna("not matched").value_counts()
    store(deals.alliances, Alliances, snakemake.output.alliances)
    store(participants, Participants, snakemake.output.participants)
    store(to_review, MatchesToReview, snakemake.output.to_review)
    store(deals.rejects, Rejects, snakemake.output.rejects)
    write_record(
        snakemake.output.sources,
        [*listed(snakemake.input.alliances), *reviewed],
        [
            *deals.decisions,
            *(f"participants matched by {k}: {n:,}" for k, n in methods.items()),
            *decisions,
        ],
        [*deals.readings, *readings_of(raws)],
    )
