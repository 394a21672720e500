"""Write the LaTeX skeleton of a paper on a finished study.

python workflow/tools/paper.py [--configfile config/config.yaml]
"""

import argparse
import json
import sys
from pathlib import Path

from alliance_value.running.command import run
from alliance_value.running.places import Places
from alliance_value.sharing.paper import check_paper, paper
from alliance_value.sharing.study_file import read_study
from alliance_value.study.read import DEFAULT


def main() -> int:
    """Write paper/<study>/paper.tex and say how it is compiled."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--configfile", default=DEFAULT)
    given = read_study(parser.parse_args().configfile)
    results = Path(Places(Path(), given.name).results)
    path = Path("paper", given.name, "paper.tex")
    check_paper(path, results, given.path)
    named = json.loads((results / "numbers.json").read_text(encoding="utf-8"))
    captions = {
        figure["name"]: (results / "figures" / f"{figure['name']}.txt").read_text(
            encoding="utf-8"
        )
        for figure in given.study["exhibits"]["figures"]
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    text = paper(given.study, f"../../{results}", named, captions)
    path.write_text(text, encoding="utf-8")
    print(f"Written: {path}\nNext: cd {path.parent} && pdflatex {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(run(main, "make paper"))
