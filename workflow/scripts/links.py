import pandas as pd

from alliance_value.contracts.rejects import collect
from alliance_value.contracts.tables import Rejects, empty, store
from alliance_value.contracts.vendor_tables import Links, SecurityNames
from alliance_value.sources.links import firm_links
from alliance_value.sources.names import read_names
from alliance_value.sources.read_file import read_file
from alliance_value.sources.record import write_record
from alliance_value.study.job import job, listed
from alliance_value.study.spec import TableFile

with job(snakemake) as this:
    plain = TableFile(entity="", file="")
    tables, rejected, decisions = {}, [], []
    for kind, read, contract, paths in (
        ("links", firm_links, Links, snakemake.input.links),
        ("names", read_names, SecurityNames, snakemake.input.security_names),
    ):
        parts = [empty(contract)]
        for path in listed(paths):
            raw = read_file(path, plain)
            part, part_rejects = read(raw)
            parts.append(part)
            rejected.append(part_rejects)
            decisions += [f"{raw.file}: {d}" for d in raw.decisions]
        tables[kind] = pd.concat([p for p in parts if len(p)] or parts[:1])
    links, names = tables["links"], tables["names"]
    this.tell(f"{len(links)} links, {len(names)} names of securities")
    store(links, Links, snakemake.output.links)
    store(names, SecurityNames, snakemake.output.security_names)
    store(collect(rejected), Rejects, snakemake.output.rejects)
    write_record(
        snakemake.output.sources,
        [*listed(snakemake.input.links), *listed(snakemake.input.security_names)],
        decisions,
    )
