"""Change a room's code at one place at a time and say what its own tests notice.

python workflow/tools/mutants.py --room panel [--sample 40] [--seed 1] [--record]

Draws places of the room's modules by chance, and one mutant at each. Unit tests of the
room judge it: those that call the changed function and least else, and where these are
few their files; where the change is in no function, those of the module and of what
imports it. One process holds the libraries and forks for each mutant. What is judged
stands in `build/mutants/<room>/`, and the same command goes on where it was stopped.
`--record` puts it into `docs/mutants.csv`, where survivors wait for a word.
"""

import argparse
import ast
import compileall
import csv
import difflib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from cProfile import Profile
from dataclasses import dataclass
from importlib import import_module
from math import inf
from pathlib import Path
from py_compile import PycInvalidationMode

import pytest
from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import MutationVisitor, use_mutation
from cosmic_ray.plugins import get_operator, operator_names

SOURCE = Path("src/alliance_value")
LIBRARIES = "numpy pandas polars pyarrow.parquet scipy.stats hypothesis.strategies yaml"
RECORD = Path("docs/mutants.csv")
COLUMNS = ("room", "seed", "module", "line", "noticed", "word")
# A mutant may loop for ever; a slow machine is no verdict.
PATIENCE = 10
# tests of other files that judge a function: those that call it and least else
FEW = 80
SPEED = {"cache", "compiled", "copy"}
IDLE = {"dataclass": {"frozen", "repr"}, "zip": {"strict"}}
LOOK = {"alpha", "capsize", "figsize", "fontsize", "height_ratios", "labelsize"}
LOOK |= {"left", "linespacing", "linewidth", "markeredgewidth", "markersize"}
LOOK |= {"ncols", "pad", "zorder"}
AT_ONCE = {"AT_ONCE", "BATCH_ROWS", "BLOCK", "BLOCK_BYTES", "BLOCK_CELLS", "CHUNK"}
AT_ONCE |= {"COMPILE_FROM", "HELD", "MOST_BYTES", "MOST_CARRIED", "MOST_DENSE"}
AT_ONCE |= {"BUFFER", "PIECE", "PIECE_BYTES"}


@dataclass(frozen=True)
class Mutant:
    """A change that an operator makes at a place of a module (line, column)."""

    path: str
    start: tuple[int, int]
    operator: str
    occurrence: int

    @property
    def key(self) -> str:
        """Its name among what is judged."""
        return f"{self.path} {self.operator} {self.occurrence}"


class Reach:
    """Notes which functions of a folder each test calls, by file and first line."""

    def __init__(self, folder: Path) -> None:
        self.folder = f"{folder}{os.sep}"
        self.tests: dict[str, list[str]] = defaultdict(list)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        """Trace the calls of a test with its set-up."""
        calls = Profile(builtins=False)
        calls.enable()
        try:
            return (yield)
        finally:
            calls.disable()
            for code in (call.code for call in calls.getstats()):
                if getattr(code, "co_filename", "").startswith(self.folder):
                    place = f"{code.co_filename}:{code.co_firstlineno}"
                    self.tests[place].append(item.nodeid)


def main() -> int:
    """Return 0 when at least `--least` percent of the mutants are noticed."""
    options = arguments()
    commit = git("rev-parse", "HEAD")
    folder = Path("build/mutants", options.room, commit[:12]).resolve()
    table = RECORD.resolve()
    enter(folder / "copy")
    modules = sorted((SOURCE / options.room).rglob("*.py"))
    if not modules:
        sys.exit(f"no module in {SOURCE / options.room}: name a folder of {SOURCE}")
    reach, patience = reached(options.room, folder)
    every = [mutant for path in modules for mutant in mutants_of(path)]
    mutants = sample(every, options.sample, options.seed)
    store = folder / "judged.json"
    judged = json.loads(store.read_text()) if store.exists() else {}
    for number, mutant in enumerate(mutants, 1):
        if mutant.key not in judged:
            rounds = rounds_of(mutant, reach, options.room)
            judged[mutant.key] = judge(mutant, rounds, patience, folder)
            store.write_text(json.dumps(judged, indent=0))
        outcome = "survived" if judged[mutant.key] else "noticed"
        place = f"{mutant.path}:{mutant.start[0]}"
        print(f"{number} of {len(mutants)}: {place} {outcome}", flush=True)
    if options.record:
        record(mutants, judged, options.room, options.seed, table)
    return report(mutants, judged, options.least)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--room", required=True, help="a folder of the package")
    parser.add_argument("--sample", type=int, default=40, help="places (0: all)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--least", type=float, default=90.0, help="percent noticed")
    parser.add_argument("--record", action="store_true", help=f"write {RECORD}")
    return parser.parse_args()


def git(*words: str) -> str:
    """Return what a command of git prints."""
    return subprocess.run(
        ["git", *words], check=True, text=True, stdout=subprocess.PIPE
    ).stdout.strip()


def enter(copy: Path) -> None:
    """Go to a clone whose package is the one that forked processes import."""
    if not copy.exists():
        git("clone", "--quiet", ".", str(copy))
        compileall.compile_dir(
            copy / "src", quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH
        )
    os.chdir(copy)
    os.environ["PYTHONPATH"] = str(copy / "src")
    sys.path[:0] = [str(copy / "src"), str(copy)]
    git("checkout", "--quiet", "--", "src")
    for library in LIBRARIES.split():
        import_module(library)


def forked(run: Callable[[], int], log: Path, patience: float = inf) -> int | None:
    """Return a function's exit code in its own process; None: it takes too long."""
    process = os.fork()
    if not process:
        os.setsid()
        screen = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(screen, 1)
        os.dup2(screen, 2)
        code = 1
        try:
            code = run()
        finally:
            sys.stdout.flush()
            os._exit(code)
    until = time.monotonic() + patience
    while time.monotonic() < until:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.killpg(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return None


def run_tests(tests: list[str], plugins: list[object] | None = None) -> int:
    """Run tests until one fails."""
    options = "-x -q -p no:cacheprovider --no-header -m".split()
    # the libraries are imported before pytest would rewrite their plugins
    more = ["not workflow", "-W", "ignore:Module already imported"]
    return int(pytest.main([*options, *more, *tests], plugins))


def reached(room: str, folder: Path) -> tuple[dict[str, list[str]], float]:
    """Return the tests that call each function, and how long a mutant may take."""
    store = folder / "reach.json"
    if not store.exists():
        began = time.monotonic()

        def trace() -> int:
            reach = Reach((SOURCE / room).resolve())
            code = run_tests([f"tests/unit/{room}"], [reach])
            known = {"tests": reach.tests, "patience": time.monotonic() - began}
            if not code:
                store.write_text(json.dumps(known))
            return code

        if forked(trace, folder / "plain.log"):
            print((folder / "plain.log").read_text())
            sys.exit("the room's tests fail as they are: mend them first")
    known = json.loads(store.read_text())
    return known["tests"], PATIENCE * known["patience"]


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of a module."""
    nodes = list(ast_nodes(get_ast_from_path(path)))
    for name in operator_names():
        operator = get_operator(name)
        if operator.arguments():
            continue
        change = operator()
        places = (place for node in nodes for place in change.mutation_positions(node))
        for occurrence, (start, _) in enumerate(places):
            yield Mutant(str(path), start, name, occurrence)


def sample(mutants: list[Mutant], size: int, seed: int) -> list[Mutant]:
    """Draw places, all with the same chance, and one mutant at each.

    What no run can show is left out: see `idle`.
    """
    at = defaultdict(list)
    for mutant in mutants:
        at[mutant.path, mutant.start].append(mutant)
    for path in {path for path, _ in at}:
        for lines in idle(Path(path)):
            for place in [
                p for p in at if p[0] == path and lines[0] <= p[1] < lines[1]
            ]:
                del at[place]
    chance = random.Random(seed)
    places = sorted(at)
    drawn = chance.sample(places, min(size or len(places), len(places)))
    mutants = []
    for place in sorted(drawn):
        choices = sorted(at[place], key=lambda m: (m.operator, m.occurrence))
        chance.shuffle(choices)
        mutants += [m for m in choices if is_program(m)][:1]
    return mutants


def is_program(mutant: Mutant) -> bool:
    """Return whether the library can make a change, and Python can read it."""
    code, operator = Path(mutant.path).read_text(), get_operator(mutant.operator)()
    try:
        ast.parse(MutationVisitor.mutate_code(code, operator, mutant.occurrence) or "(")
    except (AttributeError, SyntaxError):
        return False
    return True


def idle(path: Path) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return where the parts that change no result begin and end (line, column).

    These are annotations, the arguments of `dataclass`, decorators that only save
    time, assertions and `strict` of `zip`, which right code never breaks, how much is
    done at once, and sizes in figures.
    """
    parts: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(path.read_text())):
        parts += [getattr(node, key, None) for key in ("annotation", "returns")]
        decorators = getattr(node, "decorator_list", [])
        parts += [part for part in decorators if name(part) in SPEED]
        if isinstance(node, ast.Assert):
            parts.append(node.test)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in AT_ONCE:
            parts.append(node.value)
        if isinstance(node, ast.Call):
            words = LOOK | SPEED | IDLE.get(name(node), set())
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


def changed_function(mutant: Mutant) -> int | None:
    """Return the line where the function begins that is changed.

    None where the change is in no function's body, or in a compiled one.
    """
    first = None
    for node in ast.walk(ast.parse(Path(mutant.path).read_text())):
        if isinstance(node, ast.FunctionDef):
            begin = min(n.lineno for n in (node, *node.decorator_list))
            if begin <= mutant.start[0] <= node.end_lineno:
                compiled = "compiled" in map(name, node.decorator_list)
                inside = node.body[0].lineno <= mutant.start[0] and not compiled
                first = begin if inside else None
    return first


def rounds_of(
    mutant: Mutant, reach: dict[str, list[str]], room: str
) -> list[list[str]]:
    """Return the tests that judge a mutant, the nearest first."""
    path = Path(mutant.path)
    names = (path.stem, path.parent.name)
    folder = Path("tests/unit", room)
    own = [str(p) for name in names for p in folder.rglob(f"test_{name}.py")]
    calls = Counter(test for called in reach.values() for test in called)

    def nearest(tests: Iterable[str]) -> list[str]:
        """Return the tests of the module's own files, and others up to `FEW`."""
        ordered = sorted({*tests}, key=lambda t: (calls[t], t))
        inside = [t for t in ordered if t.partition("::")[0] in own]
        return [*inside, *[t for t in ordered if t not in {*inside}][:FEW]]

    first = changed_function(mutant)
    if first is not None:
        tests = nearest(reach.get(f"{path.resolve()}:{first}", []))
        # tests of one file may share what the first of them computed
        files = files_of(tests)
        return [tests, [] if len(tests) >= FEW or files == tests else files or own]
    dotted = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
    # what decorators declare is read from the text, and judged where entries are
    declared = folder / "test_vocabulary.py"
    for test in sorted(folder.rglob("test_*.py")):
        named = test == declared or f" {dotted} " in test.read_text()
        own += [str(test)] if named and str(test) not in own else []
    users = {
        str(module.resolve())
        for module in (SOURCE / room).rglob("*.py")
        if module == path or f"from {dotted} import" in module.read_text()
    }
    others = nearest(
        test
        for place, tests in reach.items()
        if place.rpartition(":")[0] in users
        for test in tests
    )
    return [own, others or [f"tests/unit/{room}"]]


def files_of(tests: list[str]) -> list[str]:
    """Return the files of tests."""
    return [*dict.fromkeys(test.partition("::")[0] for test in tests)]


def judge(
    mutant: Mutant, rounds: list[list[str]], patience: float, folder: Path
) -> str:
    """Return the change that no test notices, or nothing; the module is put back."""
    path = Path(mutant.path)

    def compile_again() -> None:
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
            compiled.unlink()

    compile_again()
    try:
        operator = get_operator(mutant.operator)()
        with use_mutation(path, operator, mutant.occurrence) as (before, after):
            for tests in filter(None, rounds):
                log = folder / "mutant.log"
                code = forked(lambda t=tests: run_tests(t), log, patience)
                if code == pytest.ExitCode.USAGE_ERROR:
                    # names of tests that pytest does not find again
                    files = files_of(tests)
                    code = forked(lambda t=files: run_tests(t), log, patience)
                if code != 0:
                    return ""
    finally:
        compile_again()
    lines = before.splitlines(), after.splitlines()
    return "\n".join(difflib.unified_diff(*lines, mutant.path, n=1, lineterm=""))


def record(
    mutants: list[Mutant], judged: dict[str, str], room: str, seed: int, path: Path
) -> None:
    """Write what is judged in the place of the room's rows with this seed."""
    rows = []
    if path.exists():
        with path.open(newline="", encoding="utf-8") as file:
            rows = [
                row
                for row in csv.DictReader(file)
                if (row["room"], row["seed"]) != (room, str(seed))
            ]
    for mutant in mutants:
        module = Path(mutant.path).relative_to(SOURCE)
        noticed = "no" if judged[mutant.key] else "yes"
        values = (room, str(seed), str(module), mutant.start[0], noticed, "")
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    rows.sort(key=lambda row: (row["room"], int(row["seed"])))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def report(mutants: list[Mutant], judged: dict[str, str], least: float) -> int:
    """Print the table by module and the survivors' changes."""
    table = defaultdict(list)
    for mutant in mutants:
        module = Path(mutant.path).relative_to(SOURCE)
        table[module].append(not judged[mutant.key])
    print("\n| module | mutants | noticed |\n|---|---|---|")
    for module, noticed in sorted(table.items()):
        print(f"| {module} | {len(noticed)} | {sum(noticed)} |")
    survivors = [judged[m.key] for m in mutants if judged[m.key]]
    share = 100 * (1 - len(survivors) / len(mutants))
    seen = len(mutants) - len(survivors)
    print(f"| all | {len(mutants)} | {seen} ({share:.0f} %) |")
    for change in survivors:
        print(change)
    return int(share < least)


if __name__ == "__main__":
    sys.exit(main())
