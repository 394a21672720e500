"""Make the replication package of a finished study.

python workflow/tools/package.py [--configfile config/config.yaml]
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from alliance_value.contracts.problems import Problem, UserError, raise_if
from alliance_value.report.clean_copy import tracked
from alliance_value.report.package import (
    WITHHELD,
    Contents,
    archive,
    closed_sources,
    crate,
    hashes,
    readme,
)
from alliance_value.report.withhold import (
    faults,
    identities,
    mask_rejects,
    names_firms,
)
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.twin import twin_columns, twin_panel
from alliance_value.simulate.write import write_world
from alliance_value.study.needs import source_files
from alliance_value.study.provenance import FILE, read
from alliance_value.study.resolve import resolve

SCHEMA = "workflow/schemas/study.schema.yaml"
TEMPLATE = Path("src/alliance_value/report/package_readme.md.j2")
# What a replicator does not need, or has rights of its own.
LEFT = re.compile(
    r"(tests|benchmarks|\.ci|\.dvc)/|dvc\.lock$|\.gitignore$|\.dvcignore$"
)
WORLD = {
    "firm_years": "compustat_funda",
    "links": "ccm_lnkhist",
    "security_names": "crsp_dsenames",
    "segments": "compustat_segments",
    "structures": "structures",
}


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
    licensed = {p: text_table(p) for source in closed for p in paths[source]}
    withheld: dict[str, str] = {}
    for path in sorted(p for p in results.rglob("*") if p.is_file()):
        content, reason = allowed(path, licensed)
        if reason:
            withheld[path.as_posix()] = reason
        if content:
            files[path.as_posix()] = content
    twin_file = ""
    if closed:
        twin, twin_file = twin_files(written, study, closed, paths)
        files |= twin
    usage = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(Path("build", name, "usage").glob("*.json"))
    ]
    contents = Contents(
        study=study,
        study_file=study_file,
        provenance=provenance,
        usage=usage,
        withheld=withheld,
        twin_file=twin_file,
        has_codebook="docs/codebook.md" in files,
        date=commit_date(),
    )
    template = TEMPLATE.read_text(encoding="utf-8")
    files["README.md"] = readme(contents, template).encode()
    if withheld:
        files[WITHHELD] = json.dumps(withheld, indent=1, sort_keys=True).encode()
    files["ro-crate-metadata.json"] = crate(files, contents)
    files["SHA256SUMS"] = hashes(files)
    raise_if(
        [
            Problem(rule=reason, remedy="remove it, then package again", where=file)
            for file, reason in faults(files, licensed, str(Path().resolve()))
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


def text_table(path: str) -> pd.DataFrame:
    """Read a source file, every cell as its text."""
    if path.endswith(".parquet"):
        return pd.read_parquet(path).astype(str)
    if path.endswith(".dta"):
        return pd.read_stata(path, convert_categoricals=False).astype(str)
    if path.endswith((".xlsx", ".xls")):
        return pd.read_excel(path, dtype=str, keep_default_na=False)
    if path.endswith(".sas7bdat"):
        return pd.read_sas(path, encoding="latin-1").astype(str)
    options = {"dtype": str, "keep_default_na": False, "encoding_errors": "replace"}
    return pd.read_csv(path, sep=None, engine="python", **options)


def allowed(path: Path, licensed: dict[str, pd.DataFrame]) -> tuple[bytes | None, str]:
    """Return what of a result may be shared, and why the rest may not."""
    content = path.read_bytes()
    if not licensed:
        return content, ""
    known = set().union(*(identities(table) for table in licensed.values()))
    if path.name == "rejects.csv":
        masked = mask_rejects(content, [Path(p).name for p in licensed])
        return masked, "values of licensed files are masked"
    if path.name == "report.html":
        return None, "it lists rejected values of licensed files"
    if path.suffix == ".csv" and names_firms(content, known):
        return None, "its rows name firms or deals of licensed files"
    return content, ""


def twin_files(written, study, closed, paths) -> tuple[dict[str, bytes], str]:
    """Return synthetic files in place of the licensed ones, and their study file."""
    name = f"{study['study']}-twin"
    rng = np.random.default_rng(study["seed"])
    twin = {**written, "study": name, "sources": dict(written["sources"])}
    twin["simulated"] = (
        "the files of licensed sources are a synthetic twin of the real ones, and no "
        "number here says anything about a real firm"
    )
    twin["rights"] = {source: {"open": True} for source in closed}
    vendor = written["sources"]["firm_years"].get("reader", "") == "compustat"
    files = {}
    with tempfile.TemporaryDirectory() as folder:
        if vendor:
            world = WorldSettings(seed=study["seed"], size=0.08, dirt="none")
            write_world(world, Path(folder), lambda line: None)
        for source in closed:
            made = []
            for path in paths[source]:
                real = text_table(path)
                target = f"data/raw/{name}/{Path(path).name.split('.')[0]}.csv"
                if vendor and source in WORLD:
                    like = text_table(f"{folder}/{WORLD[source]}.csv")
                    table = twin_columns(real, like, rng)
                elif vendor and source == "alliances":
                    parts = sorted(Path(folder).glob("sdc_alliances_*.csv"))
                    like = pd.concat([text_table(str(p)) for p in parts])
                    table = twin_columns(real, like, rng)
                else:
                    section = study["sources"][source]
                    entity = section.get("entity", real.columns[0])
                    table = twin_panel(real, entity, section.get("time"), rng)
                files[target] = as_csv(table)
                made.append(target)
            section = dict(written["sources"][source])
            single = isinstance(section["file"], str)
            twin["sources"][source] = section | {"file": made[0] if single else made}
    for source, section in twin["sources"].items():
        own = f"data/raw/{study['study']}/"
        if source not in closed and isinstance(section, dict) and "file" in section:
            twin["sources"][source] = section | {
                "file": renamed(section["file"], own, f"data/raw/{name}/")
            }
    for path in [p for s in paths if s not in closed for p in paths[s]]:
        if Path(path).is_file() and "overlay" not in study["sources"]:
            files[path] = Path(path).read_bytes()
    study_file = f"config/{name}.yaml"
    text = yaml.safe_dump(twin, sort_keys=False, allow_unicode=True)
    return {**files, study_file: text.encode()}, study_file


def renamed(files, old: str, new: str):
    """Return one path or several with another folder."""
    if isinstance(files, str):
        return files.replace(old, new)
    return [path.replace(old, new) for path in files]


def as_csv(table: pd.DataFrame) -> bytes:
    """Write a table as CSV."""
    stream = BytesIO()
    table.to_csv(stream, index=False, lineterminator="\n")
    return stream.getvalue()


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
