"""The page on files says what the readers declare."""

from pathlib import Path

import yaml

from alliance_value.sources.files_page import MARK, files_page
from alliance_value.vocabulary.collect import entries, readers_of
from alliance_value.vocabulary.entries import Reader

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = yaml.safe_load(
    (ROOT / "workflow/schemas/study.schema.yaml").read_text(encoding="utf-8")
)


def test_the_page_is_what_the_readers_declare():
    page = (ROOT / "docs/files.md").read_text(encoding="utf-8")
    assert page == files_page(page, SCHEMA)


def test_every_source_has_a_reader_and_every_reader_a_section():
    made = {"simulate", "simulated_ledger", "overlay", "wrds", "edgar"}
    sources = SCHEMA["properties"]["sources"]["properties"].keys() - made
    assert all(readers_of(source) for source in sources)
    page = files_page(f"Own words.\n{MARK}\nOBSOLETE", SCHEMA)
    assert page.startswith("Own words.\n")
    assert "OBSOLETE" not in page
    for reader in entries(Reader).values():
        assert f"`sources.{reader.of}`" in page
        assert all(sentence in page for sentence in reader.stops)


def test_the_keys_of_readers_are_keys_of_their_source():
    for reader in entries(Reader).values():
        part = SCHEMA["$defs"].get(reader.of, SCHEMA["$defs"]["vendor_file"])
        known = {*part["properties"], *SCHEMA["$defs"]["layout"]["properties"]}
        assert {*reader.needs, *reader.takes} <= known, reader.key
