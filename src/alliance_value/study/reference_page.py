"""The schema of study files -> the page on every key, and the schema for editors.

    python -m alliance_value.study.reference_page

writes docs/study-file.md and config/study.schema.json; neither is edited by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from alliance_value.study.schema import with_layout, with_vocabulary
from alliance_value.study.shapes import Schema, example, followed, in_words, scalar

WRITTEN = Path("workflow/schemas/study.schema.yaml")
PAGE, EDITORS = Path("docs/study-file.md"), Path("config/study.schema.json")
# pages whose studies, and study files that, show keys in use
SHOWN = ("config/*.yaml", "config/README.md", "docs/event-study.md", "docs/wrds.md")
BLOCK = re.compile(r"```yaml\n(.*?)```", re.S)
LONGEST = 70
HEAD = """\
# Study file: every key

Written by `python -m alliance_value.study.reference_page` from
`workflow/schemas/study.schema.yaml`, which checks study files; how keys work together
stands in [config/README.md](../config/README.md). Editors complete and check a study
file that begins with

```yaml
# yaml-language-server: $schema=study.schema.json
```

beside [`config/study.schema.json`](../config/study.schema.json), as `make new` writes
it. Bold keys must be there. `[]` stands for each item of a list, `<name>` for a name
that you give.
"""


def editors_schema(written: Schema) -> str:
    """Return the schema that editors read, as JSON."""
    schema = with_vocabulary(with_layout(dict(written)))
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def reference_page(written: Schema, studies: Iterable[Mapping[str, Any]]) -> str:
    """Return the page: for each key its type, default, an example and its words.

    Parameters
    ----------
    written
        The schema as it is written, with the keys of every source apart.
    studies
        Studies, or parts of them, from which examples are taken.
    """
    schema = with_vocabulary(dict(written))
    used: dict[str, Any] = {}
    for study in studies:
        for path, value in values_of(study, schema, schema, ""):
            used.setdefault(path, value)
    lines = [HEAD]
    layout = {"type": "object", **schema["$defs"]["layout"]}
    for name, part in schema["properties"].items():
        lines += [
            "",
            f"## `{name}`",
            "",
            *table({name: part}, schema, "", used, [name]),
        ]
        if name == "sources":
            lines += ["", "### Keys of every source with files", ""]
            lines += table(layout["properties"], schema, "sources.*", used, [])
    return "\n".join(lines).rstrip() + "\n"


def table(
    keys: Mapping[str, Schema],
    schema: Schema,
    place: str,
    used: Mapping[str, Any],
    required: Iterable[str],
) -> list[str]:
    """Return the rows of keys and of all below them."""
    lines = ["| key | takes | default | example | |", "|---|---|---|---|---|"]
    must = {*schema["required"]} & {*required}
    for path, part, needed in parts_of(keys, schema, place, must):
        shown = path.removeprefix("sources.*.")
        plain = followed(part, schema)
        name = f"**`{shown}`**" if needed else f"`{shown}`"
        default = plain.get("default", "")
        fallback = f"`{scalar(default)}`" if default not in ("", [], {}, None) else ""
        words = " ".join(str(plain.get("description", "")).split())
        words += " And the keys of every source." if plain.get("layout") else ""
        cells = (
            name,
            in_words(plain, schema),
            fallback,
            shown_as(path, part, schema, used),
        )
        lines.append("| " + " | ".join(map(cell, (*cells, words))) + " |")
    return lines


def shown_as(path: str, part: Schema, schema: Schema, used: Mapping[str, Any]) -> str:
    """Return an example of a key: from a study, if it is short, else made."""
    value = used.get(path, example(part, schema))
    text = scalar(value)
    if len(text) > LONGEST:
        text = scalar(example(part, schema))
    return f"`{path.rpartition('.')[2].removesuffix('[]')}: {text}`"


def cell(text: str) -> str:
    """Return a text for a cell of a table of Markdown."""
    return text.replace("|", "\\|")


def parts_of(
    keys: Mapping[str, Schema], schema: Schema, place: str, must: Iterable[str]
) -> Iterator[tuple[str, Schema, bool]]:
    """Yield path, schema and whether it must be there, of keys and those below."""
    for name, part in keys.items():
        path = f"{place}.{name}" if place else name
        yield path, part, name in {*must}
        yield from below(path, followed(part, schema), schema)


def below(
    path: str, part: Schema, schema: Schema
) -> Iterator[tuple[str, Schema, bool]]:
    """Yield the keys below a part: its own, its items', its names'."""
    for form in part.get("anyOf", []):
        form = followed(form, schema)
        if form.get("type") == "object":
            yield from below(path, form, schema)
    must = part.get("required", [])
    yield from parts_of(part.get("properties", {}), schema, path, must)
    for key, mark in (("items", "[]"), ("additionalProperties", ".<name>")):
        if isinstance(inner := part.get(key), Mapping):
            yield from below(path + mark, followed(inner, schema), schema)


def values_of(
    value: Any, part: Schema, schema: Schema, path: str
) -> Iterator[tuple[str, Any]]:
    """Yield the path of each key that a study gives, and its value."""
    part = followed(part, schema)
    known = part.get("properties", {})
    if isinstance(value, Mapping):
        shared = schema["$defs"]["layout"]["properties"] if "layout" in part else {}
        for key, inner in value.items():
            if key in known:
                place = f"{path}.{key}" if path else key
                yield place, inner
                yield from values_of(inner, known[key], schema, place)
            elif key in shared:
                yield f"sources.*.{key}", inner
            elif isinstance(extra := part.get("additionalProperties"), Mapping):
                yield from values_of(inner, extra, schema, f"{path}.<name>")
    elif isinstance(value, list) and isinstance(part.get("items"), Mapping):
        for inner in value:
            yield from values_of(inner, part["items"], schema, f"{path}[]")


def studies_of(text: str, page: bool) -> Iterator[Mapping[str, Any]]:
    """Yield the studies of a file, or of the blocks of a page that are parts of one."""
    for block in BLOCK.findall(text) if page else [text]:
        try:
            read = yaml.safe_load(block)
        except yaml.YAMLError:
            continue
        if isinstance(read, Mapping):
            yield read


def shown_studies(root: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the studies of a checkout that show keys in use."""
    for pattern in SHOWN:
        for path in sorted(root.glob(pattern)):
            text = path.read_text(encoding="utf-8")
            yield from studies_of(text, path.suffix == ".md")


def main(root: Path = Path()) -> dict[Path, str]:
    """Return what stands in both files."""
    schema = yaml.safe_load((root / WRITTEN).read_text(encoding="utf-8"))
    page = reference_page(schema, shown_studies(root))
    return {root / PAGE: page, root / EDITORS: editors_schema(schema)}


if __name__ == "__main__":
    for path, text in main().items():
        path.write_text(text, encoding="utf-8")
