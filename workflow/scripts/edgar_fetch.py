import json
import os
import shutil
from pathlib import Path

from alliance_value.running.job import job
from alliance_value.running.raw_files import raw_files
from alliance_value.sources.edgar.fetch import Server, contact_of, fetch_files

with job(snakemake) as this:
    words = json.loads(Path(snakemake.params.words).read_text(encoding="utf-8"))
    files = this.params["files"]
    server = Server(words["host"], contact_of(words["contact"], os.environ))
    kept = fetch_files(
        list(files.values()), server, Path(snakemake.params.store), this.say
    )
    with raw_files(snakemake.output, this) as folder:
        for place, path in files.items():
            shutil.copyfile(kept[path], folder / Path(place).name)
