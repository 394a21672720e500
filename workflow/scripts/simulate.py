from alliance_value.running.job import job
from alliance_value.running.raw_files import raw_files
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.write import write_world

with job(snakemake) as this:
    keys = [key for key in this.params if key != "libraries"]
    settings = WorldSettings.from_mapping({key: this.params[key] for key in keys})
    with raw_files(snakemake.output, this) as folder:
        write_world(settings, folder, this.trace)
