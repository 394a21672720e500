"""A study with licensed sources -> synthetic files in their place and a study file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from alliance_value.sharing.cells import chunks
from alliance_value.sharing.twin.identities import Drawing, Identities
from alliance_value.sharing.twin.parts import TwinFiles, ready_parts, vendor_parts
from alliance_value.sharing.twin.request import Request
from alliance_value.sharing.twin.tables import ENTITIES
from alliance_value.study.needs import with_files

# What the study file of a twin says no more: nothing in its files is like it.
WITHOUT = ("reviewed_matches", "reviewed_structures", "wrds", "edgar")
WITHOUT_DAILY = ("delistings", "listings")
# Its files are plain CSV.
AS_PLAIN_CSV = ("format", "delimiter", "encoding")


def twin_files(request: Request) -> TwinFiles:
    """Return synthetic files in place of the licensed ones, and their study file."""
    rng = request.rng()
    drawn = TwinFiles({}, f"config/{request.name}.yaml", Identities(rng))
    drawing = Drawing(drawn.identities, request.named(), rng)
    for source in request.replaced():
        know_codes(drawn.identities, request.paths[source])
    without = WITHOUT if request.in_vendors_formats else (*WITHOUT, *WITHOUT_DAILY)
    sections = {
        source: section
        for source, section in request.written["sources"].items()
        if source not in without
    }
    replaced = [s for s in request.replaced() if s not in without]
    make = vendor_parts if request.vendor else ready_parts
    for source, contents, change in make(request, replaced, drawn, drawing):
        paths = [f"data/raw/{request.name}/{file}" for file in contents]
        drawn.files |= dict(zip(paths, contents.values(), strict=True))
        written = sections[source]
        single = len(paths) == 1 and isinstance(written["file"], str)
        kept = {k: v for k, v in written.items() if k not in AS_PLAIN_CSV}
        file = {"file": paths[0] if single else paths}
        sections[source] = (change or kept) | file
    for source, section in sections.items():
        if source in request.paths and source not in replaced:
            sections[source] = kept_section(request, source, dict(section), drawn.files)
    twin = {
        **request.written,
        "study": request.name,
        "simulated": "the files of licensed sources are a synthetic twin of the real "
        "ones; its firms are invented",
        "rights": {s: {"open": True} for s in with_files(sections)},
        "sources": sections,
    }
    text = yaml.safe_dump(twin, sort_keys=False, allow_unicode=True)
    drawn.files[drawn.study_file] = text.encode()
    return drawn


def know_codes(identities: Identities, paths: Sequence[str]) -> None:
    """Note the codes of firms and securities in columns that vendors name so."""
    for path in paths:
        for part in chunks(path):
            for name in part.columns:
                if str(name).lower() in ENTITIES:
                    identities.know({v for v in part[name].unique() if v})


def kept_section(
    request: Request, source: str, section: dict[str, Any], files: dict[str, bytes]
) -> dict[str, Any]:
    """Give an open source that stays its place among the twin's files."""
    own, new = f"data/raw/{request.study['study']}/", f"data/raw/{request.name}/"
    if "overlay" in request.study["sources"] and request.is_made(source):
        written = section["file"]
        names = [written] if isinstance(written, str) else written
        moved = [name.replace(own, new) for name in names]
    else:
        moved = [f"{new}{Path(path).name}" for path in request.paths[source]]
        files |= {
            name: Path(path).read_bytes()
            for name, path in zip(moved, request.paths[source], strict=True)
        }
    single = isinstance(section["file"], str)
    return section | {"file": moved[0] if single else moved}
