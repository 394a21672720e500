"""Write a first study file of a data file, which runs as it is.

python workflow/tools/new.py --study NAME --data FILE [--kind events]
                             [--entity COLUMN] [--time COLUMN]
"""

import argparse
import os
import sys
from pathlib import Path

from alliance_value.running.command import run
from alliance_value.starting.files import data_files, study_file
from alliance_value.starting.new_study import new_study

FOLDER = Path("config")


def main() -> int:
    """Look at the files, write the study file and say what is next."""
    options = arguments()
    path = study_file(options.study, FOLDER)
    files = data_files(options.data, options.study, os.environ)
    new = new_study(path, files, options.kind, options.entity, options.time)
    path.write_text(new.text, encoding="utf-8")
    print("\n".join([*new.said, f"Written: {path}", f"Next: {new.command}"]))
    return 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--study", required=True, help="name of the study")
    parser.add_argument(
        "--data", required=True, help="file; several with blanks between"
    )
    parser.add_argument("--kind", default="panel", choices=["panel", "events"])
    parser.add_argument("--entity", default="", help="column, where it is not seen")
    parser.add_argument("--time", default="", help="column, where it is not seen")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(run(main, "make new"))
