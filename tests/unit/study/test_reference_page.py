"""The page on every key and the editors' schema are those of the schema."""

import json
import re

import jsonschema
import pytest
import yaml

from alliance_value.study import reference_page
from alliance_value.study.reference_page import EDITORS, PAGE, WRITTEN, main, parts_of
from alliance_value.study.resolve import dates_as_text
from alliance_value.study.schema import with_layout, with_vocabulary
from alliance_value.study.shapes import example
from tests.bad_inputs.entries import ROOT

COMMAND = f"python -m {reference_page.__name__} writes it"
SCHEMA = yaml.safe_load((ROOT / WRITTEN).read_text(encoding="utf-8"))
FULL = with_vocabulary(with_layout(SCHEMA))
PARTS = [(path, part) for path, part, _ in parts_of(FULL["properties"], FULL, "", ())]
STUDIES = sorted(
    path for path in (ROOT / "config").glob("*.yaml") if path.name != "claims.yaml"
)


@pytest.mark.parametrize("name", [PAGE, EDITORS], ids=str)
def test_what_is_committed_is_current(name):
    assert (ROOT / name).read_text(encoding="utf-8") == main(ROOT)[ROOT / name], COMMAND


@pytest.mark.parametrize("path", STUDIES, ids=lambda p: p.name)
def test_study_files_fit_the_editors_schema(path):
    schema = json.loads((ROOT / EDITORS).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    study = dates_as_text(yaml.safe_load(path.read_text(encoding="utf-8")))
    jsonschema.Draft202012Validator(schema).validate(study)
    wrong = {**study, "modles": []}
    assert not jsonschema.Draft202012Validator(schema).is_valid(wrong)


def test_every_key_stands_on_the_page_with_words_and_an_example():
    rows = re.findall(r"^\| \**`([^`]+)`\** \|(.*)\|$", (ROOT / PAGE).read_text(), re.M)
    told = {name: re.split(r"(?<!\\)\|", rest) for name, rest in rows}
    shared = SCHEMA["$defs"]["layout"]["properties"]
    for path, _ in PARTS:
        source, _, key = path.rpartition(".")
        assert path in told or (key in shared and source.startswith("sources.")), path
    for name, (takes, _, shown, words) in told.items():
        assert takes.strip() and words.strip(), name
        assert re.fullmatch(r" `[\w<>]+: .+` ", shown), (name, shown)


def test_every_example_is_allowed_where_it_stands():
    for path, part in PARTS:
        validator = jsonschema.Draft202012Validator({**part, "$defs": FULL["$defs"]})
        assert validator.is_valid(example(part, FULL)), path
