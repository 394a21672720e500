"""Make the replication package of a finished study.

python workflow/tools/package.py [--configfile config/config.yaml]
"""

import argparse
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from pyarrow.parquet import ParquetFile

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
    mask,
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
CHUNK = 200_000
LOOKED_AT = (".csv", ".html", ".tex", ".txt")
WORLD = {
    "firm_years": "compustat_funda",
    "links": "ccm_lnkhist",
    "security_names": "crsp_dsenames",
    "segments": "compustat_segments",
    "structures": "structures",
    "returns": "crsp_dsf",
    "delistings": "crsp_dsedelist",
    "market": "crsp_dsi",
    "confounds": "confounding_events",
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
        twin, twin_file = twin_files(written, study, closed, paths)
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


def chunks(path: str) -> Iterator[pd.DataFrame]:
    """Yield a source file in parts, every cell as its text: it may be a daily file."""
    if path.endswith(".parquet"):
        for batch in ParquetFile(path).iter_batches(CHUNK):
            yield batch.to_pandas().astype(str)
    elif path.endswith(".dta"):
        options = {"convert_categoricals": False, "chunksize": CHUNK}
        yield from (part.astype(str) for part in pd.read_stata(path, **options))
    elif path.endswith((".xlsx", ".xls")):
        yield pd.read_excel(path, dtype=str, keep_default_na=False)
    elif path.endswith(".sas7bdat"):
        options = {"encoding": "latin-1", "chunksize": CHUNK}
        yield from (part.astype(str) for part in pd.read_sas(path, **options))
    else:
        yield from pd.read_csv(
            path,
            sep=delimiter(path),
            dtype=str,
            keep_default_na=False,
            encoding_errors="replace",
            on_bad_lines="skip",
            chunksize=CHUNK,
        )


def delimiter(path: str) -> str:
    """Return the commonest delimiter of a text file's first line."""
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8", errors="replace") as stream:
        head = stream.readline()
    return max(",\t;|", key=head.count)


def first(path: str) -> pd.DataFrame:
    """Return the first part of a source file."""
    return next(chunks(path))


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
                target, content = twin_of(path, source, study, vendor, folder, rng)
                target = f"data/raw/{name}/{target}"
                files[target] = content
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


def twin_of(path, source, study, vendor, folder, rng) -> tuple[str, bytes]:
    """Return the name and content of the synthetic twin of a source file."""
    stem = Path(path).name.split(".")[0]
    if vendor and source == "factors":
        return f"{stem}.csv", Path(folder, "factors_daily.csv").read_bytes()
    real = first(path)
    if vendor and source == "returns":
        like = pd.read_parquet(Path(folder, "crsp_dsf.parquet"))
        stream = BytesIO()
        twin_columns(real, like, rng).to_parquet(stream, index=False)
        return f"{stem}.parquet", stream.getvalue()
    if vendor and source in WORLD:
        like = first(f"{folder}/{WORLD[source]}.csv")
        return f"{stem}.csv", as_csv(twin_columns(real, like, rng))
    if vendor and source == "alliances":
        parts = sorted(Path(folder).glob("sdc_alliances_*.csv"))
        like = pd.concat([first(str(part)) for part in parts])
        mine = study["sources"]["alliances"]["file"]
        if not isinstance(mine, str):  # each file a part of the deals, none twice
            turn = [Path(file).name for file in mine].index(Path(path).name)
            like = like.iloc[turn :: len(mine)]
        return f"{stem}.csv", as_csv(twin_columns(real, like, rng))
    section = study["sources"][source]
    entity = section.get("entity", real.columns[0])
    return f"{stem}.csv", as_csv(twin_panel(real, entity, section.get("time"), rng))


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
