from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.alliances.contracts.governance import NOT_KNOWN, Governance
from alliance_value.alliances.contracts.ownership import Ownership
from alliance_value.alliances.governance import governance
from alliance_value.alliances.sources.known_codes import known_codes
from alliance_value.contracts.storage import load, store
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    shares = [load(path, Ownership) for path in listed(snakemake.input.ownership)]
    alliances = load(snakemake.input.alliances, Alliances)
    for each in shares:
        own, source = each.alliance, "ownership.alliance"
        this.tell(known_codes(own, alliances.alliance, source, "alliances"))
    table = governance(
        alliances,
        shares[0] if shares else None,
        this.params["ladder"],
    )
    unknown = int(table.form.eq(NOT_KNOWN).sum())
    this.tell(f"{len(table):,} alliances by form of governance; {unknown:,} not known")
    store(table, Governance, snakemake.output.governance)
