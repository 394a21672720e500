"""Make the replication package of a finished study.

python workflow/tools/package.py [--configfile config/config.yaml]
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import yaml

from alliance_value.contracts.problems import Problem, UserError, raise_if
from alliance_value.running.provenance import FILE, read
from alliance_value.sharing.cells import chunks
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
from alliance_value.sharing.twin.package import twin_package
from alliance_value.sharing.twin.request import Request
from alliance_value.sharing.withhold import (
    faults,
    identities,
    mask,
    names_firms,
)
from alliance_value.study.needs import source_files
from alliance_value.study.resolve import resolve

SCHEMA = "workflow/schemas/study.schema.yaml"
TEMPLATE = Path("src/alliance_value/sharing/package_readme.md.j2")
# What a replicator does not need, or has rights of its own.
LEFT = re.compile(
    r"(tests|benchmarks|\.ci|\.dvc)/|dvc\.lock$|\.gitignore$|\.dvcignore$"
)
LOOKED_AT = (".csv", ".html", ".tex", ".txt")


def main() -> None:
    """Write build/<study>/package.zip, or say what keeps it from being shared."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--configfile", default="config/config.yaml")
    study_file = parser.parse_args().configfile
    written = yaml.safe_load(Path(study_file).read_text(encoding="utf-8"))
    study = resolve(written, SCHEMA)
    name, results = study["study"], Path("results", study["study"])
    provenance = read(results / FILE)
    if provenance is None:
        raise UserError(
            [
                Problem(
                    rule="there are no results to package",
                    remedy=f"run it first: snakemake --configfile {study_file}",
                    where=str(results),
                )
            ],
            f"packaging study '{name}'",
        )
    files = {
        path: Path(path).read_bytes()
        for path in dict.fromkeys([*tracked(Path()), study_file])
        if not LEFT.match(path)
    }
    closed = closed_sources(study)
    paths = source_files(study, os.environ)
    licensed = [path for source in closed for path in paths[source]]
    known = set[str]()
    for path in licensed:
        for part in chunks(path) if path not in paths.get("returns", []) else ():
            known |= identities(part)
    withheld: dict[str, str] = {}
    for path in sorted(p for p in results.rglob("*") if p.is_file()):
        content, reason = allowed(path, licensed, known)
        if reason:
            withheld[path.as_posix()] = reason
        if content:
            files[path.as_posix()] = content
    twin_file = ""
    if closed:
        made = results / "estimates.csv"
        estimates = pd.read_csv(made) if made.is_file() else pd.DataFrame()
        request = Request(written, study, closed, paths, estimates)
        twin, twin_file = twin_package(request, study_file, Path())
        files |= twin
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
    files["README.md"] = readme(contents, template).encode()
    if withheld:
        files[WITHHELD] = json.dumps(withheld, indent=1, sort_keys=True).encode()
    files["ro-crate-metadata.json"] = crate(files, contents)
    files["SHA256SUMS"] = hashes(files)
    here = str(Path().resolve())
    raise_if(
        [
            Problem(rule=reason, remedy="remove it, then package again", where=file)
            for file, reason in faults(
                files, (part for path in licensed for part in chunks(path)), here
            )
        ],
        f"the package of study '{name}'",
    )
    target = Path("build", name, "package.zip")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(archive(files, f"{name}-replication"))
    print(
        f"{len(files)} files; no licensed row, path of a machine, credential or empty "
        f"file is inside; {len(withheld)} results left out or masked.\n"
        f"Package: {target}"
    )


def allowed(
    path: Path, licensed: list[str], known: set[str]
) -> tuple[bytes | None, str]:
    """Return what of a result may be shared, and why the rest may not."""
    content = path.read_bytes()
    if not licensed:
        return content, ""
    if path.name == "rejects.csv":
        names = [Path(p).name for p in licensed]
        masked = mask(content, ["value", "new_value"], names)
        return masked, "values of licensed files are masked"
    if path.name == "codebook.csv":
        masked = mask(content, ["min", "p1", "median", "p99", "max", "top"])
        return masked, "single values are masked"
    if path.name == "report.html":
        return None, "it lists rejected values of licensed files"
    if path.suffix in LOOKED_AT and names_firms(content, known):
        return None, "its rows name firms or deals of licensed files"
    return content, ""


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
