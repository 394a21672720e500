"""Code, results and records of a study -> the archive that journals ask for."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import jinja2
from rocrate.rocrate import ROCrate

from alliance_value.running.provenance import RAW, Provenance, under

CLASSES = ((10, "10 seconds"), (60, "a minute"), (600, "10 minutes"), (3600, "an hour"))
EPOCH = (1980, 1, 1, 0, 0, 0)
MIME = {
    **{".csv": "text/csv", ".html": "text/html", ".json": "application/json"},
    **{".md": "text/markdown", ".pdf": "application/pdf", ".png": "image/png"},
    **{".py": "text/x-python", ".svg": "image/svg+xml", ".tex": "application/x-tex"},
    **{".yaml": "application/yaml", ".txt": "text/plain"},
}


@dataclass(frozen=True)
class Contents:
    """What a package tells of itself.

    Parameters
    ----------
    study
        The resolved study.
    study_file
        Path of the study file in the package.
    provenance
        What made the results.
    usage
        What each job took: rule, seconds, megabytes.
    withheld
        Files left out, by name, with the reason.
    twin_file
        Study file of the synthetic twin, empty where nothing is licensed.
    codebook
        Path of the codebook in the package, empty where there is none.
    date
        Date of the package, ISO 8601.
    """

    study: Mapping[str, Any]
    study_file: str
    provenance: Provenance
    usage: Sequence[Mapping[str, Any]] = ()
    withheld: Mapping[str, str] = field(default_factory=dict)
    twin_file: str = ""
    codebook: str = ""
    date: str = "1980-01-01"


def readme(contents: Contents, template: str) -> str:
    """Fill the template of the social-science data editors.

    References
    ----------
    Vilhuber, L., Connolly, M., Koren, M., Llull, J., Morrow, P. (2022). A template
    README for social science replication packages, v1.1. doi:10.5281/zenodo.7293838.
    """
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(template).render(
        c=contents,
        study=contents.study,
        sources=source_rows(contents),
        exhibits=exhibit_rows(contents.provenance, contents.study["study"]),
        environment=contents.provenance.environment,
        usage=usage_rows(contents),
    )


def source_rows(contents: Contents) -> list[dict[str, Any]]:
    """Return each source with its files, rights and where it comes from."""
    study, found = contents.study, []
    for name, source in study["sources"].items():
        if name in ("simulate", "overlay"):
            continue
        files = source.get("file") or []
        rights = study["rights"].get(name, {})
        simulated = "simulate" in study["sources"]
        found.append(
            {
                "name": name,
                "files": [files] if isinstance(files, str) else files,
                "open": simulated or rights.get("open", False),
                "statement": rights.get("statement")
                or (
                    "Simulated by the code of this package (rule simulate)."
                    if simulated
                    else "No statement is given in the study file (key rights)."
                ),
            }
        )
    return found


def exhibit_rows(provenance: Provenance, study: str) -> list[dict[str, str]]:
    """Return for each result the rule and the program that made it."""
    rows = []
    for job in provenance.jobs:
        script = [p for p in job.inputs if p.startswith("workflow/scripts/")]
        made = [o for o in job.outputs if under(o, f"results/{study}")]
        for output in sorted(made):
            rows.append(
                {
                    "output": output,
                    "rule": job.rule,
                    "program": script[0] if script else "workflow/rules",
                }
            )
    return sorted(rows, key=lambda row: row["output"])


def usage_rows(contents: Contents) -> list[dict[str, str]]:
    """Return the longest time and largest memory of each rule, in coarse classes."""
    rows = {}
    for rule in sorted({job.rule for job in contents.provenance.jobs}):
        mine = [use for use in contents.usage if use["rule"] == rule]
        if mine:
            seconds = max(float(use["seconds"]) for use in mine)
            memory = max(float(use["megabytes"]) for use in mine)
            rows[rule] = {
                "rule": rule,
                "time": time_class(seconds),
                "memory": f"{256 * math.ceil(memory / 256):,} MB",
            }
        else:
            rows[rule] = {"rule": rule, "time": "not measured", "memory": ""}
    return list(rows.values())


def time_class(seconds: float) -> str:
    """Return a class of run time."""
    classes = (
        (10, "10 seconds"),
        (60, "a minute"),
        (600, "10 minutes"),
        (3600, "1 hour"),
    )
    for limit, words in classes:
        if seconds < limit:
            return f"under {words}"
    return f"under {math.ceil(seconds / 3600)} hours"


def hashes(files: Mapping[str, bytes]) -> bytes:
    """Return the SHA-256 of each file, as sha256sum --check reads it."""
    lines = [f"{hashlib.sha256(files[n]).hexdigest()}  {n}" for n in sorted(files)]
    return ("\n".join(lines) + "\n").encode()


def crate(files: Mapping[str, bytes], contents: Contents) -> bytes:
    """Return RO-Crate metadata of a package.

    References
    ----------
    RO-Crate Metadata Specification 1.1 and later, researchobject.org/ro-crate.
    """
    made = ROCrate()
    root = made.root_dataset
    root["name"] = contents.study["title"]
    root["description"] = contents.study["description"] or contents.study["title"]
    root["datePublished"] = contents.date
    root["license"] = "See README.md: code MIT, data as stated per source"
    makers = {
        row["output"]: row["program"]
        for row in exhibit_rows(contents.provenance, contents.study["study"])
    }
    for name in sorted(files):
        properties: dict[str, Any] = {
            "name": PurePosixPath(name).name,
            "contentSize": str(len(files[name])),
            "sha256": hashlib.sha256(files[name]).hexdigest(),
        }
        if mime := MIME.get(PurePosixPath(name).suffix):
            properties["encodingFormat"] = mime
        if name in makers:
            properties["isBasedOn"] = {"@id": makers[name]}
        made.add_file(dest_path=name, properties=properties)
    graph = made.metadata.generate()
    graph["@graph"] = sorted(graph["@graph"], key=lambda entity: entity["@id"])
    return f"{json.dumps(graph, indent=1, sort_keys=True)}\n".encode()


def archive(files: Mapping[str, bytes], folder: str) -> bytes:
    """Return a ZIP archive, the same bytes for the same files: sorted, no times."""
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=6) as made:
        for name in sorted(files):
            entry = ZipInfo(f"{folder}/{name}", EPOCH)
            entry.compress_type = ZIP_DEFLATED
            mode = 0o755 if name.endswith(".sh") else 0o644
            entry.external_attr = mode << 16
            entry.create_system = 3
            made.writestr(entry, files[name])
    return stream.getvalue()


def closed_sources(study: Mapping[str, Any]) -> list[str]:
    """Return the sources whose rows may not be shared: all that are not declared open.

    Files that a rule simulates are open.
    """
    if "simulate" in study["sources"]:
        return []
    made = f"{RAW}/{study['study']}/" if "overlay" in study["sources"] else None
    found = []
    for name, source in study["sources"].items():
        files = source.get("file") or []
        files = [files] if isinstance(files, str) else files
        own = [f for f in files if not (made and f.startswith(made))]
        if own and not study["rights"].get(name, {}).get("open", False):
            found.append(name)
    return found
