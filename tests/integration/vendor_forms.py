"""Tables of text -> files as vendors and programs write them."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

CODES = {"gvkey", "cik", "cusip", "ncusip", "sich", "sic", "naicsh", "sics1", "fyear"}
CODES |= {"permno", "permco", "lpermno", "lpermco", "sid", "siccd", "Deal Number"}
CODES |= {"Primary SIC Code of Alliance", "alliance", "holder", "acquirer", "target"}
CODES |= {"security"}
WORDS = {"Percent Ownership by Participant", "Participant Primary SIC Code"}
EPOCHS = {"excel": "1899-12-30", "stata": "1960-01-01", "xport": "1960-01-01"}
ENDINGS = {"parquet": "parquet", "stata": "dta", "excel": "xlsx", "xport": "xpt"}


@dataclass(frozen=True)
class Form:
    """How one file is written.

    Parameters
    ----------
    container
        A delimiter, ``fixed``, ``parquet``, ``stata``, ``excel`` or ``xport``.
    packed
        ``gz``, ``zip`` or ``two.zip``, an archive of two files.
    day
        Format of days; ``typed`` or ``serial`` in files that store types.
    moment
        Format of moments of text files.
    decimal, encoding, missing
        Decimal mark, encoding, and what stands in empty cells.
    thousands
        Thousands separator.
    codes
        ``kept``, ``bare`` (without leading zeros), ``float`` (1004.0) or ``power``
        (bare, and 00765E104 as programs print the number, 7.65e+106).
    capitals
        Whether the header is in capitals.
    title, below
        Lines above and below the table.
    zone
        Zone of typed moments, by whose clock they are printed elsewhere.
    sheet
        Sheet of a workbook, behind another one.
    """

    container: str = ","
    packed: str = ""
    day: str = "%Y-%m-%d"
    moment: str = "%Y-%m-%d %H:%M"
    decimal: str = "."
    thousands: str = ""
    encoding: str = "utf-8"
    codes: str = "kept"
    missing: str = ""
    capitals: bool = False
    title: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    zone: str = ""
    sheet: str = ""

    @property
    def typed(self) -> bool:
        """Whether the file stores types."""
        return self.container in ENDINGS

    @property
    def ending(self) -> str:
        """The ending of the file's name."""
        own = ENDINGS.get(self.container, "txt")
        return f"{own}.{self.packed}" if self.packed else own


def write(table: pd.DataFrame, folder: Path, name: str, form: Form) -> Path:
    """Write a table of text, blank where missing, in a form."""
    columns = {c: written(table[c], c, form) for c in table.columns}
    out = pd.DataFrame(columns)
    if form.container in ("stata", "xport"):  # whose names are no words of theirs
        reserved = {"class": "_class"} if form.container == "stata" else {}
        out.columns = [reserved.get(c, c.replace("-", "")) for c in out.columns]
    if form.capitals:
        out.columns = [c.upper() for c in out.columns]
    half = len(out) // 2 if form.packed == "two.zip" else len(out)
    contents = [
        stored(part, form) if form.typed else printed(part, form)
        for part in (out[:half], out[half:])
        if len(part)
    ]
    content = contents[0]
    if form.packed == "gz":
        content = gzip.compress(content)
    if form.packed.endswith("zip"):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            for place, part in enumerate(contents):
                own = f"{place}/{name}.{ENDINGS.get(form.container, 'txt')}"
                archive.writestr(own, part)
        content = held.getvalue()
    path = folder / f"{name}.{form.ending}"
    path.write_bytes(content)
    return path


def written(cells: pd.Series, name: str, form: Form) -> pd.Series:
    """Return one column's cells as the form has them."""
    blank = cells.eq("")
    if is_days(cells):
        return days_written(cells, form)
    if name in CODES and name not in WORDS:
        return codes_written(cells, form)
    numeric = pd.to_numeric(cells.mask(blank), errors="coerce")
    if numeric[~blank].notna().all() and (~blank).any() and name not in WORDS:
        if form.typed:
            return numeric.astype("float64").fillna(float(form.missing or "nan"))
        whole = cells.str.extract(r"^(-?)(\d+)(.*)$")
        digits = whole[1].map(lambda n: f"{int(n):,}" if isinstance(n, str) else n)
        digits = digits.str.replace(",", form.thousands)
        rest = whole[2].str.replace(".", form.decimal)
        grouped = (whole[0] + digits + rest).fillna("")
        return grouped.mask(blank, form.missing)
    if form.container == "parquet":
        return cells.mask(blank, form.missing or None)
    return cells.mask(blank, "" if form.typed else form.missing)


def is_days(cells: pd.Series) -> bool:
    """Return whether a column holds ISO days or moments."""
    filled = cells[cells.ne("")]
    return bool(len(filled) and filled.str.match(r"\d{4}-\d\d-\d\d").all())


def days_written(cells: pd.Series, form: Form) -> pd.Series:
    """Return days or moments as the form has them."""
    stamps = pd.to_datetime(cells.mask(cells.eq(""))).astype("datetime64[ns]")
    if form.day == "typed":
        return stamps.dt.tz_localize(form.zone) if form.zone else stamps
    if form.day == "days" and stamps.dt.normalize().equals(stamps):
        return stamps.dt.date
    if form.day == "days":
        return stamps
    if form.day == "serial":
        since = stamps - pd.Timestamp(EPOCHS.get(form.container, "1960-01-01"))
        return since / pd.Timedelta(1, "D")
    late = stamps.dt.normalize().ne(stamps) & stamps.notna()
    text = stamps.dt.strftime(form.moment if late.any() else form.day)
    return text.mask(stamps.isna(), "" if form.typed else form.missing)


def codes_written(cells: pd.Series, form: Form) -> pd.Series:
    """Return identifiers as the form has them."""
    digits = cells.str.fullmatch(r"\d+")
    if form.codes == "kept":
        if form.container == "parquet":
            return cells.mask(cells.eq(""), None)
        return cells.mask(cells.eq(""), "" if form.typed else form.missing)
    if form.codes == "float" and form.typed and digits[cells.ne("")].all():
        return pd.to_numeric(cells.mask(cells.eq("")))
    bare = cells.str.lstrip("0").mask(~digits, cells)
    if form.codes == "power":
        power = cells.str.fullmatch(r"\d+E\d+") & cells.str.len().eq(9)
        bare = bare.mask(power, cells[power].map(lambda c: f"{float(c):g}"))
    if form.codes == "float":
        bare = (bare + ".0").where(digits, bare)
    return bare.mask(cells.eq(""), "" if form.typed else form.missing)


def printed(table: pd.DataFrame, form: Form) -> bytes:
    """Return a table of text as the bytes of a text file."""
    above, below = (
        "".join(f"{line}\n" for line in lines) for lines in (form.title, form.below)
    )
    if form.container == "fixed":
        widths = [max(len(n), *map(len, table[n])) + 2 for n in table]
        rows = [list(table.columns), *table.to_numpy().tolist()]
        lines = (
            "".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) for r in rows
        )
        text = "\n".join(lines) + "\n"
    else:
        text = table.to_csv(index=False, sep=form.container, lineterminator="\n")
    return (above + text + below).encode(form.encoding)


def stored(table: pd.DataFrame, form: Form) -> bytes:
    """Return a table as the bytes of a file that stores types."""
    held = io.BytesIO()
    if form.container == "parquet":
        table.to_parquet(held, index=False)
    elif form.container == "excel":
        with pd.ExcelWriter(held) as book:
            if form.sheet:
                pd.DataFrame({"about": ["export"]}).to_excel(book, sheet_name="About")
            table.to_excel(book, sheet_name=form.sheet or "Sheet1", index=False)
    elif form.container == "stata":
        dates = table.columns[[t.kind == "M" for t in table.dtypes]]
        table.to_stata(
            held,
            write_index=False,
            version=118,
            convert_dates={c: "tc" for c in dates},
        )
    else:
        held.write(transport(table))
    return held.getvalue()


def transport(table: pd.DataFrame) -> bytes:
    """Return a SAS transport file, version 5: names of 8 characters, IBM's floats."""
    numeric = [pd.api.types.is_numeric_dtype(t) for t in table.dtypes]
    widths = [
        8 if n else max(1, *table[c].str.encode("latin-1").str.len())
        for c, n in zip(table.columns, numeric, strict=True)
    ]

    def header(kind: str, numbers: str = "0" * 30) -> bytes:
        words = f"HEADER RECORD*******{kind:<8}HEADER RECORD!!!!!!!{numbers}"
        return words.ljust(80).encode()

    stamp = b"01JAN16:00:00:00"
    out = header("LIBRARY")
    out += b"SAS     SAS     SASLIB  9.4     LINUX".ljust(64) + stamp
    out += stamp.ljust(80)
    out += header("MEMBER", "000000000000000001600000000140")
    out += header("DSCRPTR")
    out += b"SAS     TABLE   SASDATA 9.4     LINUX".ljust(64) + stamp
    out += stamp.ljust(80)
    out += header("NAMESTR", f"000000{len(widths):04d}00000000000000000000")
    place, heads = 0, b""
    for number, (name, wide) in enumerate(zip(table.columns, widths, strict=True), 1):
        kind = 1 if numeric[number - 1] else 2
        heads += struct.pack(">hhhh", kind, 0, wide, number)
        heads += name.encode().ljust(8) + b" " * 40
        heads += b" " * 8 + struct.pack(">hhh2s", 0, 0, 0, b"\0\0")
        heads += b" " * 8 + struct.pack(">hhl", 0, 0, place) + b"\0" * 52
        place += wide
    out += heads.ljust(-(-len(heads) // 80) * 80)
    out += header("OBS")
    body = b"".join(
        ibm(value) if isinstance(value, float) else value.encode("latin-1").ljust(wide)
        for row in table.astype({c: "float64" for c in table.columns[numeric]})
        .astype(object)
        .to_numpy()
        .tolist()
        for value, wide in zip(row, widths, strict=True)
    )
    return out + body.ljust(-(-len(body) // 80) * 80)


def ibm(value: float) -> bytes:
    """Return a number in IBM's hexadecimal floating point; a missing one is a dot."""
    if value != value:
        return b".".ljust(8, b"\0")
    if value == 0:
        return bytes(8)
    sign, value, power = (128 if value < 0 else 0), abs(value), 64
    while value >= 1:
        value, power = value / 16, power + 1
    while value < 1 / 16:
        value, power = value * 16, power - 1
    return struct.pack(">B", sign | power) + int(value * 2**56).to_bytes(7, "big")
