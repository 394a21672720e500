"""A value of the wrong shape is told with the way to write it."""

import pytest
import yaml

from alliance_value.contracts.problems import UserError
from alliance_value.study.resolve import resolve
from tests.bad_inputs.entries import ROOT

SCHEMA = ROOT / "workflow/schemas/study.schema.yaml"
SMALL = """
study: mine
title: Mine
sources: {firm_years: {file: a.csv, entity: firm, time: year}}
models: [{name: main, outcome: y, terms: [x]}]
"""
# what is written -> what the message must say
SHAPES = {
    "models: [{name: m, outcome: y, terms: hours}]": "write terms: [hours]",
    "models: [{name: m, outcome: [y], terms: [x]}]": "write outcome: y",
    "models: [{name: m, outcome: y, terms: {a: 1, b: 2}}]": "write terms: [a, b]",
    "models: {main: {outcome: y, terms: [x]}}": "models: [{name: main, outcome: y",
    "models: {name: main, outcome: y}": "write models: [{name: main, outcome: y}]",
    "models: main": "write models: [{name: main}]",
    "models: [{name: m, outcome: y, terms: [5]}]": 'write "5" in quotes',
    "variables: [{roa: {value: x}}, {size: {}}]": "variables: {roa: {value: x}, ",
    "words: firm": "words: {entity: person, entities",
    "words:": "words: there is nothing, not keys with values",
    "title: 5": 'write title: "5" in quotes',
    "title: yes": "true is true or false, not a text",
    "seed: '12'": "write seed: 12 without quotes",
    "inference: {confidence: '0,9'}": "write confidence: 0.9 without quotes",
    "event_study: {windows: [-1, 1]}": "write [-1, 1]",
    "sources: {firm_years: {file: 5, entity: f, time: t}}": "not a text or a list",
    "exhibits: {tables: {main: {models: [main]}}}": "tables: [{name: main, models: ",
}


@pytest.mark.parametrize("text", SHAPES)
def test_a_message_says_how_to_write_it(text):
    study = yaml.safe_load(SMALL) | yaml.safe_load(text)
    with pytest.raises(UserError) as caught:
        resolve(study, SCHEMA)
    assert SHAPES[text] in str(caught.value)
