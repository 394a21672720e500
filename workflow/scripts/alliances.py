import pandas as pd

from alliance_value.contracts.alliances import Alliances, Participants
from alliance_value.contracts.problems import gathered, raise_if
from alliance_value.contracts.rejects import collect
from alliance_value.contracts.tables import Rejects, store
from alliance_value.sources.compustat import header
from alliance_value.sources.links import firm_links
from alliance_value.sources.matching import issuers, match_participants
from alliance_value.sources.names import read_names
from alliance_value.sources.read_file import (
    decisions_of,
    in_their_files,
    read_as_one,
    read_file,
    readings_of,
)
from alliance_value.sources.record import write_record
from alliance_value.sources.sdc import read_deals
from alliance_value.study.job import job, listed
from alliance_value.study.spec import TableFile

with job(snakemake) as this:
    plain = TableFile(entity="", file="")
    problems = []
    raws, parts, headers = [], [], []
    names = pd.DataFrame(columns=["security", "name_from", "name_to", "ncusip", "name"])
    links = pd.DataFrame(columns=["firm", "security", "link_from", "link_to"])
    with gathered(problems):
        deals = read_deals(listed(snakemake.input.alliances))
        parts.append(deals.rejects)
    if snakemake.input.links:
        with gathered(problems):
            raws.append(read_as_one(listed(snakemake.input.links), plain))
            links, rejected = firm_links(raws[-1])
            parts.append(in_their_files(rejected, raws[-1]))
    if snakemake.input.security_names:
        with gathered(problems):
            raws.append(read_as_one(listed(snakemake.input.security_names), plain))
            names, rejected = read_names(raws[-1])
            parts.append(in_their_files(rejected, raws[-1]))
    for path in listed(snakemake.input.header):
        with gathered(problems):
            headers.append(header(read_file(path, plain)))
    raise_if(problems, "the files of alliances, links and names")
    known = issuers(names, links, pd.concat(headers))
    participants = match_participants(deals.parties, deals.alliances, known)
    share = participants.firm.notna().mean()
    this.tell(f"{len(deals.alliances)} alliances; {share:.0%} of participants matched")
    methods = participants.match_method.fillna("not matched").value_counts()
    store(deals.alliances, Alliances, snakemake.output.alliances)
    store(participants, Participants, snakemake.output.participants)
    store(collect(parts), Rejects, snakemake.output.rejects)
    write_record(
        snakemake.output.sources,
        [
            *listed(snakemake.input.alliances),
            *listed(snakemake.input.links),
            *listed(snakemake.input.security_names),
        ],
        [
            *deals.decisions,
            *(word for raw in raws for word in decisions_of(raw)),
            *(f"participants matched by {k}: {n:,}" for k, n in methods.items()),
        ],
        [*deals.readings, *readings_of(raws)],
    )
