from pathlib import Path

from alliance_value.running.job import job
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.write import write_world

with job(snakemake) as this:
    keys = [key for key in this.params if key != "libraries"]
    settings = WorldSettings.from_mapping({key: this.params[key] for key in keys})
    write_world(settings, Path(snakemake.output[0]).parent, this.tell)
