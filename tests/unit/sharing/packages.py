"""A small study and its package, for the tests of what is said of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from alliance_value.running.provenance import Job, Provenance, dumps
from alliance_value.sharing.contents import Contents
from alliance_value.sharing.run_record import RunRecord
from alliance_value.sharing.verify import cells_of
from alliance_value.study.resolve import resolve

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = ROOT / "workflow/schemas/study.schema.yaml"
PROGRAMS = [
    f"src/alliance_value/exhibits/{name}.py"
    for name in ("funnel", "figures/marginal_effect", "tables/models")
]
STUDY_FILE = "config/s.yaml"
WRITTEN = """\
study: s
title: Two | plants
seed: 7
sources:
  firm_years: {file: "${FOLDER}/b.csv", entity: firm, time: year, invalid: missing}
  firms: {file: data/raw/s/a.csv, entity: firm}
rights:
  firms:
    open: true
    certified: true
    statement: |
      From the state.
      A register of plants.
    citation: "State (2024). Register of plants [data set]."
    licence: CC BY 4.0
    obtained: 2024-05-01
    from: the register office
    by: the second author
    filters: plants of 2001 to 2008
sample: {require: ["size > 0"], first: 2002}
models:
  - {name: base, outcome: y, terms: [x]}
  - {name: product, outcome: y, terms: ["x*z"]}
exhibits:
  tables:
    - {name: main, title: Main models, models: [base, product]}
  figures:
    - name: effect
      kind: marginal_effect
      model: product
      of: x
      over: z
"""
TABLE = """\
,y,y
,(1),(2)
x,0.0202**,-0.2258
,(0.0092),(0.1689)
x × z,,0.203
,,(0.296)
Observations,96,96
"""
FIGURE = "model,of,over,at,effect\nproduct,x,z,0,0.25\nproduct,x,z,1,-0.5\n"
REJECTS = """\
file,row,column,value,rule,action,new_value
b.csv,3,y,abc,not_a_number,repaired,
b.csv,4,y,abd,not_a_number,repaired,
b.csv,9,,,firm_missing,rejected,
"""
FUNNEL = """\
branch,step,unit,rows_in,rows_out,dropped,firms_out,why
sample,rows in the files,firm-years,97,97,0,12,b.csv
sample,has firm,firm-years,97,96,1,12,firm_missing
base,term x observed,firm-years,96,90,6,12,missing value
"""
MACHINE = {"processor": "A-1", "cores": 8, "memory": 16 * 1024**3, "system": "Linux 6"}
DIGEST = "b" * 64


def outputs(kind: str, name: str, *endings: str) -> tuple[str, ...]:
    """Return the paths of an exhibit's files."""
    return tuple(f"results/s/{kind}/{name}.{ending}" for ending in endings)


JOBS = (
    Job("panel", ("${FOLDER}/b.csv", "workflow/scripts/panel.py"), ("p.parquet",)),
    Job(
        "results",
        ("p.parquet", "workflow/scripts/results.py", "src/alliance_value/a.py"),
        ("results/s/estimates.csv", "results/s/funnel.csv"),
    ),
    Job(
        "table",
        ("results/s/estimates.csv", "workflow/scripts/table.py"),
        outputs("tables", "main", "csv", "tex"),
    ),
    Job(
        "figure",
        ("results/s/estimates.csv", "workflow/scripts/figure.py"),
        outputs("figures", "effect", "csv", "svg"),
    ),
    Job(
        "funnel",
        ("results/s/funnel.csv", "workflow/scripts/funnel.py"),
        (*outputs("figures", "funnel", "svg"), *outputs("tables", "funnel", "csv")),
    ),
)
PROVENANCE = Provenance(
    study="s",
    environment={
        "python": "3.11.7",
        "system": "Linux",
        "machine": "x86_64",
        "libraries": {"pandas": "3.1.1", "tables": "9"},
        "kernels": "OPENBLAS_CORETYPE=HASWELL",
    },
    files={
        "${FOLDER}/b.csv": DIGEST,
        "data/raw/s/a.csv": "a" * 64,
        "src/alliance_value/a.py": "c" * 64,
        **{output: "d" * 64 for job in JOBS for output in job.outputs},
    },
    settings={},
    jobs=JOBS,
)
USAGE = [
    {
        "rule": rule,
        "outputs": list(job.outputs),
        "seconds": 2.0,
        "processor": 150.0,
        "megabytes": 300.0,
        "machine": MACHINE,
    }
    for rule, job in (("table", JOBS[2]), ("figure", JOBS[3]))
]
RECORDS = {
    "firm_years": {
        "files": [
            {
                "file": "b.csv",
                "bytes": 1234,
                "sha256": DIGEST,
                "reading": {"rows": 97, "format": "csv"},
            }
        ],
        "decisions": ["b.csv: encoding utf-8", "b.csv: delimiter ','"],
    }
}


def files_of(written: str = WRITTEN, **replaced: bytes) -> dict[str, bytes]:
    """Return the files of a package; ``tables__main_csv`` replaces tables/main.csv."""
    study = resolve(yaml.safe_load(written), SCHEMA)
    results = {
        "study.resolved.yaml": yaml.safe_dump(study, sort_keys=False).encode(),
        "provenance.json": dumps(PROVENANCE).encode(),
        "estimates.csv": b"model,term,estimate\nbase,x,0.0202\n",
        "funnel.csv": FUNNEL.encode(),
        "tables/main.csv": TABLE.encode(),
        "tables/main.tex": b"tex",
        "tables/funnel.csv": b",Rows\nhas firm,96\n",
        "figures/effect.csv": FIGURE.encode(),
        "figures/effect.svg": b"<svg/>",
        "figures/funnel.svg": b"<svg/>",
    }
    names = {name.replace("/", "__").replace(".", "_"): name for name in results}
    results |= {names[key]: content for key, content in replaced.items()}
    return {
        STUDY_FILE: written.encode(),
        "pyproject.toml": b'[project]\nrequires-python = ">=3.11"\n',
        "requirements.lock": b"snakemake==9.1 \\\n  --hash=sha256:0\n",
        "LICENSE": b"MIT License\n\nCopyright\n",
        "src/alliance_value/__init__.py": b'"""All."""\n',
        "src/alliance_value/models/__init__.py": b'"""A panel -> estimates."""\n',
        **{name: (ROOT / name).read_bytes() for name in PROGRAMS},
        **{f"results/s/{name}": content for name, content in results.items()},
    }


def contents_of(written: str = WRITTEN, **changed: Any) -> Contents:
    """Return what a package tells of itself, some of it changed."""
    run = RunRecord(
        usage=USAGE,
        records=RECORDS,
        rejects=cells_of(REJECTS.encode()),
        funnel=cells_of(FUNNEL.encode()),
        storage={"results": 1_500_000},
    )
    contents = Contents(
        study=resolve(yaml.safe_load(written), SCHEMA),
        study_file=STUDY_FILE,
        provenance=PROVENANCE,
        files=files_of(written),
        run=run,
    )
    return replace(contents, **changed)
