"""Share of a run's time that its exhibits and both reports take.

    python benchmarks/bench_rendering.py [--study simulated] [--configfile FILE]
        [--repeats 3]

Needs a finished run: every job leaves its seconds in build/<study>/usage. The jobs that
render are then forced anew, --repeats times, and count with their medians; the others
count with the seconds of the run that made them. Prints seconds and shares by what the
jobs do. Times are of scripts' bodies: start and imports of a job's process, much the
same for every job, are left out.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

RENDERING = {
    "table": "tables in four formats",
    "figure": "figures in three formats",
    "funnel": "sample funnel",
    "report": "report.html and report.pdf",
    "codebook": "codebook",
    "data_quality": "data quality",
}


def usage(study: str) -> dict[str, tuple[str, float]]:
    """Return rule and seconds of each job."""
    found = {}
    for path in sorted(Path(f"build/{study}/usage").glob("*.json")):
        noted = json.loads(path.read_text(encoding="utf-8"))
        found[path.stem] = (noted["rule"], noted["seconds"])
    return found


def main() -> None:
    """Force the rendering, add up, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--study", default="simulated")
    parser.add_argument("--configfile")
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    first = usage(asked.study)
    if not first:
        sys.exit(f"build/{asked.study}/usage is empty: run the study first")
    study = ["--configfile", asked.configfile] if asked.configfile else []
    rules = sorted({rule for rule, _ in first.values()} & RENDERING.keys())
    runs = [first]
    for _ in range(asked.repeats):
        command = ["snakemake", "-c1", *study, "--forcerun", *rules]
        subprocess.run(
            [sys.executable, "-m", *command], check=True, capture_output=True
        )
        runs.append(usage(asked.study))
    seconds: dict[str, float] = defaultdict(float)
    jobs: dict[str, int] = defaultdict(int)
    for job, (rule, once) in first.items():
        rendered = [run[job][1] for run in runs[1:]] if rule in RENDERING else []
        what = RENDERING.get(rule, "everything else")
        seconds[what] += statistics.median(rendered or [once])
        jobs[what] += 1
    total = sum(seconds.values())
    print(f"{'what':32} {'jobs':>5} {'seconds':>8} {'share':>7}")
    for what in [*RENDERING.values(), "everything else"]:
        if what in seconds:
            share = seconds[what] / total
            print(f"{what:32} {jobs[what]:5} {seconds[what]:8.2f} {share:7.1%}")
    rendering = total - seconds["everything else"]
    print(f"{'all that renders':32} {'':5} {rendering:8.2f} {rendering / total:7.1%}")


if __name__ == "__main__":
    main()
