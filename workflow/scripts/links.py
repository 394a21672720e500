from functools import partial

from alliance_value.contracts.problems import gathered, raise_if
from alliance_value.contracts.rejects import Rejects, collect
from alliance_value.contracts.storage import empty, store
from alliance_value.contracts.vendor_tables import Links, SecurityNames
from alliance_value.running.job import job, listed
from alliance_value.sources.links import firm_links
from alliance_value.sources.names import read_names
from alliance_value.sources.raw_table import decisions_of, readings_of
from alliance_value.sources.read_file import rows_of
from alliance_value.sources.record import write_record
from alliance_value.study.spec import layout_of

with job(snakemake) as this:
    tables, rejected, raws, problems = {}, [], [], []
    linked = partial(firm_links, key=this.params["firm_key"])
    for kind, read, contract in (
        ("links", linked, Links),
        ("security_names", read_names, SecurityNames),
    ):
        paths = snakemake.input[kind]
        tables[kind] = empty(contract)
        if paths:
            with gathered(problems):
                layout = layout_of(this.params[kind])
                tables[kind], part, raw = rows_of(read, listed(paths), layout)
                raws.append(raw)
                rejected.append(part)
    raise_if(problems, "the files of links and names")
    links, names = tables["links"], tables["security_names"]
    this.tell(f"{len(links):,} links, {len(names):,} names of securities")
    store(links, Links, snakemake.output.links)
    store(names, SecurityNames, snakemake.output.security_names)
    store(collect(rejected), Rejects, snakemake.output.rejects)
    write_record(
        snakemake.output.sources,
        [*listed(snakemake.input.links), *listed(snakemake.input.security_names)],
        [word for raw in raws for word in decisions_of(raw)],
        readings_of(raws),
    )
