"""Patterns of files in a study -> the files that are there, each by its own path."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from glob import has_magic
from pathlib import Path, PurePosixPath

from alliance_value.study.schema import Mapped

ENVIRONMENT = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def with_files_of_patterns(
    study: Mapped, environ: Mapping[str, str], planned: Collection[str] = ()
) -> Mapped:
    """Return a study that names each file of its patterns, in order of their names.

    Files are those that are there and ``planned``, which rules of the study write. A
    pattern that no file fits, or whose environment variable is not set, stays as it
    is; so does a path with the signs of a pattern that is there itself.
    """
    sources = {
        name: source | {"file": files_of(source["file"], environ, planned)}
        if "file" in source
        else source
        for name, source in study["sources"].items()
    }
    return study | {"sources": sources}


def files_of(
    written: str | list[str], environ: Mapping[str, str], planned: Collection[str]
) -> str | list[str]:
    """Return the paths of a source's files as the study would write them."""
    texts = [written] if isinstance(written, str) else written
    if not any(has_magic(text) for text in texts):
        return written
    paths = [path for text in texts for path in matching(text, environ, planned)]
    return list(dict.fromkeys(paths))


def matching(
    text: str, environ: Mapping[str, str], planned: Collection[str]
) -> list[str]:
    """Return the files that a pattern fits; itself where there is none."""
    names = ENVIRONMENT.findall(text)
    if not has_magic(text) or any(not environ.get(name) for name in names):
        return [text]
    path = ENVIRONMENT.sub(lambda m: environ[m[1]], text)
    if Path(path).exists():
        return [text]
    parts = Path(path).parts
    fixed = next(n for n, part in enumerate(parts) if has_magic(part))
    files = Path(*parts[:fixed]).glob(str(Path(*parts[fixed:])))
    matches = sorted(str(file) for file in files if file.is_file())
    folder = re.match(r"\$\{\w+\}", text)
    if folder and len(names) == 1:
        begin = len(environ[names[0]])
        matches = [folder[0] + file[begin:] for file in matches]
    depth = len(PurePosixPath(text).parts)
    matches += [
        name
        for name in planned
        if PurePosixPath(name).match(text) and len(PurePosixPath(name).parts) == depth
    ]
    return sorted({*matches}) or [text]
