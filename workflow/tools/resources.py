"""What the jobs of this checkout took -> profiles/measured.yaml."""

import sys
from pathlib import Path

import yaml

from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.running.command import run
from alliance_value.running.resources import HEADER, MEASURED, measured, noted


def main() -> int:
    """Write the largest job of each rule; rules that did not run keep theirs."""
    path = Path(MEASURED)
    took = measured(noted(Path()))
    raise_if(
        []
        if took
        else [
            Problem(
                rule="no job of this checkout noted what it took",
                remedy="run a study here first, of the size that you need",
                where="build",
            )
        ],
        "measuring resources",
    )
    before = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    text = yaml.safe_dump({**before, **took}, default_flow_style=None, width=88)
    path.write_text(HEADER + text, encoding="utf-8")
    print(f"{path}: {len(took)} rules measured")
    return 0


if __name__ == "__main__":
    sys.exit(run(main, "make resources"))
