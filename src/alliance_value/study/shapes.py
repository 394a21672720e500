"""A part of the schema -> what is to be written there, in words and as an example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import jsonschema
import yaml

Schema = Mapping[str, Any]
WIDTH = 90  # of a value in a message, in characters
ONE = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "keys with values",
    "array": "a list",
    "null": "nothing",
}


def in_words(part: Schema, root: Schema) -> str:
    """Return what a key takes: a text, a list of texts, one of some words."""
    part = followed(part, root)
    if "anyOf" in part:
        return " or ".join(in_words(form, root) for form in part["anyOf"])
    if "enum" in part:
        return "one of " + ", ".join(f"`{scalar(word)}`" for word in part["enum"])
    if "const" in part:
        return f"`{scalar(part['const'])}`"
    kinds = part.get("type", "object")
    if isinstance(kinds, list):
        return " or ".join(ONE[kind] for kind in kinds)
    if kinds == "array":
        inner = in_words(part.get("items", {}), root)
        inner = inner if inner.startswith("one") else inner.removeprefix("a ") + "s"
        inner = {"keys with valuess": "items with keys"}.get(inner, inner)
        return f"a list of {inner}"
    if kinds == "object" and isinstance(part.get("additionalProperties"), Mapping):
        return f"names, each with {in_words(part['additionalProperties'], root)}"
    return ONE[kinds]


def example(part: Schema, root: Schema) -> Any:
    """Return a value that a part of the schema allows, its default where that says."""
    part = followed(part, root)
    for given in part.get("examples", []):
        return given
    default = part.get("default")
    if default not in (None, "", [], {}):
        return default
    if "anyOf" in part:
        return example(part["anyOf"][0], root)
    if "enum" in part:
        return part["enum"][0]
    if "const" in part:
        return part["const"]
    kinds = part.get("type", "object")
    match kinds if isinstance(kinds, str) else kinds[0]:
        case "array":
            return [example(part.get("items", {}), root)] * part.get("minItems", 1)
        case "object":
            return of_keys(part, root)
        case "integer":
            return part.get("minimum", 1)
        case "number":
            return part.get("minimum", 0.5)
        case "boolean":
            return True
    return "2014-12-31" if r"\d{4}" in part.get("pattern", "") else "name"


def of_keys(part: Schema, root: Schema) -> dict[str, Any]:
    """Return a mapping with the keys that must be there, or the first one."""
    properties = part.get("properties", {})
    names = part.get("required") or list(properties)[:1]
    if names:
        return {name: example(properties[name], root) for name in names}
    values = part.get("additionalProperties")
    return {"name": example(values, root) if isinstance(values, Mapping) else 1}


def followed(part: Schema, root: Schema) -> Schema:
    """Return a part with what its reference stands for; its own words go first."""
    while "$ref" in part:
        own = {key: value for key, value in part.items() if key != "$ref"}
        part = {**root["$defs"][part["$ref"].rsplit("/", 1)[-1]], **own}
    return part


def rule_and_remedy(error: jsonschema.ValidationError, root: Schema) -> tuple[str, str]:
    """Return what is wrong with a value of the wrong shape, and how to write it.

    Parameters
    ----------
    error
        Of ``type`` or ``anyOf``.
    root
        The schema.
    """
    value, part = error.instance, cast(Schema, error.schema)
    names = [place for place in error.absolute_path if isinstance(place, str)]
    inside = bool(error.absolute_path) and isinstance(error.absolute_path[-1], int)
    key = "" if inside or not names else f"{names[-1]}: "
    shown = clipped(scalar(value))
    rule = "there is nothing" if value is None else f"{shown} is {kind_of(value)}"
    wanted = in_words(part, root)
    return (
        f"{rule}, not {wanted}",
        f"write {key}{clipped(rewritten(value, part, root))}",
    )


def kind_of(value: Any) -> str:
    """Return what YAML takes a value for."""
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string"}
    kinds |= {list: "array", dict: "object"}
    return ONE[kinds.get(type(value), "string")]


def rewritten(value: Any, part: Schema, root: Schema) -> str:
    """Return a value in the shape that the schema asks for, as YAML."""
    if "anyOf" in part and "examples" not in part:
        forms = [followed(form, root) for form in part["anyOf"]]
        return " or ".join(scalar(example(form, root)) for form in forms)
    kinds = part.get("type")
    kinds = [kinds] if isinstance(kinds, str) else list(kinds or [])
    if value is None:
        return scalar(example(part, root))
    if "array" in kinds:
        items = followed(part.get("items", {}), root)
        with_name = "name" in items.get("properties", {})
        if isinstance(value, Mapping) and with_name:
            inside = [v if isinstance(v, Mapping) else {} for v in value.values()]
            named = [{"name": k, **v} for k, v in zip(value, inside, strict=True)]
            return scalar([value] if "name" in value else named)
        if isinstance(value, Mapping):
            return scalar([*value] if items.get("type") == "string" else [value])
        if part.get("minItems", 1) > 1:
            return scalar(example(part, root))
        return scalar([{"name": value} if with_name else value])
    if "object" in kinds:
        merged = value if isinstance(value, list) else []
        if merged and all(isinstance(inner, Mapping) for inner in merged):
            return scalar({k: v for inner in merged for k, v in inner.items()})
        return scalar(example(part, root))
    if "string" in kinds:
        if isinstance(value, list) and len(value) == 1:
            return scalar(str(value[0]))
        if not isinstance(value, list | Mapping):
            return f'"{scalar(value)}" in quotes'
    if {"integer", "number"} & {*kinds} and isinstance(value, str):
        bare = value.strip().replace(",", ".")
        if bare.replace(".", "", 1).lstrip("+-").isdigit():
            return f"{bare} without quotes"
    return scalar(example(part, root))


def clipped(text: str) -> str:
    """Return a text that fits a message."""
    return text if len(text) <= WIDTH else f"{text[:WIDTH]}..."


def scalar(value: Any) -> str:
    """Return a value as YAML writes it in one line."""
    text = yaml.safe_dump(
        value,
        default_flow_style=True,
        width=10**9,
        sort_keys=False,
        allow_unicode=True,
    )
    return text.removesuffix("\n").removesuffix("\n...").strip()
