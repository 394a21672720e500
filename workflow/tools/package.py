"""Make the replication package of a finished study.

python workflow/tools/package.py [--configfile config/config.yaml]
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import yaml

from alliance_value.contracts.problems import Problem, UserError, raise_if
from alliance_value.running.job import listed
from alliance_value.running.provenance import FILE, Provenance, read
from alliance_value.sharing.allowed import (
    PIPELINE,
    is_study,
    open_files,
    own_pipeline,
    programs,
    results_of,
)
from alliance_value.sharing.cells import parts
from alliance_value.sharing.clean_copy import tracked
from alliance_value.sharing.package import (
    WITHHELD,
    Contents,
    archive,
    closed_sources,
    crate,
    hashes,
    readme,
)
from alliance_value.sharing.recorded import not_as_recorded, programs_of
from alliance_value.sharing.scan.check import check, licensed_files
from alliance_value.sharing.twin_files import twin_files
from alliance_value.sharing.withhold import left_out, masked
from alliance_value.study.needs import source_files
from alliance_value.study.resolve import resolve

SCHEMA = "workflow/schemas/study.schema.yaml"
TEMPLATE = Path("src/alliance_value/sharing/package_readme.md.j2")


def main() -> None:
    """Write build/<study>/package.zip, or say what keeps it from being shared."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--configfile", default="config/config.yaml")
    study_file = parser.parse_args().configfile
    written = yaml.safe_load(Path(study_file).read_text(encoding="utf-8"))
    study = resolve(written, SCHEMA)
    name, results = study["study"], Path("results", study["study"])
    subject = f"the package of study '{name}'"
    again = f"snakemake --configfile {study_file}"
    provenance = read(results / FILE)
    if provenance is None:
        problem = Problem(
            rule="there are no results to package",
            remedy=f"run it first: {again}",
            where=str(results),
        )
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
    made = content_of(results_of(provenance, name))
    masks: dict[str, str] = {}
    if licensed:
        made, masks = masked(made, [Path(file.path).name for file in licensed])
    files |= made
    kinds |= dict.fromkeys(made, "result")
    twin_file = ""
    if closed:
        twin, twin_file = twin_files(written, study, closed, paths)
        twin = {p: c for p, c in twin.items() if p not in files and p[0] not in "/$"}
        files |= twin
        kinds |= dict.fromkeys(twin, "twin")
    checked = check(
        files, kinds, licensed, parts, json.dumps(study), str(Path().resolve())
    )
    raise_if(checked.problems(), subject)
    out = left_out(made, checked.in_results(), masks)
    files = {path: content for path, content in files.items() if path not in out}
    withheld = masks | out
    usage = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(Path("build", name, "usage").glob("*.json"))
    ]
    codebooks = [f"{results}/codebook.{ending}" for ending in ("html", "csv")]
    contents = Contents(
        study=study,
        study_file=study_file,
        provenance=provenance,
        usage=usage,
        withheld=withheld,
        twin_file=twin_file,
        codebook=next((p for p in codebooks if p in files), ""),
        date=commit_date(),
    )
    template = TEMPLATE.read_text(encoding="utf-8")
    metadata = {"README.md": readme(contents, template).encode()}
    if withheld:
        text = json.dumps(withheld, indent=1, sort_keys=True)
        metadata[WITHHELD] = text.encode()
    metadata["ro-crate-metadata.json"] = crate({**files, **metadata}, contents)
    raise_if(checked.problems_of(metadata), subject)
    files |= metadata
    files["SHA256SUMS"] = hashes(files)
    target = Path("build", name, "package.zip")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(archive(files, f"{name}-replication"))
    print(checked.in_words(len(files), len(out), len(masks.keys() - out)))
    print(f"Package: {target}")


def files_of_project(
    kept: list[str], provenance: Provenance, study: dict, study_file: str
) -> dict[str, bytes]:
    """Return the programs and pages, the study's own files and its stage."""
    own = content_of([study_file, *([study["claims"]] if "claims" in study else [])])
    files = content_of(programs(kept, {*programs_of(provenance)}))
    files = {p: c for p, c in files.items() if p in own or not is_study(p, c)} | own
    if PIPELINE in kept:
        text = Path(PIPELINE).read_text(encoding="utf-8")
        if stage := own_pipeline(text, study["study"], study_file):
            files[PIPELINE] = stage.encode()
    return files


def content_of(paths: Iterable[str]) -> dict[str, bytes]:
    """Read files."""
    return {path: Path(path).read_bytes() for path in paths}


def commit_date() -> str:
    """Return the date of the commit, the one time that belongs to the package."""
    shown = subprocess.run(
        ["git", "log", "-1", "--format=%cs"],
        capture_output=True,
        text=True,
        check=False,
    )
    return shown.stdout.strip() or "1980-01-01"


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        sys.exit(f"\n{error.render()}")
