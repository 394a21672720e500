"""A resolved study -> its raw files: which rules make them, which are fetched how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from alliance_value.running.files import RAW
from alliance_value.running.job import listed
from alliance_value.simulate.files import (
    files_of_ledger,
    files_of_overlay,
    files_of_world,
)
from alliance_value.sources.wrds_tables import LINKS, NAMES, STATEMENTS, Request
from alliance_value.study.needs import fetched_files, public_files
from alliance_value.study.schema import Mapped

SOURCE = ("host", "port", "dbname", "vintage")


def world_files(study: Mapped) -> list[str]:
    """Return the files of a study's simulated world, none where it has none."""
    settings = study["sources"].get("simulate")
    names = files_of_world(settings) if settings is not None else []
    return [f"{RAW}/{study['study']}/{name}" for name in names]


def overlay_files(study: Mapped) -> list[str]:
    """Return the files that are laid over a study's real firms, none where none are."""
    names = files_of_overlay() if "overlay" in study["sources"] else []
    return [f"{RAW}/{study['study']}/{name}" for name in names]


def ledger_files(study: Mapped) -> list[str]:
    """Return the files of a study's simulated ledger, none where it has none."""
    names = files_of_ledger() if "simulated_ledger" in study["sources"] else []
    return [f"{RAW}/{study['study']}/{name}" for name in names]


def raw_files(study: Mapped) -> dict[str, str]:
    """Return the raw files that rules could make, each with its rule."""
    return {
        **dict.fromkeys(fetched_files(study), "wrds"),
        **dict.fromkeys(public_files(study), "edgar_fetch"),
        **dict.fromkeys(world_files(study), "simulate"),
        **dict.fromkeys(overlay_files(study), "overlay"),
        **dict.fromkeys(ledger_files(study), "simulated_ledger"),
    }


def fetched(study: Mapped, name: str, tables: Mapping[str, Request]) -> Mapped:
    """Return what a table's file depends on; who asks and how is no part of it."""
    section = study["sources"]["wrds"]
    return {"request": asdict(tables[name]), **{key: section[key] for key in SOURCE}}


def wrds_words(study: Mapped, tables: Mapping[str, Request]) -> Mapped:
    """Return the server, and all tables of the study: they are looked up before any."""
    server = {k: v for k, v in study["sources"]["wrds"].items() if k != "tables"}
    return {"server": server, "asked": list(map(asdict, tables.values()))}


def linked(study: Mapped, name: str, tables: Mapping[str, Request]) -> list[str]:
    """Return the tables that tell which securities a table is wanted for."""
    if not tables[name].security:
        return []
    telling = [table for table in (LINKS, *NAMES, STATEMENTS) if table in tables]
    return [f"{RAW}/{study['study']}/{table}.parquet" for table in telling]


def elsewhere(study: Mapped, sources: Mapping[str, list[str]]) -> dict[str, str]:
    """Return how the study writes each of its files that this machine has elsewhere."""
    written = [
        (path, text)
        for source, paths in sources.items()
        for path, text in zip(
            paths, listed(study["sources"][source]["file"]), strict=False
        )
    ]
    return {path: text for path, text in written if path != text}
