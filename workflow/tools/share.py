"""Push and pull data and results through DVC, checked by hash.

python workflow/tools/share.py push | pull | check | keep [--remote NAME] [--replace]
                               [--configfile config/config.yaml]

Whatever it does can be done with dvc alone; it adds the checks that DVC leaves out.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from alliance_value.running.command import run
from alliance_value.sharing.records import nothing_recorded, outputs_of
from alliance_value.sharing.remotes import Dvc
from alliance_value.sharing.study_file import read_study
from alliance_value.sharing.transfer import check, keep, pull, push
from alliance_value.study.read import DEFAULT


def main(options: argparse.Namespace) -> int:
    """Do what the command line says."""
    checkout = Path()
    if options.action == "keep" and not all(Path(p).exists() for p in (".git", ".dvc")):
        return 0  # DVC works in clones alone
    study = read_study(options.configfile)
    outputs = outputs_of(study.name, checkout)
    dvc = Dvc(checkout, options.remote)
    if options.action == "keep":
        keep(outputs, dvc)
    elif not outputs:
        raise nothing_recorded(study.name, study.path)
    elif options.action == "push":
        push(outputs, dvc, print)
    elif options.action == "check":
        check(outputs, dvc, print)
    else:
        named = "" if study.path == DEFAULT else f" STUDY={study.path}"
        again = f"make pull REPLACE=1{named}"
        pull(outputs, dvc, replace=options.replace, to_replace=again)
        return plan(study.path)
    return 0


def plan(study_file: str) -> int:
    """Show what Snakemake would do."""
    command = [sys.executable, "-m", "snakemake", "-n", "--quiet", "rules", "host"]
    done = subprocess.run([*command, "--configfile", study_file], check=False)
    return done.returncode


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("action", choices=["push", "pull", "check", "keep"])
    parser.add_argument("--remote", default="")
    parser.add_argument("--replace", action="store_true", help="give up what is here")
    parser.add_argument("--configfile", default=DEFAULT)
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    sys.exit(run(lambda: main(given), f"make {given.action}"))
