"""Make the replication package of a finished study.

python workflow/tools/package.py [--configfile config/config.yaml]
                                 [--since an-older-package.zip]
"""

import argparse
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from alliance_value.contracts.problems import UserError, raise_if
from alliance_value.running.command import run
from alliance_value.running.git import git
from alliance_value.running.job import listed
from alliance_value.running.provenance import FILE, Provenance, no_record, read
from alliance_value.running.versioned import WITHHELD
from alliance_value.sharing.allowed import (
    is_study,
    open_files,
    own_pipeline,
    programs,
    results_of,
)
from alliance_value.sharing.archive import SUMS, archive, hashes
from alliance_value.sharing.as_collected import sources_of, unsaid
from alliance_value.sharing.cells import parts
from alliance_value.sharing.clean_copy import tracked
from alliance_value.sharing.contents import CHANGES, Contents
from alliance_value.sharing.crate import crate
from alliance_value.sharing.readme import readme
from alliance_value.sharing.recorded import not_as_recorded, programs_of
from alliance_value.sharing.records import PIPELINE, pipeline_of
from alliance_value.sharing.revision_page import changes_since
from alliance_value.sharing.rights import closed_sources
from alliance_value.sharing.run_record import run_record
from alliance_value.sharing.scan.check import check
from alliance_value.sharing.scan.faults import licensed_files
from alliance_value.sharing.study_file import read_study
from alliance_value.sharing.twin.package import twin_package
from alliance_value.sharing.twin.request import Request
from alliance_value.sharing.withhold import left_out, masked
from alliance_value.study.needs import source_files
from alliance_value.study.read import DEFAULT


def main() -> int:
    """Write build/<study>/package.zip, or say what keeps it from being shared."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--configfile", default=DEFAULT)
    parser.add_argument("--since", help="an older package to say the changes since")
    options = parser.parse_args()
    given, since = read_study(options.configfile), options.since
    name, written, study = given.name, given.written, given.study
    results, subject = Path("results", name), f"the package of study '{name}'"
    study_file = given.inside(subject)
    again = f"snakemake --configfile {study_file}"
    provenance = read(results / FILE)
    if provenance is None:
        problem = no_record(results / FILE, study_file)
        raise UserError([problem], f"packaging study '{name}'")
    paths = source_files(study, os.environ)
    places = {
        text: path
        for source, of_source in paths.items()
        for text, path in zip(
            listed(study["sources"][source]["file"]), of_source, strict=True
        )
    }
    kept = tracked(Path(), new=False)
    raise_if(not_as_recorded(provenance, study, places, kept, again), subject)
    closed = closed_sources(study)
    licensed = licensed_files(study, closed, paths)
    files = files_of_project(kept, provenance, study, study_file)
    kinds = dict.fromkeys(files, "written")
    shared = content_of(open_files(study, closed, paths, provenance.maker()))
    files |= shared
    kinds |= dict.fromkeys(shared, "data")
    content = content_of(results_of(provenance, name))
    masks: dict[str, str] = {}
    if licensed:
        content, masks = masked(content, [Path(file.path).name for file in licensed])
    files |= content
    kinds |= dict.fromkeys(content, "result")
    root, spoken = str(Path().resolve()), json.dumps(study)
    behind = {*programs_of(provenance)}
    checked = check(files, kinds, licensed, parts, behind, spoken, root)
    raise_if(checked.problems(), subject)
    out = left_out(content, checked.in_results(), masks)
    twin, twin_file = dict[str, bytes](), ""
    if closed:
        record = results / "estimates.csv"
        estimates = pd.read_csv(record) if record.is_file() else pd.DataFrame()
        request = Request(written, study, closed, paths, estimates)
        twin, twin_file = twin_package(request, study_file, Path())
        twin = {p: c for p, c in twin.items() if p not in files and p[0] not in "/$"}
        raise_if(checked.problems_of_twin(twin, licensed, parts), subject)
    files = {path: c for path, c in (files | twin).items() if path not in out}
    withheld = masks | out
    metadata: dict[str, bytes] = {}
    if since:
        metadata[CHANGES] = changes_since(since, files, name).encode()
    contents = Contents(
        study=study,
        study_file=study_file,
        provenance=provenance,
        files={**files, **metadata},
        run=run_record(Path(), name, [path for of in paths.values() for path in of]),
        withheld=withheld,
        twin_file=twin_file,
        date=commit_date(),
    )
    metadata["README.md"] = readme(contents).encode()
    if withheld:
        text = json.dumps(withheld, indent=1, sort_keys=True)
        metadata[WITHHELD] = text.encode()
    metadata["ro-crate-metadata.json"] = crate({**files, **metadata}, contents)
    raise_if(checked.problems_of(metadata), subject)
    files |= metadata
    files[SUMS] = hashes(files)
    for words in unsaid(sources_of(contents)):
        print(f"The README will be asked for what the study file does not say: {words}")
    target = Path("build", name, "package.zip")
    target.parent.mkdir(parents=True, exist_ok=True)
    if since and target.is_file() and target.samefile(since):
        before = target.rename(target.with_name("package-before.zip"))
        print(f"The older package is now {before}")
    target.write_bytes(archive(files, f"{name}-replication"))
    only_masked = len(masks.keys() - out)
    print(checked.in_words(len(files), len(twin), len(out), only_masked))
    print(f"Package: {target}")
    return 0


def files_of_project(
    kept: list[str], provenance: Provenance, study: dict, study_file: str
) -> dict[str, bytes]:
    """Return the programs and pages, the study's own files and its stage."""
    own = content_of([study_file, *([study["claims"]] if "claims" in study else [])])
    files = content_of(programs(kept, {*programs_of(provenance)}))
    files = {p: c for p, c in files.items() if p in own or not is_study(p, c)} | own
    if PIPELINE in kept:
        stages = pipeline_of(Path())
        if stage := own_pipeline(stages, study["study"], study_file):
            files[PIPELINE] = stage.encode()
    return files


def content_of(paths: Iterable[str]) -> dict[str, bytes]:
    """Read files."""
    return {path: Path(path).read_bytes() for path in paths}


def commit_date() -> str:
    """Return the date of the commit, the one time that belongs to the package."""
    return git(Path(), "log", "-1", "--format=%cs") or "1980-01-01"


if __name__ == "__main__":
    sys.exit(run(main, "make package"))
