"""Rerun a study from its raw files in a clean copy and compare with its results.

python workflow/tools/verify.py [--configfile config/config.yaml] [--cores 2]
                                [--against published.csv]
"""

import argparse
import shutil
import sys
from pathlib import Path

from alliance_value.contracts.problems import UserError
from alliance_value.running.command import run
from alliance_value.running.places import Places
from alliance_value.running.provenance import (
    FILE,
    changed_since,
    no_record,
    read,
)
from alliance_value.running.versioned import cut_down
from alliance_value.sharing.published import cells_of_file, compare_published
from alliance_value.sharing.rerun import contents, rerun
from alliance_value.sharing.study_file import read_study
from alliance_value.sharing.verdict_page import headline, lines, page
from alliance_value.sharing.verify import (
    TOLERANCES,
    causes,
    compare_results,
    verdict_table,
)
from alliance_value.study.read import DEFAULT


def main() -> int:
    """Return 0 when every cell is equal or within tolerance, else 1."""
    options = arguments()
    study_file = read_study(options.configfile)
    study, results = study_file.name, f"results/{study_file.name}"
    recorded = read(Path(results, FILE))
    if recorded is None:
        problem = no_record(Path(results, FILE), study_file.path)
        raise UserError([problem], f"verifying study '{study}'")
    folder, changed = Path("build", study, "verify"), []
    if options.against:
        estimates = cells_of_file(f"{results}/estimates.csv")
        published = cells_of_file(options.against)
        comparison = compare_published(published, estimates, options.against)
        table, against = verdict_table(comparison, {"published": []}), options.against
    else:
        copy = folder / "checkout"
        rerun(study_file, recorded, copy, options.cores)
        tolerances = {
            kind: value if kind == "counts" else max(value, options.tolerance)
            for kind, value in TOLERANCES.items()
        }
        withheld = cut_down(Path())
        comparison = compare_results(
            contents(Path(results), withheld),
            contents(copy / results, withheld),
            tolerances,
        )
        likely = causes(recorded, read(copy / results / FILE), results)
        changed = changed_since(recorded, Places(Path(), study), withheld)
        for path in changed:
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
    if changed:
        print(f"Changed after the run that made them: {', '.join(changed)}.")
    return int(bool(comparison.differences or changed))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--configfile", default=DEFAULT)
    parser.add_argument("--cores", default="all")
    parser.add_argument("--against", help="CSV of published model, term, estimate, se")
    parser.add_argument("--tolerance", type=float, default=0.0)
    parser.add_argument("--keep", action="store_true", help="keep the clean copy")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(run(main, "make verify"))
