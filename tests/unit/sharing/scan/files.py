"""One table, or one secret, as a file of many formats."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import pickle
import tarfile
import zipfile

import docx
import pandas as pd
from PIL import Image
from PIL.PngImagePlugin import PngInfo


def written(write) -> bytes:
    """Return what a function writes into a binary stream."""
    stream = io.BytesIO()
    write(stream)
    return stream.getvalue()


def zipped(name: str, content: bytes) -> bytes:
    """Return an archive that holds one file."""

    def write(stream):
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)

    return written(write)


def tarred(name: str, content: bytes) -> bytes:
    """Return a compressed tar archive that holds one file."""

    def write(stream):
        with tarfile.open(fileobj=stream, mode="w:gz") as archive:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))

    return written(write)


def word(table: pd.DataFrame) -> bytes:
    """Return a document of Word with a table."""
    document = docx.Document()
    grid = document.add_table(len(table), len(table.columns))
    cells = iter(grid._cells)  # which one call of grid.cell makes anew
    for value in table.to_numpy(object).ravel():
        next(cells).text = str(value)
    return written(document.save)


def picture(note: str) -> bytes:
    """Return a PNG with a note in its text."""
    info = PngInfo()
    info.add_text("Comment", note)
    image = Image.new("RGB", (4, 4))
    return written(lambda stream: image.save(stream, "png", pnginfo=info))


def photograph(note: str) -> bytes:
    """Return a JPEG with a note in its EXIF data."""
    image = Image.new("RGB", (4, 4))
    exif = image.getexif()
    exif[0x010E] = note
    return written(lambda stream: image.save(stream, "jpeg", exif=exif))


def pdf(note: str) -> bytes:
    """Return a PDF whose one compressed stream draws a note."""
    import zlib

    stream = zlib.compress(f"BT ({note}) Tj ET".encode())
    return b"%PDF-1.4\n1 0 obj\nstream\n" + stream + b"\nendstream\n%%EOF"


def notebook(table: pd.DataFrame) -> bytes:
    """Return a notebook that shows a table."""
    shown = {
        "text/html": table.to_html().splitlines(keepends=True),
        "text/plain": table.to_string().splitlines(keepends=True),
    }
    return json.dumps({"cells": [{"outputs": [{"data": shown}]}]}).encode()


def as_formats(table: pd.DataFrame) -> dict[str, bytes]:
    """Return a table of numbers and texts in many formats, orders and layouts."""
    back = table[table.columns[::-1]]
    csv = table.to_csv(index=False).encode()
    return {
        "csv": csv,
        "columns backwards": back.to_csv(index=False, sep=";").encode(),
        "rows backwards": table[::-1].to_csv(index=False, sep="\t").encode(),
        "utf-16": csv.decode().encode("utf-16"),
        "exponents": table.to_csv(index=False, float_format="%.6E").encode(),
        "gzip": gzip.compress(csv),
        "bzip2": bz2.compress(csv),
        "xz": lzma.compress(csv),
        "zip": zipped("a/b.txt", csv),
        "tar": tarred("b.txt", csv),
        "gzip in zip": zipped("b.gz", gzip.compress(csv)),
        "Excel": written(lambda s: table.to_excel(s, index=False)),
        "Word": word(back),
        "Parquet": written(lambda s: back.to_parquet(s, index=False)),
        "Feather": written(table.to_feather),
        "single precision": written(
            lambda s: table.astype(
                {c: "float32" for c in table.select_dtypes("float64")}
            ).to_parquet(s)
        ),
        "JSON by row": table.to_json(orient="records").encode(),
        "JSON by column": table.to_json(orient="columns").encode(),
        "JSON lists": json.dumps(table.to_dict("list")).encode(),
        "JSON split": table.to_json(orient="split").encode(),
        "page": back.to_html(index=False).encode(),
        "page in page": f"<html><p>x</p>{table.to_html()}</html>".encode(),
        "aligned": back.to_string().encode(),
        "Markdown": "\n".join(
            f"| {' | '.join(map(str, row))} |" for row in table.to_numpy()
        ).encode(),
        "LaTeX": "\n".join(
            f"{' & '.join(map(str, row))} \\\\" for row in table.to_numpy()
        ).encode(),
        "Python": "\n".join(
            f"    {row}," for row in table.to_numpy().tolist()
        ).encode(),
        "notebook": notebook(table),
        "notebook with a file": json.dumps(
            {"data": base64.b64encode(gzip.compress(csv * 3)).decode()}
        ).encode(),
    }


def as_pickle(table: pd.DataFrame) -> bytes:
    """Return a notebook that holds a table as a pickled object."""
    text = base64.b64encode(pickle.dumps(table)).decode()
    return json.dumps({"outputs": [{"text/plain": [text]}]}).encode()


def hiding(note: str) -> dict[str, bytes]:
    """Return files of many kinds that each hold a note."""
    line = f"# {note}\n"
    return {
        ".env": line.encode(),
        "notes.md": line.encode(),
        "a.R": line.encode(),
        "a.do": f"* {note}\n".encode(),
        "a.ipynb": json.dumps({"cells": [{"source": [line]}]}).encode(),
        "a.json": json.dumps({"a": {"b": [note]}}).encode(),
        "a.svg": f"<svg><!-- {note} --><path d='M 0 0'/></svg>".encode(),
        "a.html": f"<html><script>x = '{note}'</script></html>".encode(),
        "a.xlsx": written(
            lambda s: pd.DataFrame({"a": [note]}).to_excel(s, index=False)
        ),
        "a.parquet": written(pd.DataFrame({"a": [note]}).to_parquet),
        "a.docx": word(pd.DataFrame({"a": [note]})),
        "a.csv.gz": gzip.compress(f"a,b\n1,{note}\n".encode()),
        "a.zip": zipped("inner.txt", line.encode()),
        "a.tar.gz": tarred("inner.txt", line.encode()),
        "a.png": picture(note),
        "a.jpg": photograph(note),
        "a.pdf": pdf(note),
        "a.txt in utf-16": line.encode("utf-16"),
    }
