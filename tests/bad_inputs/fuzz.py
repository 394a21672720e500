"""The corpus's files, edited by chance -> what breaks a reader.

python -m tests.bad_inputs.fuzz [--seconds 60] [--seed 1]

Every drawn file must be read, or end with problems that a user can mend. What is shown
becomes a case in cases.py.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.bad_inputs.cases import CASES
from tests.bad_inputs.entries import outcome_of

ROUND = 40
LARGEST = 100_000
TOKENS = [
    *(b"", b",", b";", b"\t", b'"', b"\n", b"\r\n", b"\x00", b"\xff", b"\xef\xbb\xbf"),
    *(b"-", b"E", b"1e999", b"inf", b"nan", b"9" * 40, b"2004-02-30", b"0001-01-01"),
]
Drawn = tuple[int, str, bytes]


def contents() -> list[Drawn]:
    """Return every file of the corpus: its case's place, its name and its bytes."""
    out: list[Drawn] = []
    for number, case in enumerate(CASES):
        for name, content in case.files.items():
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, name)
                if callable(content):
                    content(path)
                else:
                    text = isinstance(content, str)
                    path.write_bytes(content.encode() if text else content)
                if path.is_file() and path.stat().st_size < LARGEST:
                    out.append((number, name, path.read_bytes()))
    return out


@st.composite
def edited(draw: st.DrawFn, files: list[Drawn]) -> Drawn:
    """Draw a file and what one to four edits make of it."""
    number, name, data = draw(st.sampled_from(files))
    words = st.one_of(st.sampled_from(TOKENS), st.binary(max_size=8))
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(data)))
        end = begin + draw(st.integers(0, 12))
        data = data[:begin] + draw(words) + data[end:]
    return number, name, data


def check(drawn: Drawn) -> None:
    """Read a drawn file; fail where the program's own words do not cover it."""
    number, name, data = drawn
    case = CASES[number]
    with tempfile.TemporaryDirectory() as folder:
        files = {**case.files, name: data}
        outcome = outcome_of(case.entry, files, case.settings, Path(folder, "case"))
    for problem in outcome.stops:
        assert "unexpected error" not in problem, problem
        assert "defect" not in problem, problem


def place_of(error: BaseException) -> str:
    """Return where in the package an error arose."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "alliance_value" in f.filename]
    last = (own or frames)[-1]
    return f"{Path(last.filename).name}:{last.lineno}: {error!r:.300}"


def read_files(number: int, files: list[Drawn], drawn: list[Drawn]) -> None:
    """Read files of one seed, up to the first that breaks; note what was drawn."""

    @seed(number)
    @settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @given(edited(files))
    def each(file: Drawn) -> None:
        drawn.append(file)
        check(file)

    each()


def main() -> int:
    """Draw files until the time is over; return 1 where one broke a reader."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("error")
    # the lock of a job lasts as long as its process
    warnings.simplefilter("ignore", ResourceWarning)
    files, read, broken = contents(), 0, set()
    ends = time.monotonic() + options.seconds
    while time.monotonic() < ends:
        drawn: list[Drawn] = []
        try:
            read_files(options.seed + read, files, drawn)
        except (Exception, SystemExit) as error:
            place, (number, name, data) = place_of(error), drawn[-1]
            if place not in broken:
                print(
                    f"{place}\n  {CASES[number].id}, {name}: {data!r:.3000}", flush=True
                )
            broken.add(place)
        read += len(drawn)
    print(f"{len(broken)} ways to break a reader in {read} files")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
