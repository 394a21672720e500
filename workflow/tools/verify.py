"""Rerun a study from its raw files in a clean copy and compare with its results.

python workflow/tools/verify.py [--configfile config/config.yaml] [--cores 2]
                                [--against published.csv]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import yaml

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.running.provenance import FILE, RAW, read, sha256, under
from alliance_value.sharing.clean_copy import copy_checkout
from alliance_value.sharing.contents import WITHHELD
from alliance_value.sharing.verdict_page import headline, lines, page
from alliance_value.sharing.verify import (
    TOLERANCES,
    causes,
    compare_published,
    compare_results,
    verdict_table,
)


def main() -> int:
    """Return 0 when every cell is equal or within tolerance, else 1."""
    options = arguments()
    study_file = Path(options.configfile)
    study = yaml.safe_load(study_file.read_text(encoding="utf-8"))["study"]
    results = f"results/{study}"
    recorded = read(Path(results, FILE))
    if recorded is None:
        raise UserError(
            [
                Problem(
                    rule=f"there are no recorded results in {results}",
                    remedy="run the study, or get its results with 'make pull'",
                    where=f"{results}/{FILE}",
                )
            ],
            f"verifying study '{study}'",
        )
    folder = Path("build", study, "verify")
    if options.against:
        text = {"dtype": str, "keep_default_na": False}
        published = pd.read_csv(options.against, **text)
        comparison = compare_published(
            published, pd.read_csv(f"{results}/estimates.csv", **text)
        )
        table, against = verdict_table(comparison, {"published": []}), options.against
    else:
        copy = folder / "checkout"
        shutil.rmtree(copy, ignore_errors=True)
        copy_checkout(Path(), copy, options.configfile, f"{RAW}/{study}")
        rerun(copy, options, recorded)
        tolerances = {
            kind: value if kind == "counts" else max(value, options.tolerance)
            for kind, value in TOLERANCES.items()
        }
        withheld = read_withheld()
        comparison = compare_results(
            contents(Path(results), withheld),
            contents(copy / results, withheld),
            tolerances,
        )
        likely = causes(recorded, read(copy / results / FILE), results)
        for path, digest in recorded.files.items():
            here = under(path, results) and Path(path).is_file()
            if here and sha256(Path(path)) != digest:
                words = "the recorded file was changed after the run that made it"
                likely[path.removeprefix(f"{results}/")] = (words,)
        table, against = verdict_table(comparison, likely), "the recorded results"
        if not options.keep:
            shutil.rmtree(copy)
    words = headline(comparison, against)
    folder.mkdir(parents=True, exist_ok=True)
    table.to_csv(folder / "verdict.csv", index=False)
    (folder / "verdict.html").write_text(page(table, words, study), encoding="utf-8")
    print("\n".join([words, *lines(table), f"Verdict: {folder}/verdict.html"]))
    return int(bool(comparison.differences))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--configfile", default="config/config.yaml")
    parser.add_argument("--cores", default="all")
    parser.add_argument("--against", help="CSV of published model, term, estimate, se")
    parser.add_argument("--tolerance", type=float, default=0.0)
    parser.add_argument("--keep", action="store_true", help="keep the clean copy")
    return parser.parse_args()


def rerun(copy: Path, options: argparse.Namespace, recorded) -> None:
    """Run the study in the copy; raw files that are there are not made again."""
    environment = {**os.environ, "PYTHONPATH": str((copy / "src").resolve())}
    command = [sys.executable, "-m", "snakemake", "--configfile", options.configfile]
    raw = [job for job in recorded.jobs if any(under(o, RAW) for o in job.outputs)]
    given = {j.rule for j in raw if all((copy / o).is_file() for o in j.outputs)}
    allowed = []
    if given:
        listed = subprocess.run(
            [*command, "--list-rules"],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        allowed = ["--allowed-rules", *(r for r in listed if r not in given)]
    done = subprocess.run(
        [*command, "--cores", options.cores, "--quiet", "rules", "host", *allowed],
        cwd=copy,
        env=environment,
        check=False,
    )
    if done.returncode:
        raise SystemExit("The rerun stopped: see above. Nothing was compared.")


def read_withheld() -> set[str]:
    """Return the results that a replication package holds in part or not at all."""
    path = Path(WITHHELD)
    return set(json.loads(path.read_text("utf-8"))) if path.is_file() else set()


def contents(folder: Path, withheld: set[str]) -> dict[str, bytes]:
    """Return every file below a results folder that was not withheld."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    study = folder.name
    return {n: c for n, c in found.items() if f"results/{study}/{n}" not in withheld}


if __name__ == "__main__":
    try:
        sys.exit(main())
    except UserError as error:
        sys.exit(f"\n{error.render()}")
