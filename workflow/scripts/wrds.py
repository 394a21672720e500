import json
from pathlib import Path

from alliance_value.running.job import job
from alliance_value.running.raw_files import raw_files
from alliance_value.sources.read_file import read_file
from alliance_value.sources.wrds import fetch
from alliance_value.sources.wrds_connection import Server
from alliance_value.sources.wrds_securities import linked_securities
from alliance_value.sources.wrds_tables import LINKS, NAMES, STATEMENTS, Request
from alliance_value.study.spec import TableFile, build

with job(snakemake) as this:
    words = json.loads(Path(snakemake.params.words).read_text(encoding="utf-8"))
    request = build(Request, this.params["request"])
    fetched = {Path(path).stem: path for path in snakemake.input.linked}
    securities = None
    if request.security:
        plain = TableFile(entity="", file="")
        tables = {name: read_file(path, plain) for name, path in fetched.items()}
        securities = linked_securities(
            tables[LINKS],
            next((tables[name] for name in NAMES if name in tables), None),
            tables.get(STATEMENTS),
            request.first,
            request.last,
        )
        this.tell(f"{request.name}: {len(securities):,} securities are linked")
    output = Path(snakemake.output[0])
    with raw_files(snakemake.output, this) as folder:
        rows = fetch(
            request,
            [build(Request, asked) for asked in words["asked"]],
            build(Server, words["server"]),
            snakemake.params.store,
            folder / output.name,
            this.say,
            securities=securities,
            vintage=this.params["vintage"],
        )
    this.tell(f"{request.name}: {rows:,} rows in {output}")
