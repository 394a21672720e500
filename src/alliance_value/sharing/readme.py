"""What a package tells of itself -> its README by the data editors' template."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from alliance_value.sharing.as_collected import (
    filters,
    sources_of,
    steps,
    treatments,
)
from alliance_value.sharing.contents import CHANGES, Contents
from alliance_value.sharing.exhibit_list import exhibits, seed_line
from alliance_value.sharing.programs import programs
from alliance_value.sharing.usage import machines, steps_of, time_class
from alliance_value.sharing.verify import TOLERANCES
from alliance_value.sharing.words import (
    amount,
    cell,
    duration,
    flow,
    line,
    memory,
    template,
    text_of,
)

PACKAGE = "src/alliance_value"
LOCK = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
KINDS = ("table", "figure")
ENGINES = ("snakemake", "dvc")


def readme(contents: Contents) -> str:
    """Fill the template of the social-science data editors.

    References
    ----------
    Vilhuber, L., Connolly, M., Koren, M., Llull, J., Morrow, P. (2022). A template
    README for social science replication packages, v1.1. doi:10.5281/zenodo.7293838.
    """
    words = (cell, line, flow, amount, duration, memory, time_class)
    named = {f.__name__: f for f in words}
    sources = sources_of(contents)
    study, inside = contents.study, contents.files
    results = f"results/{study['study']}"
    codebooks = [f"{results}/codebook.{ending}" for ending in ("html", "csv")]
    listed = exhibits(contents)
    shown = {output for exhibit in listed for output in exhibit.outputs}
    usage, provenance = contents.run.usage, contents.provenance
    made_by = programs(provenance, inside)
    return template(__package__, "package_readme.md.j2", named).render(
        c=contents,
        study=study,
        results=results,
        sources=sources,
        given=[source for source in sources if not source.simulated],
        treatments=treatments(contents.run.rejects),
        steps=steps(contents.run.funnel, [m["name"] for m in study["models"]]),
        filters=filters(study),
        exhibits=[e for kind in KINDS for e in listed if e.exhibit.kind == kind],
        counts=Counter(e.exhibit.kind for e in listed),
        others={o: p for o, p in made_by.items() if o not in shown},
        left_out={n: r for n, r in contents.withheld.items() if n not in inside},
        masked={n: r for n, r in contents.withheld.items() if n in inside},
        environment=provenance.environment,
        python=requires_python(inside),
        seed_line=seed_line(inside[contents.study_file].decode("utf-8")),
        usage=steps_of(provenance, usage),
        machines=machines(usage),
        variables=sorted(variables_of(sources)),
        rooms=dict(rooms(inside)),
        licence=licence(inside),
        references=references(contents),
        tolerances={k: f"{v:.0e}".replace("e-0", "e-") for k, v in TOLERANCES.items()},
        changes=CHANGES,
        codebook=next((p for p in codebooks if p in inside), ""),
    )


def requires_python(inside: Mapping[str, bytes]) -> str:
    """Return the versions of Python that the package says it runs on."""
    project = tomllib.loads(inside.get("pyproject.toml", b"").decode("utf-8"))
    return str(project.get("project", {}).get("requires-python", ""))


def rooms(inside: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield each folder of the package's source and what it says it turns into what."""
    for name in sorted(inside):
        folder, _, file = name.rpartition("/")
        if file == "__init__.py" and folder.startswith(f"{PACKAGE}/"):
            docstring = ast.get_docstring(ast.parse(inside[name]))
            if docstring:
                yield folder, docstring.splitlines()[0]


def licence(inside: Mapping[str, bytes]) -> str:
    """Return the name of the code's licence, by the first line of its text."""
    lines = inside.get("LICENSE", b"").decode("utf-8").strip().splitlines()
    return lines[0] if lines else ""


def variables_of(sources: Any) -> set[str]:
    """Return the environment variables that stand for folders of source files."""
    paths = [file.path for source in sources for file in source.files]
    return {name for path in paths for name in re.findall(r"\$\{(\w+)\}", path)}


def references(contents: Contents) -> list[str]:
    """Return the works to cite: data, then software, each kind in order."""
    rights = contents.study["rights"].values()
    data = sorted({line(r["citation"]) for r in rights if r.get("citation")})
    known: Mapping[str, str] = yaml.safe_load(text_of(__package__, "software.yaml"))
    pinned = dict(LOCK.findall(contents.files.get("requirements.lock", b"").decode()))
    versions = {name: pinned[name] for name in ENGINES if name in pinned}
    versions |= contents.provenance.environment["libraries"]
    software = [
        f"{known[name].strip()} Version {version}."
        if name in known
        else f"{name}. Version {version}."
        for name, version in sorted(versions.items())
    ]
    return [*data, *own(contents.files), *software]


def own(inside: Mapping[str, bytes]) -> Iterator[str]:
    """Yield how this program asks to be cited, where it says so."""
    if "CITATION.cff" in inside:
        said = yaml.safe_load(inside["CITATION.cff"])
        names = [a.get("name") or a["family-names"] for a in said["authors"]]
        authors = ", ".join(names)
        yield line(f"{authors}. {said['title']}. Version {said['version']}.")
