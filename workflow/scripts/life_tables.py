from functools import partial

from alliance_value.alliances.contracts.ownership import (
    Acquisitions,
    Ownership,
    Terminations,
)
from alliance_value.alliances.sources.life_tables import (
    read_acquisitions,
    read_ownership,
    read_terminations,
)
from alliance_value.contracts.problems import gathered, raise_if
from alliance_value.contracts.rejects import Rejects, collect
from alliance_value.contracts.storage import store
from alliance_value.running.job import job, listed
from alliance_value.sources.raw_table import decisions_of, readings_of
from alliance_value.sources.read_file import rows_of
from alliance_value.sources.record import write_record
from alliance_value.study.spec import layout_of

READ = {
    "ownership": (read_ownership, Ownership),
    "terminations": (read_terminations, Terminations),
    "acquisitions": (read_acquisitions, Acquisitions),
}

with job(snakemake) as this:
    problems, raws, log, files = [], [], [], []
    key = this.params["firm_key"]
    for name, (read, contract) in READ.items():
        if not hasattr(snakemake.output, name):
            continue
        with gathered(problems):
            section, paths = this.params[name], listed(snakemake.input[name])
            by_name = partial(read, columns=section, key=key)
            table, rejected, raw = rows_of(by_name, paths, layout_of(section))
            files += paths
            raws.append(raw)
            log.append(rejected)
            this.tell(f"{len(table):,} rows of {name}")
            store(table, contract, snakemake.output[name])
    raise_if(problems, "the tables of alliances' lives")
    store(collect(log), Rejects, snakemake.output.rejects)
    decisions = [word for raw in raws for word in decisions_of(raw)]
    write_record(snakemake.output.sources, files, decisions, readings_of(raws))
