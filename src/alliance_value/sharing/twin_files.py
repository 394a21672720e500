"""A study with licensed sources -> synthetic files in their place and a study file."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from alliance_value.sharing.cells import first
from alliance_value.sharing.twin import twin_columns, twin_panel
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.write import write_world

WORLD = {
    "firm_years": "compustat_funda",
    "links": "ccm_lnkhist",
    "security_names": "crsp_dsenames",
    "segments": "compustat_segments",
    "structures": "structures",
    "returns": "crsp_dsf",
    "delistings": "crsp_dsedelist",
    "market": "crsp_dsi",
    "confounds": "confounding_events",
}


def twin_files(
    written: Mapping[str, Any],
    study: Mapping[str, Any],
    closed: Sequence[str],
    paths: Mapping[str, Sequence[str]],
) -> tuple[dict[str, bytes], str]:
    """Return synthetic files in place of the licensed ones, and their study file."""
    name = f"{study['study']}-twin"
    rng = np.random.default_rng(study["seed"])
    twin = {**written, "study": name, "sources": dict(written["sources"])}
    twin["simulated"] = (
        "the files of licensed sources are a synthetic twin of the real ones, and no "
        "number here says anything about a real firm"
    )
    twin["rights"] = {source: {"open": True} for source in closed}
    vendor = written["sources"]["firm_years"].get("reader", "") == "compustat"
    files: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        if vendor:
            world = WorldSettings(seed=study["seed"], size=0.08, dirt="none")
            write_world(world, Path(folder), lambda line: None)
        for source in closed:
            made = []
            for path in paths[source]:
                target, content = twin_of(path, source, study, vendor, folder, rng)
                target = f"data/raw/{name}/{target}"
                files[target] = content
                made.append(target)
            section = dict(written["sources"][source])
            single = isinstance(section["file"], str)
            twin["sources"][source] = section | {"file": made[0] if single else made}
    for source, section in twin["sources"].items():
        own = f"data/raw/{study['study']}/"
        if source not in closed and isinstance(section, dict) and "file" in section:
            twin["sources"][source] = section | {
                "file": renamed(section["file"], own, f"data/raw/{name}/")
            }
    for path in [p for s in paths if s not in closed for p in paths[s]]:
        if Path(path).is_file() and "overlay" not in study["sources"]:
            files[path] = Path(path).read_bytes()
    study_file = f"config/{name}.yaml"
    text = yaml.safe_dump(twin, sort_keys=False, allow_unicode=True)
    return {**files, study_file: text.encode()}, study_file


def twin_of(
    path: str,
    source: str,
    study: Mapping[str, Any],
    vendor: bool,
    folder: str,
    rng: np.random.Generator,
) -> tuple[str, bytes]:
    """Return the name and content of the synthetic twin of a source file."""
    stem = Path(path).name.split(".")[0]
    if vendor and source == "factors":
        return f"{stem}.csv", Path(folder, "factors_daily.csv").read_bytes()
    real = first(path)
    if vendor and source == "returns":
        like = pd.read_parquet(Path(folder, "crsp_dsf.parquet"))
        stream = BytesIO()
        twin_columns(real, like, rng).to_parquet(stream, index=False)
        return f"{stem}.parquet", stream.getvalue()
    if vendor and source in WORLD:
        like = first(f"{folder}/{WORLD[source]}.csv")
        return f"{stem}.csv", as_csv(twin_columns(real, like, rng))
    if vendor and source == "alliances":
        parts = sorted(Path(folder).glob("sdc_alliances_*.csv"))
        like = pd.concat([first(str(part)) for part in parts])
        mine = study["sources"]["alliances"]["file"]
        if not isinstance(mine, str):  # each file a part of the deals, none twice
            turn = [Path(file).name for file in mine].index(Path(path).name)
            like = like.iloc[turn :: len(mine)]
        return f"{stem}.csv", as_csv(twin_columns(real, like, rng))
    section = study["sources"][source]
    entity = section.get("entity", real.columns[0])
    return f"{stem}.csv", as_csv(twin_panel(real, entity, section.get("time"), rng))


def renamed(files: str | Sequence[str], old: str, new: str) -> str | list[str]:
    """Return one path or several with another folder."""
    if isinstance(files, str):
        return files.replace(old, new)
    return [path.replace(old, new) for path in files]


def as_csv(table: pd.DataFrame) -> bytes:
    """Write a table as CSV."""
    stream = BytesIO()
    table.to_csv(stream, index=False, lineterminator="\n")
    return stream.getvalue()
