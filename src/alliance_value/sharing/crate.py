"""Files of a package + what made them -> its RO-Crate metadata."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from rocrate.rocrate import ROCrate

from alliance_value.sharing.contents import Contents
from alliance_value.sharing.programs import programs

MIME = {
    **{".csv": "text/csv", ".html": "text/html", ".json": "application/json"},
    **{".md": "text/markdown", ".pdf": "application/pdf", ".png": "image/png"},
    **{".py": "text/x-python", ".svg": "image/svg+xml", ".tex": "application/x-tex"},
    **{".yaml": "application/yaml", ".txt": "text/plain"},
}


def crate(files: Mapping[str, bytes], contents: Contents) -> bytes:
    """Return RO-Crate metadata of a package.

    References
    ----------
    RO-Crate Metadata Specification 1.1 and later, researchobject.org/ro-crate.
    """
    package = ROCrate()
    root = package.root_dataset
    root["name"] = contents.study["title"]
    root["description"] = contents.study["description"] or contents.study["title"]
    root["datePublished"] = contents.date
    root["license"] = "See README.md: code MIT, data as stated per source"
    makers = programs(contents.provenance, files)
    for name in sorted(files):
        properties: dict[str, Any] = {
            "name": PurePosixPath(name).name,
            "contentSize": str(len(files[name])),
            "sha256": hashlib.sha256(files[name]).hexdigest(),
        }
        if mime := MIME.get(PurePosixPath(name).suffix):
            properties["encodingFormat"] = mime
        if name in makers:
            properties["isBasedOn"] = {"@id": makers[name].path}
        package.add_file(dest_path=name, properties=properties)
    graph = package.metadata.generate()
    graph["@graph"] = sorted(graph["@graph"], key=lambda entity: entity["@id"])
    return f"{json.dumps(graph, indent=1, sort_keys=True)}\n".encode()
