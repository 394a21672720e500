import json
from pathlib import Path

from alliance_value.alliances.sources import sdc
from alliance_value.running.job import job, listed
from alliance_value.sources.profile import profile_files
from alliance_value.study.spec import layout_of

OPENED = "its reader opens it itself"

with job(snakemake) as this:
    source = snakemake.wildcards.source
    layout = layout_of(this.params["layout"])
    records = sdc.records if source == "alliances" else None
    opened = this.params["opened"]
    files = [
        {"file": Path(path).name, "rows": None, "columns": [], "not_read": OPENED}
        for path in listed(snakemake.input.files)
        if opened
    ] or [
        file
        for path in listed(snakemake.input.files)
        for file in profile_files(path, layout, records)
    ]
    for file in files:
        if file["rows"] is None and not opened:
            this.tell(f"{file['file']} is not profiled: {file['not_read']}")
    text = json.dumps({"source": source, "files": files}, indent=1)
    Path(snakemake.output.profile).write_text(text, encoding="utf-8")
