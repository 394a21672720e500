"""Change a room's code at one place at a time and say what its own tests notice.

python workflow/tools/mutants.py --room panel [--sample 40] [--seed 1]

Draws places of the room's modules by chance, and one mutant at each; the unit tests of
the room judge it, those of the module first. What is judged stands in
`build/mutants/<room>/`, and the same command goes on where it was stopped.
"""

import argparse
import ast
import compileall
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from py_compile import PycInvalidationMode

from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import TestOutcome, WorkItem

SOURCE = Path("src/alliance_value")
SURVIVED = TestOutcome.SURVIVED
# A mutant may loop for ever; a slow machine is no verdict.
PATIENCE = 10
SPEED = {"cache", "compiled"}
IDLE = {"dataclass": {"frozen", "repr"}, "zip": {"strict"}}
LOOK = {"alpha", "capsize", "figsize", "fontsize", "height_ratios", "labelsize"}
LOOK |= {"linespacing", "linewidth", "markeredgewidth", "markersize", "ncols", "pad"}
LOOK |= {"zorder"}
AT_ONCE = {"AT_ONCE", "BATCH_ROWS", "BLOCK", "BLOCK_BYTES", "BLOCK_CELLS", "CHUNK"}
AT_ONCE |= {"COMPILE_FROM", "HELD", "MOST_BYTES", "MOST_CARRIED", "MOST_DENSE"}


def main() -> int:
    """Return 0 when at least `--least` percent of the mutants are noticed."""
    options = arguments()
    commit = git("rev-parse", "HEAD")
    folder = Path("build/mutants", options.room, commit[:12]).resolve()
    copy = folder / "copy"
    if not copy.exists():
        git("clone", "--quiet", ".", str(copy))
        compileall.compile_dir(
            copy / "src", quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH
        )
    os.chdir(copy)
    os.environ["PYTHONPATH"] = str(copy / "src")
    git("checkout", "--quiet", "--", "src")
    modules = sorted((SOURCE / options.room).rglob("*.py"))
    if not modules:
        sys.exit(f"no module in {SOURCE / options.room}: name a folder of {SOURCE}")
    began = time.monotonic()
    plain = subprocess.run(test_command(options.room, None).split(), check=False)
    if plain.returncode:
        sys.exit("the room's tests fail as they are: mend them first")
    patience = PATIENCE * (time.monotonic() - began)
    database = WorkDB(str(folder / "session.sqlite"), WorkDB.Mode.create)
    if not database.num_work_items:
        init(modules, database, {})
    items = sample(list(database.work_items), options.sample, options.seed)
    judged = dict(database.results)
    for number, item in enumerate(items, 1):
        if item.job_id not in judged:
            judged[item.job_id] = judge(item, options.room, patience)
            database.set_result(item.job_id, judged[item.job_id])
        (mutation,) = item.mutations
        outcome = judged[item.job_id].test_outcome
        print(
            f"{number} of {len(items)}: {mutation.module_path}:"
            f"{mutation.start_pos[0]} {outcome}",
            flush=True,
        )
    return report(items, judged, options.least)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--room", required=True, help="a folder of the package")
    parser.add_argument("--sample", type=int, default=40, help="places (0: all)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--least", type=float, default=90.0, help="percent noticed")
    return parser.parse_args()


def git(*words: str) -> str:
    """Return what a command of git prints."""
    return subprocess.run(
        ["git", *words], check=True, text=True, stdout=subprocess.PIPE
    ).stdout.strip()


def test_command(room: str, module: Path | None) -> str:
    """Return the command that judges: the module's own tests, then the room's."""
    tests = Path("tests/unit", room)
    own = [] if module is None else sorted(tests.rglob(f"test_{module.stem}.py"))
    return " ".join(
        [
            sys.executable,
            *"-m pytest -x -q -p no:cacheprovider --no-header".split(),
            *("-m", "not(workflow)"),
            *map(str, own),
            str(tests),
        ]
    )


def sample(items: list[WorkItem], size: int, seed: int) -> list[WorkItem]:
    """Draw places, all with the same chance, and one mutant at each.

    What no run can show is left out: see `idle`.
    """
    at = defaultdict(list)
    for item in items:
        (mutation,) = item.mutations
        at[str(mutation.module_path), mutation.start_pos].append(item)
    for path in {path for path, _ in at}:
        for lines in idle(Path(path)):
            for place in [
                p for p in at if p[0] == path and lines[0] <= p[1] < lines[1]
            ]:
                del at[place]
    chance = random.Random(seed)
    places = sorted(at)
    drawn = chance.sample(places, min(size or len(places), len(places)))
    return [
        chance.choice(
            sorted(
                at[place],
                key=lambda item: (
                    item.mutations[0].operator_name,
                    item.mutations[0].occurrence,
                ),
            )
        )
        for place in sorted(drawn)
    ]


def idle(path: Path) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return where the parts that change no result begin and end (line, column).

    These are annotations, the arguments of `dataclass`, decorators that only save
    time, `strict` of `zip`, which right code never breaks, how much is done at once,
    and sizes in figures.
    """
    parts: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(path.read_text())):
        parts += [getattr(node, key, None) for key in ("annotation", "returns")]
        decorators = getattr(node, "decorator_list", [])
        parts += [part for part in decorators if name(part) in SPEED]
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in AT_ONCE:
            parts.append(node.value)
        if isinstance(node, ast.Call):
            words = LOOK | IDLE.get(name(node), set())
            parts += [word.value for word in node.keywords if word.arg in words]
    return [
        # A decorator begins at its sign, which stands before the expression.
        ((part.lineno, part.col_offset - 1), (part.end_lineno, part.end_col_offset))
        for part in parts
        if part is not None
    ]


def name(node: ast.expr) -> str:
    """Return the name that is called or decorates."""
    return ast.unparse(node.func if isinstance(node, ast.Call) else node)


def judge(item: WorkItem, room: str, patience: float):
    """Return what the tests say of one mutant; the module is put back."""
    (mutation,) = item.mutations
    module = Path(mutation.module_path)
    for compiled in module.parent.glob(f"__pycache__/{module.stem}.*.pyc"):
        compiled.unlink()
    return mutate_and_test(item.mutations, test_command(room, module), patience)


def report(items: list[WorkItem], judged: dict, least: float) -> int:
    """Print the table by module and the survivors' changes."""
    table = defaultdict(list)
    survivors = []
    for item in items:
        (mutation,) = item.mutations
        survived = judged[item.job_id].test_outcome == SURVIVED
        table[Path(mutation.module_path).relative_to(SOURCE)].append(not survived)
        if survived:
            survivors.append(judged[item.job_id].diff)
    print("\n| module | mutants | noticed |\n|---|---|---|")
    for module, noticed in sorted(table.items()):
        print(f"| {module} | {len(noticed)} | {sum(noticed)} |")
    share = 100 * (1 - len(survivors) / len(items))
    print(f"| all | {len(items)} | {len(items) - len(survivors)} ({share:.0f} %) |")
    for change in survivors:
        print(change)
    return int(share < least)


if __name__ == "__main__":
    sys.exit(main())
