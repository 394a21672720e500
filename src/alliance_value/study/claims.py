"""A file of published claims -> its entries, or everything that is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.study.characters import character_problems

NUMBERS = {"type": "object", "additionalProperties": {"type": "number"}}
KINDS = ("ratio_of_means", "capture", "slope", "result")
SCALES = ("points", "point", "elasticity", "point_of_mean", "sd_of_mean", "sd_of_sd")
SCHEMA = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": [
            "claim",
            "headline",
            "source",
            "published",
            "quantity",
            "readings",
        ],
        "properties": {
            "claim": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
            "headline": {"type": "string", "minLength": 1},
            "label": {"type": "string", "minLength": 1},
            "source": {"type": "string", "minLength": 1},
            "published": {"type": "number"},
            "neutral": {"type": "number"},
            "quantity": {
                "type": "object",
                "additionalProperties": False,
                "required": ["kind"],
                "properties": {
                    "kind": {"enum": list(KINDS)},
                    "of": {"type": "string"},
                    "model": {"type": "string"},
                    "weights": NUMBERS,
                    "numerator": NUMBERS,
                    "denominator": NUMBERS,
                    "table": {"type": "string"},
                    "where": {"type": "object", "minProperties": 1},
                    "value": {"type": "string"},
                },
            },
            "readings": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["name", "unit"],
                    "properties": {
                        "name": {"type": "string", "minLength": 1},
                        "unit": {"type": "string", "minLength": 1},
                        "scale": {"enum": list(SCALES)},
                        "published": {"type": "number"},
                    },
                },
            },
        },
    },
}
NEEDED = {
    "ratio_of_means": ("of", "numerator", "denominator"),
    "capture": (),
    "slope": ("of", "model", "weights"),
    "result": ("table", "where"),
}


def read_claims(path: str | Path) -> list[dict[str, Any]]:
    """Read a file of claims.

    Raises
    ------
    UserError
        The file is not there, is no YAML, or entries lack keys or have unknown ones;
        all at once.
    """
    file = Path(path)
    problems: list[Problem] = []
    claims: list[dict[str, Any]] = []
    try:
        claims = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        rule = str(error).split("\n", 1)[0]
        problems.append(Problem(rule, "correct the file or the key claims", str(file)))
        raise_if(problems, "the claims")
    checker = jsonschema.Draft202012Validator(SCHEMA)
    errors: list[Any] = sorted(checker.iter_errors(claims), key=lambda e: str(e.path))
    for breach in errors:
        where = f"{file}: {'.'.join(map(str, breach.absolute_path))}"
        remedy = "see config/claims.yaml for the form"
        problems.append(Problem(breach.message, remedy, where))
    problems += [
        replace(problem, where=f"{file}: {problem.where}")
        for problem in character_problems(claims, ())
    ]
    if not problems:
        problems += [
            Problem(
                f"a claim of kind {claim['quantity']['kind']} needs '{key}'",
                "add it under quantity",
                f"{file}: {claim['claim']}",
            )
            for claim in claims
            for key in NEEDED[claim["quantity"]["kind"]]
            if key not in claim["quantity"]
        ]
        problems += [
            Problem(
                "a reading of a slope needs 'scale'",
                f"one of {', '.join(SCALES)}",
                f"{file}: {claim['claim']}",
            )
            for claim in claims
            if claim["quantity"]["kind"] == "slope"
            and any("scale" not in reading for reading in claim["readings"])
        ]
    raise_if(problems, "the claims")
    return claims
