"""Files of a package <-> the ZIP archive that holds them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from alliance_value.contracts.problems import Problem, UserError, raise_if

EPOCH = (1980, 1, 1, 0, 0, 0)
SUMS = "SHA256SUMS"


def archive(files: Mapping[str, bytes], folder: str) -> bytes:
    """Return a ZIP archive, the same bytes for the same files: sorted, no times.

    Raises
    ------
    UserError
        A file would leave the archive's folder when it is unpacked.
    """
    raise_if(
        [
            Problem(
                rule="the file lies outside of the checkout",
                remedy="copy it into the checkout, and name that in the study file",
                where=name,
            )
            for name in sorted(files)
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts
        ],
        "the package",
    )
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=6) as package:
        for name in sorted(files):
            entry = ZipInfo(f"{folder}/{name}", EPOCH)
            entry.compress_type = ZIP_DEFLATED
            mode = 0o755 if name.endswith(".sh") else 0o644
            entry.external_attr = mode << 16
            entry.create_system = 3
            package.writestr(entry, files[name])
    return stream.getvalue()


def hashes(files: Mapping[str, bytes]) -> bytes:
    """Return the SHA-256 of each file, as sha256sum --check reads it."""
    lines = [f"{hashlib.sha256(files[n]).hexdigest()}  {n}" for n in sorted(files)]
    return ("\n".join(lines) + "\n").encode()


def unpacked(content: bytes, path: str) -> dict[str, bytes]:
    """Return the files of a package, by their paths below its folder.

    Parameters
    ----------
    content, path
        The archive and its name, for messages.

    Raises
    ------
    UserError
        It is no ZIP archive, is damaged, or is no replication package of this program.
    """
    remedy = "name the .zip that 'make package' wrote for the earlier round"
    subject = "the older package"
    try:
        with ZipFile(BytesIO(content)) as opened:
            names = [info for info in opened.infolist() if not info.is_dir()]
            files = {info.filename: opened.read(info) for info in names}
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as bad:
        kind = "is damaged" if content[:2] == b"PK" else "is no ZIP archive"
        raise UserError([Problem(f"the file {kind}", remedy, path)], subject) from bad
    sums = sorted((n for n in files if n.split("/")[-1] == SUMS), key=len)
    if not sums:
        rule = f"the archive is no replication package: it has no {SUMS}"
        raise UserError([Problem(rule, remedy, path)], subject)
    folder = sums[0].removesuffix(SUMS)
    inside = {
        n.removeprefix(folder): c for n, c in files.items() if n.startswith(folder)
    }
    lines = inside.pop(SUMS).decode("utf-8", "replace").splitlines()
    listed = {name: digest for digest, _, name in (x.partition("  ") for x in lines)}
    raise_if(
        [
            Problem(f"the file in it is not what its {SUMS} says", remedy, name)
            for name, digest in listed.items()
            if hashlib.sha256(inside.get(name, b"")).hexdigest() != digest
        ],
        f"{subject} {path}",
    )
    return {name: inside[name] for name in listed}
