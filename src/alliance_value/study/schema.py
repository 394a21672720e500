"""A study file + its JSON Schema -> problems in plain words, and defaults filled in."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from alliance_value.contracts.problems import Problem, nearest
from alliance_value.study.characters import character_problems, spell
from alliance_value.study.shapes import Schema, followed, rule_and_remedy
from alliance_value.vocabulary.collect import entries, readers_of
from alliance_value.vocabulary.entries import KINDS

Mapped = dict[str, Any]


def written_schema(path: str | Path) -> Mapped:
    """Return the schema of study files as its file has it; not to be changed."""
    return parsed(Path(path).read_text(encoding="utf-8"))


@cache
def parsed(text: str) -> Mapped:
    """Return a YAML text's content, by libyaml where it is: every job reads one."""
    content: Mapped = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return content


def with_layout(schema: Mapped) -> Mapped:
    """Return a schema in which definitions marked ``layout`` have the keys of files.

    Their own keys of the same name stand.
    """
    parts = dict(schema["$defs"])
    shared = parts.pop("layout")["properties"]
    for name, part in parts.items():
        if "layout" in part:
            own = {key: value for key, value in part.items() if key != "layout"}
            parts[name] = own | {"properties": {**shared, **own["properties"]}}
    return {**schema, "$defs": parts}


def with_vocabulary(schema: Any) -> Any:
    """Return a schema in which every ``vocabulary: KIND`` allows that kind's names.

    ``vocabulary: reader of SOURCE`` allows those of one source. Each name is described
    by its label, so that the schema says what is to be had.
    """
    if isinstance(schema, list):
        return [with_vocabulary(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: with_vocabulary(part) for key, part in schema.items()}
    if isinstance(kind := schema.pop("vocabulary", None), str):
        kind, _, source = kind.partition(" of ")
        known = readers_of(source) if source else entries(KINDS[kind])
        names = ", ".join(f"{name} ({entry.label})" for name, entry in known.items())
        schema["enum"] = list(known)
        schema["description"] = f"{schema['description'].rstrip('. ')}: {names}."
    return schema


def place(study: Mapping[str, Any], path: str) -> Any:
    """Return what stands at a place of a study, such as ``sources.segments``."""
    value: Any = study
    for key in path.split("."):
        value = (value or {}).get(key)
    return value


def schema_problems(study: Mapped, schema: Mapped) -> Iterator[Problem]:
    """Yield what the JSON Schema has against a study, in words."""
    yield from key_problems(study, ())
    yield from character_problems(study, ())
    for error in sorted(
        STRICT_NUMBERS(schema).iter_errors(study), key=lambda e: str(e.path)
    ):
        where = spell(error.absolute_path)
        if error.validator == "additionalProperties" and isinstance(
            error.instance, Mapping
        ):
            known = list(error.schema.get("properties", {}))
            for key in error.instance:
                if isinstance(key, str) and key not in known:
                    yield Problem(
                        rule=f"unknown key '{key}'",
                        remedy=nearest(str(key), known),
                        where=where,
                    )
        elif error.validator == "required":
            for key in error.validator_value:
                if key not in error.instance:
                    yield Problem(
                        rule=f"key '{key}' is missing",
                        remedy=describe(error.schema, key),
                        where=where,
                    )
        elif error.validator == "enum":
            yield Problem(
                rule=f"{error.instance!r} is not allowed",
                remedy=nearest(str(error.instance), map(str, error.validator_value)),
                where=where,
            )
        elif error.validator in ("type", "anyOf"):
            yield Problem(*rule_and_remedy(error, schema), where=where)
        else:
            remedy = error.schema.get("description") or "see docs/study-file.md"
            yield Problem(
                rule=plain(error), remedy=" ".join(remedy.split()), where=where
            )


def key_problems(value: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """Yield keys that YAML reads as a number, a truth value or nothing."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                yield Problem(
                    rule=f"YAML reads the key {str(key).lower()} as "
                    f"{'a truth value' if isinstance(key, bool) else 'no text'}",
                    remedy="put the key in quotes, or give it another name",
                    where=spell(path),
                )
            yield from key_problems(inner, (*path, str(key)))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from key_problems(inner, (*path, number))


def whole(_: Any, value: Any) -> bool:
    """Return whether a value is an integer: 1.0 and true are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def finite_number(_: Any, value: Any) -> bool:
    """Return whether a value is a number that has a size: .nan and .inf have none."""
    return whole(_, value) or (isinstance(value, float) and math.isfinite(value))


def whole_pattern(
    _: Any, pattern: str, value: Any, __: Any
) -> Iterator[jsonschema.ValidationError]:
    """Yield an error where a pattern does not fit a text to its last character.

    A dollar sign also fits before a line end, which no name may have.
    """
    if isinstance(value, str) and not re.fullmatch(pattern.removesuffix("$"), value):
        yield jsonschema.ValidationError(f"{value!r} does not match {pattern!r}")


STRICT_NUMBERS = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
    jsonschema.Draft202012Validator,
    validators={"pattern": whole_pattern},
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"integer": whole, "number": finite_number}
    ),
)


def plain(error: jsonschema.ValidationError) -> str:
    """Say a schema error in plain words."""
    value = repr(error.instance)
    value = value if len(value) <= 60 else value[:60] + "..."
    match error.validator:
        case "pattern":
            return f"{value} does not match {error.validator_value}"
        case "minItems":
            return "the list is empty"
        case _:
            return error.message


def describe(schema: Mapped, key: str) -> str:
    """Return the description of a missing key."""
    text = schema.get("properties", {}).get(key, {}).get("description", "add it")
    return " ".join(str(text).split())


def with_defaults(value: Any, schema: Schema, root: Schema | None = None) -> Any:
    """Return a valid study with the schema's defaults and in its order, depth first.

    The order in which a file gives its keys has no meaning.
    """
    root = root or schema
    schema = followed(schema, root)
    if isinstance(value, dict):
        declared = schema.get("properties", {})
        filled: Mapped = {}
        for key, sub in declared.items():
            target = followed(sub, root)
            given = value.get(key, deepcopy(sub.get("default", target.get("default"))))
            if key in value or given is not None:
                filled[key] = with_defaults(given, target, root)
        extra = schema.get("additionalProperties")
        for key, inner in value.items():
            if key in declared:
                continue
            filled[key] = (
                with_defaults(inner, extra, root) if isinstance(extra, dict) else inner
            )
        return filled
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [with_defaults(item, schema["items"], root) for item in value]
    return value
