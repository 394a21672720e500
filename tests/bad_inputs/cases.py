"""The corpus: files and study files with something wrong in them.

What each ends in stands in expected.yaml under the case's id.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

Content = bytes | str | Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """One bad input: how it is read, what is wrong, its files and settings."""

    id: str
    wrong: str
    entry: str
    files: Mapping[str, Content]
    settings: Mapping[str, Any] = field(default_factory=dict)


GOOD = "firm,year,x\nA,2001,1\nA,2002,2\nB,2001,3\n"


def panel(id: str, wrong: str, *lines: str, whole: str = "", **settings: Any) -> Case:
    """Return a case of a table of firm, year and x."""
    text = whole or "\n".join(["firm,year,x", "A,2001,1", *lines]) + "\n"
    return Case(id, wrong, "firm_years", {"a.csv": text}, settings)


def file(
    id: str, wrong: str, content: Content, name: str = "a.csv", **settings: Any
) -> Case:
    """Return a case of a whole file for a table of firm, year and x."""
    return Case(id, wrong, "firm_years", {name: content}, settings)


def zipped(text: str) -> bytes:
    """Return a zip archive with one file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.csv"), text)
    return stream.getvalue()


def archive(*names: str) -> bytes:
    """Return a zip archive with files of these names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name in names:
            packed.writestr(zipfile.ZipInfo(name), GOOD)
    return stream.getvalue()


def workbook(fill: Callable[[Any], None]) -> Callable[[Path], None]:
    """Return a writer of an Excel workbook."""

    def write(path: Path) -> None:
        from openpyxl import Workbook

        book = Workbook()
        fill(book)
        book.save(path)

    return write


def rows(*lines: tuple[Any, ...]) -> Callable[[Any], None]:
    """Return what fills a workbook's first sheet with rows."""

    def fill(book: Any) -> None:
        for line in lines:
            book.active.append(line)

    return fill


def two_sheets(book: Any) -> None:
    """Put a title, a good table and a sheet of notes into a workbook."""
    rows(("Panel of firms",), (), ("firm", "year", "x"), ("A", 2001, 1))(book)
    book.create_sheet("notes").append(["ask the coders"])


def merged(book: Any) -> None:
    """Merge two cells of a header."""
    rows(("firm", "year", "x", None), ("A", 2001, 1, 2))(book)
    book.active.merge_cells("C1:D1")


def parquet(table: pd.DataFrame) -> Callable[[Path], None]:
    """Return a writer of a Parquet file."""
    return lambda path: table.to_parquet(path, index=False)


def damaged_parquet(path: Path) -> None:
    """Write the first half of a Parquet file."""
    pd.DataFrame({"firm": ["A"], "year": [2001], "x": [1.0]}).to_parquet(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def damaged_stata(path: Path) -> None:
    """Write the first half of a Stata file."""
    frame = pd.DataFrame({"firm": ["A"] * 50, "year": [2001] * 50, "x": [1.0] * 50})
    frame.to_stata(path, write_index=False)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


WIDE_HEAD = ",".join(f"c{n}" for n in range(3000))
WIDE_ROW = ",".join("1" for _ in range(3000))
PACKED = gzip.compress(GOOD.encode() * 50, mtime=0)

FILES = [
    file("gzip-truncated", "a truncated gzip file", PACKED[:-20], "a.csv.gz"),
    file(
        "gzip-named-csv",
        "a gzip file without .gz in its name",
        PACKED[:0] + gzip.compress(GOOD.encode(), mtime=0),
    ),
    file("archive-of-two", "an archive of two tables", archive("a.csv", "b.csv")),
    file("opendocument", "an OpenDocument sheet", archive("content.xml"), "a.ods"),
    file(
        "lines-around",
        "a title above the table and a note below",
        "Panel of firms\n\nfirm,year,x\nA,2001,1\nB,2001,2\n\nSource: filings\n",
    ),
    file(
        "fixed-width",
        "columns of fixed width, with a comma in a name",
        "firm          year  x\nA, Inc.       2001  1\nB             2001  2\n",
    ),
    file("empty", "an empty file", b""),
    file("blank", "a file of blanks and line ends", b" \n\n \n"),
    file("header-only", "a header and no rows", "firm,year,x\n"),
    file("no-header", "no header: the first row is data", "A,2001,1\nA,2002,2\n"),
    file("delimiter-unknown", "cells between tildes", GOOD.replace(",", "~")),
    file(
        "delimiter-wrong", "a study that names the wrong delimiter", GOOD, delimiter=";"
    ),
    file(
        "semicolons",
        "semicolons and decimal commas",
        "firm;year;x\nA;2001;1,5\n",
        decimal=",",
    ),
    file(
        "latin-1-in-utf-8",
        "two encodings in one file",
        "firm,year,x\nSociété,2001,1\n".encode() + "Börse,2001,2\n".encode("latin-1"),
    ),
    file(
        "cp1252",
        "a file in the Western code page",
        "firm,year,x\nSociété,2001,1\n".encode("cp1252"),
    ),
    file(
        "bytes-undecodable",
        "bytes that no encoding of text knows",
        b"firm,year,x\nA\x81,2001,1\n",
    ),
    file(
        "encoding-wrong",
        "a study that names the wrong encoding",
        "firm,year,x\nSociété,2001,1\n".encode("cp1252"),
        encoding="ascii",
    ),
    file("bom", "a byte order mark before the header", b"\xef\xbb\xbf" + GOOD.encode()),
    file("utf-16", "UTF-16 with a byte order mark", GOOD.encode("utf-16")),
    file("utf-16-bare", "UTF-16 without a byte order mark", GOOD.encode("utf-16-le")),
    file(
        "nul-bytes", "NUL bytes in a row", b"firm,year,x\nA,2001,1\nA,20\x00\x0002,2\n"
    ),
    file(
        "header-repeated",
        "downloads put together, each with its header",
        GOOD + "firm,year,x\nB,2002,4\nfirm,year,x\nB,2003,5\n",
    ),
    file(
        "columns-same-name", "two columns with one name", "firm,year,x,x\nA,2001,1,2\n"
    ),
    file(
        "columns-swapped",
        "names of firm and year swapped",
        "year,firm,x\nA,2001,1\nB,2001,2\n",
    ),
    file(
        "column-missing",
        "a column missing, its name misspelt",
        "firm,yaer,x\nA,2001,1\n",
    ),
    file(
        "columns-many",
        "3,000 columns",
        f"firm,year,x,{WIDE_HEAD}\nA,2001,1,{WIDE_ROW}\n",
    ),
    file(
        "cell-wide",
        "a cell of 3 million letters",
        f'firm,year,x\nA,2001,1\nB,2001,"{"y" * 3_000_000}"\n',
    ),
    file(
        "rows-ragged",
        "rows with too many and too few cells",
        "firm,year,x\nA,2001,1,9\nA,2002\nB,2001,3\n",
    ),
    file(
        "quote-open",
        "a quotation mark that never closes",
        'firm,year,x\nA,2001,1\n"B,2001,2\nC,2001,3\n',
    ),
    file(
        "line-end-in-cell",
        "line ends within quoted cells",
        'firm,year,x\n"A\nInc",2001,1\nB,2001,oops\n',
    ),
    file("line-ends-cr", "line ends of old Macintosh files", GOOD.replace("\n", "\r")),
    file(
        "parquet-wrong-type",
        "a Parquet file with text for numbers",
        parquet(
            pd.DataFrame({"firm": ["A", "B"], "year": [2001, 2001], "x": ["1", "one"]})
        ),
        "a.parquet",
    ),
    file("parquet-truncated", "a truncated Parquet file", damaged_parquet, "a.parquet"),
    file("stata-corrupt", "a truncated Stata file", damaged_stata, "a.dta"),
    file(
        "xlsx-named-csv",
        "an Excel workbook named .csv",
        workbook(rows(("firm", "year", "x"), ("A", 2001, 1))),
    ),
    file("zip", "a zip archive named .csv", zipped(GOOD)),
    file("csv-named-xlsx", "a CSV file named .xlsx", GOOD, "a.xlsx"),
    file(
        "parquet-named-csv",
        "a Parquet file named .csv",
        parquet(pd.DataFrame({"firm": ["A"], "year": [2001], "x": [1.0]})),
    ),
    file(
        "web-page",
        "the log-in page instead of the table",
        "<!DOCTYPE html>\n<html><body>Log in</body></html>\n",
    ),
    file("json", "records as JSON instead of a table", '[{"firm": "A", "year": 2001}]'),
    file("folder", "a folder instead of a file", lambda path: path.mkdir()),
    file(
        "link-loop",
        "a symbolic link to itself",
        lambda path: path.symlink_to(path.name),
    ),
    Case(
        "several-files-bad",
        "three bad files of one source",
        "firm_years",
        {
            "a.csv": "",
            "b.csv": 'firm,year,x\n"A,2001,1\n',
            "c.csv.gz": PACKED[:30],
            "d.csv": GOOD,
        },
    ),
    file(
        "excel-sheets-title",
        "a workbook with a title and a second sheet",
        workbook(two_sheets),
        "a.xlsx",
    ),
    file(
        "excel-merged-header",
        "merged cells in a workbook's header",
        workbook(merged),
        "a.xlsx",
    ),
    file(
        "excel-errors",
        "#REF! and #N/A in a workbook",
        workbook(
            rows(("firm", "year", "x"), ("A", 2001, "#REF!"), ("B", 2001, "#N/A"))
        ),
        "a.xlsx",
    ),
    file(
        "excel-error-is-missing",
        "#N/A in a workbook, listed under missing",
        workbook(rows(("firm", "year", "x"), ("A", 2001, 1), ("B", 2001, "#N/A"))),
        "a.xlsx",
        missing=["#N/A"],
    ),
    file(
        "excel-formulas",
        "formulas that Excel never computed",
        workbook(rows(("firm", "year", "x"), ("A", 2001, "=1+1"))),
        "a.xlsx",
    ),
    file(
        "excel-empty",
        "a workbook with nothing in its first sheet",
        workbook(rows()),
        "a.xlsx",
    ),
]

CELLS = [
    panel(
        "numbers-written-otherwise",
        "thousands, currency, percent, brackets, European decimals",
        'B,2001,"1,234"',
        "C,2001,$5",
        "D,2001,7%",
        "E,2001,(8)",
        'F,2001,"9,5"',
        "G,2001,1.234.567",
    ),
    panel(
        "times-mostly-unread",
        "quarters as parts of a year",
        "A,2001.25,2",
        "A,2001.5,3",
        "A,2001.75,4",
    ),
    panel(
        "numbers-not-finite",
        "NaN, inf and 1e400",
        "B,2001,NaN",
        "C,2001,inf",
        "D,2001,1e400",
        "E,2001,-Infinity",
    ),
    panel(
        "numbers-not-finite-missing",
        "NaN, inf and 1e400 where invalid: missing",
        "B,2001,NaN",
        "C,2001,inf",
        "D,2001,1e400",
        invalid="missing",
    ),
    panel(
        "text-in-numbers",
        "words in a column of numbers",
        "B,2001,n/a",
        "C,2001,see note 3",
    ),
    panel(
        "text-column", "a column of words", *[f"B,{y},steel" for y in range(2001, 2007)]
    ),
    panel(
        "dates-of-periods-unclear",
        "the end of the period as 03/04/2001, with the month or the day first",
        whole="firm,year,x,end\nA,2001,1,03/04/2001\nA,2002,1,05/04/2002\n",
        period_end="end",
    ),
    panel(
        "quarters-as-numbers",
        "quarters written 20014",
        whole="firm,year,x\nA,20014,1\nA,20021,2\n",
    ),
    panel(
        "thousands-groups",
        "thousands in groups of two",
        'B,2001,"1,23"',
        'C,2001,"1,234"',
        thousands=",",
    ),
    panel(
        "years-absurd",
        "years 1215 and 20044 among years",
        "B,1215,2",
        "C,20044,3",
        "D,2002,4",
        "D,2003,5",
        "D,2004,6",
    ),
    panel(
        "years-unreadable",
        "years that are text",
        "B,FY2001,2",
        "C,,3",
        "D,2001.5,4",
        "D,2002,4",
        "D,2003,5",
    ),
    panel(
        "years-unreadable-stop",
        "years that are text, where missing_key: stop",
        "B,FY2001,2",
        "C,,3",
        missing_key="stop",
    ),
    panel("firm-missing", "a row without firm", ",2001,2"),
    panel(
        "firm-scientific",
        "firm codes that a spreadsheet made numbers of",
        "1.23E+05,2001,2",
        "1.23E+05,2002,3",
    ),
    panel(
        "keys-repeated",
        "firm-years that repeat, alike and not",
        "A,2001,1",
        "B,2001,2",
        "B,2001,3",
    ),
    panel(
        "keys-repeated-first",
        "firm-years that repeat, where duplicates: first",
        "A,2001,1",
        "B,2001,2",
        "B,2001,3",
        duplicates="first",
    ),
    panel(
        "keys-repeated-sum",
        "firm-years that repeat, where duplicates: sum",
        "A,2001,1",
        "B,2001,2",
        "B,2001,3",
        duplicates="sum",
    ),
    panel(
        "keys-repeated-keep",
        "firm-years that repeat, where duplicates: keep",
        "A,2001,1",
        "B,2001,2",
        "B,2001,3",
        duplicates="keep",
    ),
]

COMP = "gvkey,datadate,fyear,indfmt,datafmt,popsrc,consol,at,sale,sich,sic\n"


def compustat(id: str, wrong: str, *lines: str) -> Case:
    """Return a case of Compustat's annual file; at and sale are read."""
    head = COMP + "001000,2001-12-31,2001,INDL,STD,D,C,100,50,2834,2834\n"
    settings = {"reader": "compustat", "needs": ["at", "sale"]}
    text = head + "\n".join(lines) + "\n"
    return Case(id, wrong, "firm_years", {"comp.csv": text}, settings)


REST = "INDL,STD,D,C"
STATEMENTS = [
    compustat(
        "gvkey-zeros-lost",
        "leading zeros of gvkey lost",
        f"1000,2002-12-31,2002,{REST},110,55,2834,2834",
    ),
    compustat(
        "assets-negative",
        "negative assets and zero sales",
        f"001001,2001-12-31,2001,{REST},-5,50,2834,2834",
        f"001002,2001-12-31,2001,{REST},5,0,2834,2834",
    ),
    compustat(
        "dates-three-formats",
        "period ends in three formats",
        f"001001,20011231,2001,{REST},1,1,2834,2834",
        f"001002,12/31/2001,2001,{REST},2,2,2834,2834",
        f"001003,31DEC2001,2001,{REST},3,3,2834,2834",
    ),
    compustat(
        "year-1215",
        "a fiscal year of 1215",
        f"001001,2001-12-31,1215,{REST},1,1,2834,2834",
    ),
    compustat(
        "codes-for-missing",
        "letters for missing values, thousands separators",
        f'001001,2001-12-31,2001,{REST},C,"1,234",2834,2834',
    ),
    compustat(
        "other-keyset",
        "restated and financial-services rows",
        "001000,2001-12-31,2001,FS,STD,D,C,90,40,2834,2834",
        "001000,2001-12-31,2001,INDL,SUMM_STD,D,C,90,40,2834,2834",
    ),
    compustat(
        "rows-identical",
        "rows that repeat, alike and less filled",
        f"001000,2001-12-31,2001,{REST},100,50,2834,2834",
        f"001000,2001-12-31,2001,{REST},100,,2834,2834",
    ),
    compustat(
        "closed-twice",
        "two closings of one fiscal year",
        f"001000,2001-09-30,2001,{REST},80,40,2834,2834",
    ),
    Case(
        "compustat-global",
        "an export of Compustat Global, of which no keyset is told",
        "firm_years",
        {"comp.csv": COMP + "001000,2001-12-31,2001,INDL,HIST_STD,I,C,9,5,2834,2834\n"},
        {"reader": "compustat", "needs": ["at", "sale"]},
    ),
    Case(
        "compustat-columns",
        "no datadate, gvkey misspelt",
        "firm_years",
        {"comp.csv": "gvkye,fyear,at,sale\n1,2001,1,1\n"},
        {"reader": "compustat", "needs": ["at", "sale"]},
    ),
    Case(
        "compustat-european",
        "decimal commas in Compustat's file",
        "firm_years",
        {
            "comp.csv": COMP.replace(",", ";")
            + "001000;2001-12-31;2001;INDL;STD;D;C;12,345;50,5;2834;2834\n"
        },
        {"reader": "compustat", "needs": ["at", "sale"], "decimal": ","},
    ),
]

SDC = (
    "Deal Number,Alliance Date Announced,Date Effective,Date Alliance Terminated,"
    "Status,Participants in Venture / Alliance (Short Name),Participant CUSIP,"
    "Participant Ultimate Parent CUSIP,Marketing Flag\n"
)
TWO = '"Alpha\nBeta","012345\nABCDEF","012345\nABCDEF"'
GOOD_DEAL = f"1,01/15/2004,,,Completed/Signed,{TWO},Y\n"


def deal(id: str, wrong: str, *lines: str) -> Case:
    """Return a case of a download of alliances whose first deal is good."""
    text = SDC + GOOD_DEAL + "".join(f"{line}\n" for line in lines)
    return Case(id, wrong, "deals", {"sdc.csv": text})


GAMMA = '"Gamma\nDelta","111111\n222222","111111\n222222"'
NINE = [
    '"' + "\n".join(f"{prefix}{n}" for n in range(1, 10)) + '"'
    for prefix in ("Firm ", "00000", "00000")
]
FIXED = """\
Joint Ventures & Alliances

Deal Number  Alliance Date  Status            Participants in Venture / Alliance  Participant
             Announced                        (Short Name)                        CUSIP
-----------  -------------  ----------------  ----------------------------------  -----------
100          01/15/04       Completed/Signed  Alpha Corp                          012345
                                              Beta Inc                            ABCDEF
\fJoint Ventures & Alliances   Page 2
"""
FLAT = """\
SDC Platinum

Deal Number  Alliance Date Announced  Status            Participants in Venture / Alliance (Short Name)  Participant CUSIP
100          01/15/04                 Completed/Signed  Alpha Corp                                       012345
                                                        Beta Inc                                         ABCDEF
\fSDC Platinum  Page 2
Deal Number  Alliance Date Announced  Status            Participants in Venture / Alliance (Short Name)  Participant CUSIP
200          02/20/05                 Pending           Gamma Co                                         111111
                                                        Delta Co                                         222222
Session Details
Request  Hits
1        2
"""
LSEG = """\
Instrument,TR.JVSDCDealNumber,TR.JVDateAnnounced,TR.JVStatus,TR.JVIsAMarketingAgreement,TR.JVParticipantShortName,TR.JVParticipantSDCCusip
AAA.N,100,2004-01-15,C,True,Alpha Corp,012345
AAA.N,100,2004-01-15,C,True,Beta Inc,ABCDEF
AAA.N,200,2005-02-20,Pending,False,Alpha Corp,012345
AAA.N,200,2005-02-20,Pending,False,Gamma Co,111111
CCC.N,,,,,,
BBB.N,100,2004-01-16,C,True,Gamma Corp,111111
BBB.N,100,2004-01-15,C,True,Alpha Corp,012345
BBB.N,100,2004-01-15,C,True,Beta Inc,ABCDEF
"""
DEALS = [
    deal("status-unknown", "an unknown status", f"2,02/15/2004,,,Dormant,{GAMMA},Y"),
    deal(
        "partner-alone",
        "an alliance with one partner",
        "2,02/15/2004,,,Pending,Gamma,111111,111111,Y",
    ),
    deal(
        "partners-nine",
        "an alliance with nine partners",
        f"2,02/15/2004,,,Pending,{','.join(NINE)},Y",
    ),
    deal(
        "partner-twice",
        "the same partner twice",
        '2,02/15/2004,,,Pending,"Gamma\nGamma","111111\n111111","111111\n111111",Y',
    ),
    deal(
        "terminated-before",
        "terminated before it was announced",
        f"2,02/15/2004,,01/01/2003,Terminated,{GAMMA},Y",
    ),
    deal(
        "dates-absurd",
        "an alliance of 1850 and one of 2150",
        f"2,02/15/1850,,,Pending,{GAMMA},Y",
        f"3,02/15/2150,,,Pending,{GAMMA},Y",
        f"4,02/15/2004,,02/15/2150,Pending,{GAMMA},Y",
    ),
    deal(
        "dates-impossible",
        "31 February, a thirteenth month, words",
        f"2,02/31/2004,,,Pending,{GAMMA},Y",
        f"3,13/13/2004,,,Pending,{GAMMA},Y",
        f"4,soon,,,Pending,{GAMMA},Y",
    ),
    Case(
        "dates-day-first",
        "day before month, told by the column itself",
        "deals",
        {
            "sdc.csv": SDC
            + f"1,15/01/2004,,,Pending,{TWO},Y\n2,03/04/2004,,,Pending,{GAMMA},Y\n"
        },
    ),
    deal(
        "dates-ambiguous",
        "month first in one row, day first in another, both possible in a third",
        f"2,25/12/2004,,,Pending,{GAMMA},Y",
        '3,03/04/2004,,,Pending,"Epsilon\nZeta","333333\n444444","333333\n444444",Y',
    ),
    deal(
        "flag-unknown",
        "a flag that is neither yes nor no",
        f"2,02/15/2004,,,Pending,{GAMMA},maybe",
    ),
    deal(
        "lines-out-of-order",
        "a deal's later lines after another deal",
        "2,02/15/2004,,,Pending,Gamma,111111,111111,Y",
        "3,03/15/2004,,,Pending,Epsilon,333333,333333,N",
        "2,,,,,Delta,222222,222222,",
        ",,,,,Eta,555555,555555,",
        "3,,,,,Zeta,444444,444444,",
    ),
    Case(
        "lines-orphaned",
        "lines above the first deal",
        "deals",
        {"sdc.csv": SDC + ",,,,,Nobody,999999,999999,\n" + GOOD_DEAL},
    ),
    deal(
        "deal-without-number",
        "a deal without its number, and its lines",
        ",02/15/2004,,,Pending,Gamma,111111,111111,Y",
        ",,,,,Delta,222222,222222,",
    ),
    deal(
        "deal-repeated",
        "a deal number that repeats; the same deal two days later",
        f"1,01/15/2004,,,Completed/Signed,{TWO},",
        f"2,01/17/2004,,,Completed/Signed,{TWO},Y",
    ),
    deal(
        "deal-number-scientific",
        "deal numbers that a spreadsheet rounded",
        f"1.23E+09,02/15/2004,,,Completed/Signed,{GAMMA},",
        f"1.23E+09,03/15/2004,,,Completed/Signed,{GAMMA},",
    ),
    Case(
        "page-furniture",
        "form feeds, repeated heads and a trailer",
        "deals",
        {
            "sdc.csv": SDC
            + GOOD_DEAL
            + "\fSDC Platinum Page 2\n"
            + SDC
            + f"2,02/15/2004,,,Pending,{GAMMA},Y\nSession Details\nRequest,Hits\n1,2\n"
        },
    ),
    deal(
        "cusip-scientific",
        "CUSIPs that a spreadsheet made numbers of",
        '2,02/15/2004,,,Pending,"Gamma\nDelta","1.23E+05\n222222","1.23E+05\n222222",Y',
    ),
    deal(
        "cusip-zeros-lost",
        "leading zeros of CUSIPs lost",
        '2,02/15/2004,,,Pending,"Gamma\nDelta","1111\n22222","1111\n22222",Y',
    ),
    deal(
        "cusip-nine-zeros-lost",
        "CUSIPs of nine characters among those of six, zeros lost",
        '2,02/15/2004,,,Pending,"Gamma\nDelta","43215102\n7654106","43215102\n36020",Y',
    ),
    deal("deal-line-short", "a deal with too few cells", "2,02/15/2004,Pending"),
    Case(
        "deals-all-bad",
        "no deal that can be used",
        "deals",
        {"sdc.csv": SDC + f"1,soon,,,Pending,{TWO},Y\n2,01/15/2004,,,Gone,{GAMMA},Y\n"},
    ),
    Case(
        "deals-other-file",
        "a file that is no download of alliances",
        "deals",
        {"sdc.csv": "a,b\n1,2\n"},
    ),
    Case(
        "deals-columns",
        "no status, announcement misspelt",
        "deals",
        {
            "sdc.csv": SDC.replace("Status,", "").replace(
                "Alliance Date Announced", "Alliance Date Anounced"
            )
            + f"1,01/15/2004,,,{TWO},Y\n"
        },
    ),
    Case(
        "deals-several-bad",
        "two bad downloads at once",
        "deals",
        {"sdc_1.csv": "", "sdc_2.csv.gz": PACKED[:30], "sdc_3.csv": SDC + GOOD_DEAL},
    ),
    Case(
        "deals-fixed-width",
        "a report in columns of fixed width",
        "deals",
        {"sdc.txt": FLAT},
    ),
    Case(
        "deals-fixed-width-ruler",
        "stacked heads over a line of dashes",
        "deals",
        {"sdc.txt": FIXED},
    ),
    Case(
        "deals-fixed-width-crossing",
        "a cell that runs into the next column",
        "deals",
        {
            "sdc.txt": FIXED.replace(
                "Alpha Corp                          012345",
                "Alpha Corporation of the United States 012345",
            )
        },
    ),
    Case(
        "deals-lseg",
        "LSEG's names, a row per instrument and participant",
        "deals",
        {"sdc.csv": LSEG},
    ),
]

UNITS = "gvkey,fyear,filing_date,filing_accession,unit_name,unit_class,coder,confidence,sales_share\n"
GOOD_UNIT = "001000,2004,2005-03-01,0001,Consumers,customer,AB,0.9,0.6\n"


def units(id: str, wrong: str, *lines: str) -> Case:
    """Return a case of a coding sheet whose first unit is good."""
    text = UNITS + GOOD_UNIT + "".join(f"{line}\n" for line in lines)
    return Case(id, wrong, "structures", {"sheet.csv": text})


SHEETS = [
    units(
        "sheet-percent",
        "confidence and shares in percent",
        "001000,2004,2005-03-01,0001,Drugs,product,AB,80,30",
        "001000,2004,2005-03-01,0001,Seeds,product,AB,90,10",
    ),
    Case(
        "sheet-empty", "a coding sheet without rows", "structures", {"sheet.csv": UNITS}
    ),
    Case(
        "sheet-columns",
        "a coding sheet without coder, unit_class misspelt",
        "structures",
        {
            "sheet.csv": "gvkey,fyear,filing_date,filing_accession,unit_name,unit_clas,confidence,sales_share\n1,2004,,,A,customer,1,1\n"
        },
    ),
    units(
        "unit-class-unknown",
        "unknown classes of units",
        "001000,2004,2005-03-01,1,Drugs,divisional,AB,1,0.4",
        "001000,2004,2005-03-01,1,Other,non-customer,AB,1,0.4",
    ),
    units(
        "confidence-out-of-range",
        "confidence and sales shares outside 0 to 1",
        "001000,2004,2005-03-01,1,Drugs,product,AB,7,0.4",
        "001000,2004,2005-03-01,1,Tools,product,AB,1,40",
    ),
    units(
        "filed-at-the-wrong-time",
        "filings before and long after the year that they code",
        "001000,2004,2003-03-01,1,Drugs,product,AB,1,0.4",
        "001000,2004,2011-03-01,1,Tools,product,AB,1,0.4",
    ),
    units(
        "filing-date-unreadable",
        "filing dates that are none",
        "001000,2004,2005-02-31,1,Drugs,product,AB,1,0.4",
    ),
    units(
        "coder-missing",
        "a row without coder",
        "001000,2004,2005-03-01,1,Drugs,product,,1,0.4",
    ),
    units(
        "unit-year-absurd",
        "a unit of the year 1215",
        "001000,1215,2005-03-01,1,Drugs,product,AB,1,0.4",
    ),
    units(
        "unit-repeated",
        "a unit coded twice by one coder, alike and not",
        "001000,2004,2005-03-01,0001,Consumers,customer,AB,0.9,0.6",
        "001000,2004,2005-03-01,0001,Consumers,product,AB,0.9,0.6",
    ),
    Case(
        "sheet-all-bad",
        "columns mixed up: no row can be used",
        "structures",
        {"sheet.csv": UNITS + "001000,2004,2005-03-01,1,customer,Consumers,AB,1,0.4\n"},
    ),
    Case(
        "sheets-joined",
        "two sheets read as one, a bad row in the second",
        "structures",
        {
            "a.csv": UNITS + GOOD_UNIT,
            "b.csv": UNITS
            + "001000,2004,2005-03-01,1,Drugs,divisional,AB,1,0.4\n001001,2004,,,All,mixed,AB,1,1\n",
        },
    ),
    Case(
        "sheets-other-columns",
        "two sheets with other columns",
        "structures",
        {
            "a.csv": UNITS + GOOD_UNIT,
            "b.csv": UNITS.replace("coder", "reader") + GOOD_UNIT,
        },
    ),
    units(
        "formula-in-names",
        "names that a spreadsheet would run",
        "001000,2004,2005-03-01,1,=cmd|' /C calc'!A0,@SUM(1),AB,1,0.4",
    ),
]

LINK = "gvkey,linkprim,linktype,lpermno,linkdt,linkenddt\n001000,P,LC,10001,1990-01-01,1999-12-31\n"
SECURITY = "permno,permco,namedt,nameendt,ncusip,comnam\n10001,1,1990-01-01,1999-12-31,01234510,ALPHA\n"


def table(entry: str, head: str) -> Callable[..., Case]:
    """Return a maker of cases of one vendor's file whose first row is good."""

    def make(id: str, wrong: str, *lines: str, whole: str = "") -> Case:
        text = whole or head + "".join(f"{line}\n" for line in lines)
        return Case(id, wrong, entry, {f"{entry}.csv": text})

    return make


link, security = table("links", LINK), table("names", SECURITY)
segment = table(
    "segments",
    "gvkey,datadate,srcdate,stype,sid,snms,sales,sics1\n001000,2004-12-31,2004-12-31,BUSSEG,1,Drugs,10,2834\n",
)
delisting = table(
    "delistings", "permno,dlstdt,dlstcd,dlret\n10001,2004-01-20,231,0.1\n"
)
factor = table("factors", "")
ownership = table("ownership", "alliance,holder,held,share\n1,A,venture,50\n")
termination = table("terminations", "alliance,ended,cause\n1,2001-05-01,acquired\n")
acquisition = table(
    "acquisitions", "acquirer,target,announced\n001000,001001,2001-05-01\n"
)
flow = table("input_output", "from_industry,to_industry,value\n20,37,1.5\n")
firm_class = table("firm_classes", "gvkey,class,weight\n001000,A61,3\n")
customer = table(
    "major_customers", "gvkey,datadate,customer,share\n001000,2004-12-31,Acme,0.4\n"
)
spell = table("alliance_function", "gvkey,from,to\n001000,2000-01-01,2001-12-31\n")
ticker = table(
    "dated_tickers", "cik,ticker,from,to,name\n1000,ALPH,1990-01-01,1999-12-31,ALPHA\n"
)
event = table("events", "security,announced\n")
day = table(
    "daily", "permno,permco,date,prc,ret,shrout\n10001,1,2004-01-05,10,0.01,1000\n"
)
FRENCH = "This file was created by CMPT\n\n,Mkt-RF,SMB,HML,RF\n20040105,  1.00,  0.1, 0.2,0.004\n"
LIVES = [
    ownership(
        "ownership-shares",
        "shares of nobody, of nothing, none, too large or twice",
        "2,B,board,10",
        "2,,partner,10",
        ",B,partner,10",
        "3,B,partner,0",
        "3,C,partner,140",
        "3,D,partner,half",
        "1,A,venture,50",
    ),
    ownership(
        "ownership-parts-of-1",
        "shares that are parts of 1",
        whole="alliance,holder,held,share\n1,A,venture,0.5\n1,B,venture,0.5\n",
    ),
    ownership(
        "ownership-columns",
        "columns under other names",
        whole="deal,owner,what,percent\n1,A,venture,50\n",
    ),
    termination(
        "terminations-days",
        "ends without a readable day, of no alliance, twice, of unknown cause",
        "2,soon,dissolved",
        "2,2003-05-01,quarrel",
        ",2003-05-01,dissolved",
        "1,2004-05-01,dissolved",
    ),
    termination(
        "terminations-none",
        "a file without one end that can be used",
        whole="alliance,ended,cause\n1,,dissolved\n2,never,acquired\n",
    ),
    acquisition(
        "acquisitions-firms",
        "an acquirer or target that is missing, or one firm twice; no day",
        "001001,,2004-05-01",
        ",001002,2004-05-01",
        "001003,001003,2004-05-01",
        "001003,001004,",
    ),
]
FIRM_TABLES = [
    flow(
        "flows-values",
        "flows that are text, negative, of no industry, or twice",
        "20,20,x",
        "37,20,-1",
        ",37,1",
        "20,37,2",
    ),
    flow(
        "flows-columns",
        "columns under other names",
        whole="seller,buyer,value\n20,37,1.5\n",
    ),
    firm_class(
        "classes-weights",
        "weights that are blank, negative or with a unit; a firm in notation; twice",
        "001000,G06,",
        "001001,G06,-2",
        "001001,A61,3 patents",
        "1.0E+03,A61,1",
        "1000,A61,1",
    ),
    firm_class(
        "classes-columns",
        "no column of firms by any name",
        whole="company,class,weight\n001000,A61,3\n",
    ),
    customer(
        "customers-shares",
        "shares in percent, of no customer, and that add up to more than all",
        "001001,2004-12-31,Acme,40",
        "001002,2004-12-31,,0.1",
        "001003,2004-12-31,Acme,0.7",
        "001003,2004-12-31,Beta,0.6",
    ),
    customer(
        "customers-days",
        "closings that are none, or a customer twice",
        "001001,soon,Acme,0.4",
        "001000,2004-12-31,Acme,0.1",
    ),
    customer(
        "customers-day-or-month",
        "closings that may be months",
        whole="gvkey,datadate,customer,share\n001000,03/04/2004,Acme,0.4\n",
    ),
    spell(
        "spells-ends",
        "spells that end before they begin, never by words, or begin on no day",
        "001001,2003-01-01,2002-01-01",
        "001001,2004-01-01,once it closed",
        "001002,,2002-01-01",
        ",2000-01-01,",
    ),
    spell(
        "spells-open",
        "ends in a far future, and markers for none",
        "001001,2003-01-01,9999-12-31",
        "001002,2003-01-01,E",
        "001003,2003-01-01,NA",
    ),
    spell(
        "spells-serial",
        "days of spells as numbers",
        whole="gvkey,from,to\n001000,36526,37256\n",
    ),
    ticker(
        "tickers-rows",
        "no firm, no ticker, a CIK in notation, a day that is none, ends first",
        ",BETA,1990-01-01,,BETA",
        "1002,,1990-01-01,,GAMMA",
        "1.05E+06,DELT,1990-01-01,,DELTA",
        "1003,EPSI,soon,,EPSILON",
        "1004,ZETA,2000-01-01,1999-01-01,ZETA",
    ),
    ticker(
        "tickers-overlap",
        "two tickers of a firm on one day",
        "1000,ALP2,1995-01-01,2005-12-31,ALPHA TWO",
    ),
    ticker(
        "tickers-columns",
        "a list of one day, without from and to",
        whole="cik_str,ticker,title\n1000,ALPH,ALPHA\n",
    ),
    ticker(
        "tickers-day-or-month",
        "days of tickers that may be months",
        whole="cik,ticker,from,to\n1000,ALPH,03/04/1990,05/06/1999\n",
    ),
]
SECURITIES = [
    link(
        "links-overlap",
        "links of one firm that overlap",
        "001000,P,LC,10001,1995-01-01,2005-12-31",
        "001000,C,LU,10002,1998-01-01,2003-12-31",
    ),
    link(
        "link-ends-first",
        "a link that ends before it begins",
        "001001,P,LC,10002,2000-01-01,1999-01-01",
    ),
    link(
        "link-type-unknown",
        "an unknown and an unused type of link",
        "001001,P,XX,10002,2000-01-01,E",
        "001001,P,LD,10002,2000-01-01,E",
    ),
    link(
        "links-swapped",
        "begin and end swapped in every row",
        whole="gvkey,linkprim,linktype,lpermno,linkenddt,linkdt\n001000,P,LC,10001,1990-01-01,1999-12-31\n",
    ),
    link(
        "links-no-type",
        "a file without links of a used type",
        whole="gvkey,linkprim,linktype,lpermno,linkdt,linkenddt\n001000,P,NR,10001,1990-01-01,E\n",
    ),
    link(
        "links-columns",
        "linktype missing, linkprim misspelt",
        whole="gvkey,linkprm,lpermno,linkdt,linkenddt\n001000,P,10001,1990-01-01,E\n",
    ),
    link(
        "link-gvkey-scientific",
        "a gvkey that a spreadsheet made a number of",
        "1.0E+03,P,LC,10002,2000-01-01,E",
    ),
    link(
        "link-security-fraction",
        "PERMNOs that are no whole numbers",
        "001001,P,LC,10002.5,2000-01-01,E",
        "001002,P,LC,none,2000-01-01,E",
    ),
    security(
        "names-backwards",
        "a name that ends before it begins, one that repeats",
        "10002,2,2000-01-01,1999-01-01,11111110,BETA",
        "10001,1,1990-01-01,1999-12-31,01234510,ALPHA",
    ),
    security(
        "names-cusip",
        "CUSIPs without zeros and as numbers",
        "10002,2,2000-01-01,,1111110,BETA",
        "10003,3,2000-01-01,,1.23E+08,GAMMA",
    ),
    security(
        "names-header-repeated",
        "a header that stands again in the name history",
        "permno,permco,namedt,nameendt,ncusip,comnam",
        "10002,2,2000-01-01,,11111110,BETA",
    ),
    segment(
        "segments-sources",
        "segments under several source dates, and repeated",
        "001000,2004-12-31,2005-12-31,BUSSEG,1,Drugs,12,2834",
        "001000,2004-12-31,2004-12-31,BUSSEG,1,Drugs,9,2834",
        "001000,2004-12-31,2004-12-31,GEOSEG,1,Asia,5,",
    ),
    segment(
        "segments-sales",
        "sales of segments that are negative, text or letters",
        "001000,2004-12-31,2004-12-31,BUSSEG,2,Eliminations,-3,",
        "001000,2004-12-31,2004-12-31,BUSSEG,3,Tools,n.m.,",
        "001000,2004-12-31,2004-12-31,BUSSEG,4,Seeds,C,",
        '001000,2004-12-31,2004-12-31,BUSSEG,5,Food,"1,234",',
    ),
    delisting(
        "delisting-codes",
        "unknown codes of delistings and of their returns",
        "10002,2004-01-20,999,0.2",
        "10003,2004-01-20,574,A",
        "10004,2004-01-20,574,-55",
        "10005,,574,0.1",
    ),
    factor(
        "factors-missing-values",
        "-99.99 for missing factors and no footer",
        whole=FRENCH
        + "20040106,-99.99,0.1,0.2,0.004\n20040107, 0.50, -99.99,0.2,0.004\n",
    ),
    factor(
        "factors-no-header",
        "a factor file without names of factors",
        whole="20040105,1.00,0.1,0.2,0.004\n",
    ),
    factor(
        "factors-weekly",
        "a file of weekly factors",
        whole=",Mkt-RF,RF\n"
        + "".join(f"200401{d:02d},{n}.1,0.004\n" for n, d in enumerate(range(2, 31, 7)))
        + "20040206,1.0,0.004\n",
    ),
    factor(
        "factors-in-parentheses",
        "falls of the market in parentheses",
        whole=",Mkt-RF,RF\n"
        + "".join(
            f"200401{d:02d},{f'({d}.1)' if d % 2 else f'{d}.1'},0.004\n"
            for d in range(5, 10)
        ),
    ),
    event("events-unreadable", "events of unreadable days", "A,soon", "B,later"),
    event("events-utc", "times of events in UTC", "A,2001-03-05T21:30:00.000Z"),
    event(
        "events-day-or-month",
        "days of events that may be months",
        "A,03/04/2001",
        "B,05/06/2001",
    ),
    event("events-serial", "days of events as numbers", "A,36955", "B,36956"),
    day(
        "daily-return-codes",
        "codes and letters for missing returns",
        "10001,1,2004-01-06,11,C,1000",
        "10001,1,2004-01-07,11,-66,1000",
        "10001,1,2004-01-08,11,B,1000",
    ),
    day(
        "daily-losses-in-parentheses",
        "negative returns in parentheses",
        "10001,1,2004-01-06,11,(0.02),1000",
        "10001,1,2004-01-07,11,(0.01),1000",
    ),
    day(
        "daily-days-in-words",
        "days that cannot be read",
        whole="permno,permco,date,prc,ret,shrout\n10001,1,day 5,10,0.01,1000\n",
    ),
    day(
        "daily-price-zero",
        "a price of 0, of bid and ask, and negative shares",
        "10001,1,2004-01-06,0,0.01,1000",
        "10001,1,2004-01-07,-11,0.01,1000",
        "10001,1,2004-01-08,11,0.01,-5",
    ),
    day(
        "daily-return-absurd",
        "a return of 378,000 %",
        "10001,1,2004-01-06,11,3780,1000",
    ),
    day(
        "daily-rows-repeated",
        "a day that stands twice",
        "10001,1,2004-01-05,10,0.01,1000",
        "10001,1,2004-01-05,12,0.03,1000",
    ),
    day(
        "daily-nobody",
        "a daily file of other securities",
        whole="permno,permco,date,prc,ret,shrout\n77777,1,2004-01-05,10,0.01,1000\n",
    ),
    day(
        "daily-columns",
        "returns missing, shrout misspelt",
        whole="permno,permco,date,prc,shrot\n10001,1,2004-01-05,10,1000\n",
    ),
    Case(
        "daily-truncated",
        "a truncated daily file",
        "daily",
        {
            "daily.csv.gz": gzip.compress(
                b"permno,permco,date,prc,ret,shrout\n"
                + b"10001,1,2004-01-05,10,0.01,1000\n" * 5000,
                mtime=0,
            )[:120]
        },
    ),
]

STUDY = """\
study: bad
title: A study
sources:
  firm_years: {file: data.csv, entity: firm, time: year}
variables:
  roa: {value: x / y}
models:
  - name: base
    outcome: roa
    terms: [size]
"""


def study(
    id: str, wrong: str, *edits: tuple[str, str], whole: Content = "", **environ: str
) -> Case:
    """Return a case of a study file beside one good table."""
    text = STUDY
    for old, new in edits:
        assert text.count(old) == 1, (id, old)
        text = text.replace(old, new)
    files: dict[str, Content] = {"study.yaml": whole or text, "data.csv": GOOD}
    return Case(id, wrong, "study", files, {"environ": environ})


GRID = """\
multiverse:
  - name: all
    model: base
    term: size
    choices:
      outcome:
        roa: {}
        other: {outcome: roe}
      sample:
        every: {}
        late: {where: ["year > 2001"]}
    exclude:
      - {outcome: other, sample: late}
"""


def grid(id: str, wrong: str, *edits: tuple[str, str]) -> Case:
    """Return a case of a study file with a grid of choices."""
    whole = STUDY + GRID
    for old, new in edits:
        assert whole.count(old) == 1, (id, old)
        whole = whole.replace(old, new)
    return study(id, wrong, whole=whole)


GRIDS = [
    grid(
        "grid-names",
        "a model that the study does not have",
        ("model: base", "model: bases"),
    ),
    grid(
        "grid-levels",
        "levels and choices that are named in vain",
        ("{outcome: other, sample: late}", "{outcom: other, sample: [late, early]}"),
        ("    term: size\n", "    term: size\n    preregistered: {outcome: roe}\n"),
        ("    choices:\n", "    plausibility: {sample: {lat: 2}}\n    choices:\n"),
    ),
    grid(
        "grid-alone",
        "a choice with one level, two levels alike, two choices of one key",
        ("        every: {}\n", ""),
        (
            "    exclude:\n",
            "      again:\n        a: {outcome: roa}\n        b: {outcome: roa}\n"
            "    exclude:\n",
        ),
    ),
    grid(
        "grid-vain",
        "names that levels leave out and replace, and that no model has",
        ("late: {where: [", "late: {without: [sise], replace: {roaa: roe}, where: ["),
    ),
    grid(
        "grid-term",
        "a term that the model has not",
        ("term: size", "term: sise"),
    ),
    grid(
        "grid-without-term",
        "a level without the term that is followed",
        ("late: {where: [", "late: {terms: [age], where: ["),
    ),
    grid(
        "grid-preregistered",
        "a preregistered specification that is excluded",
        (
            "    term: size\n",
            "    term: size\n    preregistered: {outcome: other, sample: late}\n",
        ),
    ),
    grid(
        "grid-subsets",
        "a subset that is a choice already",
        ("    choices:\n", "    subsets: [outcome, leverage]\n    choices:\n"),
    ),
    grid(
        "grid-within",
        "products within entities without their effects, by two levels together",
        ("terms: [size]", 'terms: ["size*age"]'),
        ("every: {}", "every: {interactions: within}"),
        ("other: {outcome: roe}", "other: {effects: [year]}"),
        ("{outcome: other, sample: late}", "{outcome: roa, sample: late}"),
    ),
    grid(
        "grid-large",
        "a grid of more combinations than are counted",
        (
            "    choices:\n",
            f"    subsets: [{', '.join(f'c{i}' for i in range(22))}]\n    choices:\n",
        ),
        (
            "terms: [size]",
            f"terms: [size]\n    controls: [{', '.join(f'c{i}' for i in range(22))}]",
        ),
    ),
    grid(
        "grid-table",
        "a table that is none",
        ("model: base\n", "model: base\n    table: partner_return\n"),
    ),
    grid(
        "grid-own-model",
        "a model of the grid's own for rows of the panel",
        ("    model: base\n", "    model: {name: own, outcome: roa, terms: [size]}\n"),
    ),
    grid("grid-type", "a level that says nothing", ("roa: {}", "roa:")),
]

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n"
    for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
STUDIES = [
    study(
        "path-up",
        "a path that climbs out of the checkout",
        ("file: data.csv", "file: ../../etc/passwd"),
    ),
    study("path-absolute", "an absolute path", ("file: data.csv", "file: /etc/passwd")),
    study(
        "path-variable-up",
        "a path that climbs out of a variable's folder",
        ("file: data.csv", 'file: "${DATA}/../../etc/passwd"'),
        DATA="/data",
    ),
    study(
        "path-variable-unset",
        "an environment variable that is not set",
        ("file: data.csv", 'file: "${DATA}/data.csv"'),
    ),
    study(
        "path-absent", "a file that is not there", ("file: data.csv", "file: date.csv")
    ),
    study("path-folder", "a folder for a file", ("file: data.csv", "file: .")),
    study(
        "study-name-slashes",
        "a study's name with slashes",
        ("study: bad", "study: ../bad"),
    ),
    study(
        "study-name-line-end",
        "a study's name with a line end",
        ("study: bad", 'study: "bad\\n"'),
    ),
    study(
        "yaml-merge",
        "both versions of a merge",
        ("title: A study\n", "<<<<<<< HEAD\ntitle: A\n=======\ntitle: B\n>>>>>>> b\n"),
    ),
    study("yaml-tab", "a tab for an indent", ("  firm_years:", "\tfirm_years:")),
    study(
        "yaml-key-twice",
        "a key that stands twice",
        ("title: A study", "title: A study\ntitle: Another"),
    ),
    study("yaml-bomb", "aliases of aliases of aliases", whole=BOMB),
    study("yaml-endless", "an alias of itself", whole="study: &a [*a]\n"),
    study(
        "yaml-deep",
        "two thousand brackets within each other",
        whole="study: " + "[" * 2000 + "]" * 2000 + "\n",
    ),
    study(
        "yaml-python",
        "a tag that asks for a Python object",
        ("title: A study", "title: !!python/object/apply:os.system [ls]"),
    ),
    study("yaml-tag", "a tag of nobody's", ("title: A study", "title: !secret abc")),
    study(
        "yaml-not-utf-8",
        "a study file in another encoding",
        whole=STUDY.replace("A study", "Étude").encode("latin-1"),
    ),
    study(
        "study-control-character",
        "a vertical tab in a title, as Word writes it",
        ("title: A study", 'title: "A\\vstudy"'),
    ),
    study(
        "study-control-characters",
        "an escape in a key, half a character and no character in texts",
        ("title: A study", 'title: "A \\ud83d study"'),
        ("study: bad", '"stu\\edy": bad'),
        ("terms: [size]", 'terms: ["si\\uffffze"]'),
    ),
    study(
        "yaml-control-character",
        "two control characters as they stand",
        ("title: A study", "title: A\x0bstudy\x07"),
    ),
    study("study-empty", "an empty study file", whole=b" \n"),
    study(
        "study-types",
        "wrong types, an unknown key, a typo of one letter",
        ("title: A study", "title: 5\nseed: many\nmodles: []"),
        ("terms: [size]", "terms: size"),
    ),
    study(
        "reader-unknown",
        "an unknown reader",
        ("entity: firm", "reader: compustaat, entity: firm"),
    ),
    study(
        "formula-code",
        "formulas that try to run code",
        ("x / y", "\"__import__('os').system('ls')\""),
    ),
    study(
        "formula-attribute",
        "a formula that reaches into an object",
        ("x / y", "x.__class__"),
    ),
    study(
        "formula-power",
        "a formula with a number beyond all bounds",
        ("x / y", "9 ** 9 ** 9 ** 9"),
    ),
    study(
        "formula-circle",
        "variables that are defined by each other",
        ("roa: {value: x / y}", "roa: {value: b + 1}\n  b: {value: roa * 2}"),
    ),
    study(
        "formula-division",
        "a division by zero in a formula",
        ("x / y", "x / (1 - 1) + 1 / 0"),
    ),
    study(
        "model-outcome-among-terms",
        "a model whose outcome stands among its terms",
        ("terms: [size]", "terms: [size, 'roa:size']"),
    ),
    study(
        "model-term-called-constant",
        "a term that is called as the intercept",
        ("terms: [size]", "terms: [constant]"),
    ),
    study(
        "model-errors-of-dyads",
        "dyadic errors without the two members",
        ("terms: [size]", "terms: [size]\n    se: {type: dyadic, clusters: [entity]}"),
    ),
    study(
        "model-on-error",
        "a word for failing models that there is not",
        ("models:", "on_error: ignore\nmodels:"),
    ),
    study(
        "cross-section-of-times",
        "a lag, a word for times and a quarter in a study that names no time",
        ("time: year}", "time_format: quarter}"),
        ("roa: {value: x / y}", "roa: {value: x / y, lag: 1}"),
        ("models:", "words: {time: wave, times: waves}\nmodels:"),
    ),
    study(
        "model-errors-of-places",
        "errors by distance without places and distance",
        ("terms: [size]", "terms: [size]\n    se: {type: conley}"),
    ),
    study(
        "model-errors-four-ways",
        "clusters in four ways",
        ("terms: [size]", "terms: [size]\n    clusters: [firm, year, x, y]"),
    ),
    study(
        "hypothesis-of-no-term",
        "a hypothesis on a model and a term that there are not",
        (
            "models:",
            "hypotheses:\n"
            "  - {name: H1, model: bass, term: size, sign: positive}\n"
            "  - {name: H2, model: base, term: sizes, sign: positive}\nmodels:",
        ),
    ),
    study(
        "table-of-calendar-time",
        "a table of portfolios in a study without events",
        (
            "models:",
            "exhibits: {tables: [{name: t, kind: calendar_time}]}\nmodels:",
        ),
    ),
    study(
        "model-errors-unknown",
        "standard errors that there are not",
        ("terms: [size]", "terms: [size]\n    se: {type: hc4}"),
    ),
    study(
        "model-unknown",
        "a table of a model that there is not",
        ("models:", "exhibits: {tables: [{name: t, models: [bas]}]}\nmodels:"),
    ),
    study(
        "memory-nothing",
        "a bound of memory that holds nothing",
        ("models:", "memory: 0\nmodels:"),
    ),
    study(
        "memory-and-all-rows",
        "a bound of memory, and inference that holds all rows",
        (
            "models:",
            "memory: 100\ninference: {leave_out: {by: [entity], models: [base]}}\nmodels:",
        ),
    ),
    study(
        "rights-unknown",
        "rights of a source that there is not, and of none with files",
        ("models:", "rights: {firm_year: {open: true}, wrds: {open: true}}\nmodels:"),
    ),
    study(
        "rights-when",
        "files obtained on no day",
        ("models:", "rights: {firm_years: {obtained: May 2024}}\nmodels:"),
    ),
    study(
        "yaml-day",
        "a day of the thirteenth month",
        ("models:", "rights: {firm_years: {obtained: 2024-13-01}}\nmodels:"),
    ),
]

MERGED = "<<<<<<< HEAD\n{0}=======\n{0}>>>>>>> theirs\n"


def printed(id: str, wrong: str, content: Content) -> Case:
    """Return a case of a printed table to compare with."""
    return Case(id, wrong, "published", {"published.csv": content})


PRINTED = [
    printed("published-empty", "an empty file", ""),
    printed("published-columns", "other columns", "name,value\na,1\n"),
    printed(
        "published-stars",
        "stars and brackets",
        "model,term,estimate,se\nbase,size,0.12***,(0.03)\n",
    ),
    printed(
        "published-ragged",
        "a row too long",
        "model,term,estimate\nbase,size,0.1,2\nbase,share,1\n",
    ),
    printed("published-archive", "an archive", zipped("model,term\n")),
    printed(
        "published-spreadsheet",
        "semicolons and a byte order mark",
        "\ufeffmodel;term;estimate\r\nbase;size;0.12\r\n",
    ),
]

LOCK = "stages:\n  study@mine:\n    outs:\n    - {path: results/mine, md5: no-hash}\n"
RECORDS = [
    Case(id, wrong, "records", {name: content})
    for id, wrong, name, content in (
        ("lock-merge", "both versions of a merge", "dvc.lock", MERGED.format("a: 1\n")),
        ("lock-open", "brackets left open", "dvc.lock", "stages: [\n"),
        ("lock-list", "a list", "dvc.lock", "- stages\n"),
        ("lock-hash", "a hash that is none", "dvc.lock", LOCK),
        (
            "pipeline-merge",
            "both versions of a merge",
            "dvc.yaml",
            MERGED.format("a:\n"),
        ),
        ("pipeline-stage", "a stage without keys", "dvc.yaml", "stages: {study: 1}\n"),
    )
]


def of_sec(**members: str) -> bytes:
    """Return an archive of the SEC's data sets with these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, text in members.items():
            packed.writestr(zipfile.ZipInfo(f"{name}.txt"), text)
    return stream.getvalue()


def filings(id: str, wrong: str, content: Content, name: str = "q.zip") -> Case:
    """Return a case of the SEC's data sets, or of its companyfacts."""
    reader = "edgar_statements" if name.endswith(".zip") else "edgar_facts"
    keys = {"entity": "cik", "time": "fyear", "needs": ["at"]}
    return file(id, wrong, content, name, reader=reader, **keys)


SUB = "adsh\tcik\tname\tform\tperiod\tfiled\n"
NUM = "adsh\ttag\tversion\tddate\tqtrs\tuom\tvalue\n"
QUARTER = f"{SUB}1-1\t5\tA CORP\t10-Q\t20100331\t20100501\n"
FILINGS = [
    filings("sec-no-archive", "a web page in place of an archive", "<html></html>"),
    filings("sec-member", "an archive without numbers", of_sec(sub=SUB)),
    filings("sec-empty", "members without a line", of_sec(sub="", num="")),
    filings("sec-column", "numbers without values", of_sec(sub=SUB, num="adsh\ttag\n")),
    filings("sec-quarters", "no annual report", of_sec(sub=QUARTER, num=NUM)),
    filings(
        "sec-wide", "a line too long", of_sec(sub=SUB, num=f"{NUM}1{8 * chr(9)}2\n")
    ),
    filings("facts-text", "companyfacts that are no JSON", "{", "CIK1.json"),
    filings("facts-list", "JSON of something else", "[1, 2]", "CIK1.json"),
    filings(
        "facts-none",
        "a registrant without facts",
        '{"cik": 1, "entityName": "A", "facts": {}}',
        "CIK1.json",
    ),
]

LEDGER_STUDY = """\
ledger:
  revenue: revenue
  direct_cost: direct_cost
  activities:
    orders: {rate: 25}
    calls: {minutes: 9, cost: 800, capacity: 1000}
"""
LEDGER = "customer,year,revenue,direct_cost,orders,calls\n"


def costs(id: str, wrong: str, *edits: tuple[str, str]) -> Case:
    """Return a case of a study file with a ledger."""
    whole = STUDY + LEDGER_STUDY
    for old, new in edits:
        assert whole.count(old) == 1, (id, old)
        whole = whole.replace(old, new)
    return study(id, wrong, whole=whole)


def ledger(id: str, wrong: str, *lines: str, head: str = LEDGER) -> Case:
    """Return a case of a ledger of customers."""
    text = head + "\n".join(lines) + "\n"
    return Case(id, wrong, "ledger", {"ledger.csv": text})


LEDGERS = [
    costs("rate-none", "an activity without a rate", ("{rate: 25}", "{}")),
    costs(
        "rate-half",
        "an activity with a cost and no capacity",
        ("cost: 800, capacity: 1000", "cost: 800"),
    ),
    costs("rate-twice", "a rate and minutes", ("{rate: 25}", "{rate: 25, minutes: 3}")),
    costs("rate-negative", "a negative rate", ("rate: 25", "rate: -25")),
    costs("rate-of-nothing", "no practical capacity", ("1000", "0")),
    costs(
        "rate-of-amount",
        "revenue named as an activity",
        ("orders: {rate: 25}", "revenue: {rate: 25}"),
    ),
    costs("ledger-of-one-period", "a ledger without periods", (", time: year", "")),
    ledger(
        "ledger-activity",
        "a rate for an activity that the ledger does not have",
        "A,2001,100,60,4",
        head=LEDGER.replace(",calls", ""),
    ),
    ledger(
        "ledger-revenue", "negative revenue", "A,2001,100,60,4,2", "B,2001,-1,2,0,0"
    ),
    ledger(
        "ledger-quantity",
        "negative costs and quantities",
        "A,2001,100,-60,4,2",
        "B,2001,1,2,-3,0",
    ),
    ledger(
        "ledger-twice",
        "a customer twice in a period",
        "A,2001,100,60,4,2",
        "A,2001,90,60,4,2",
    ),
    ledger("ledger-blank", "blank quantities", "A,2001,100,60,,2", "B,2001,9,2,1,0"),
]

PARTNERS = STUDY + "constructs:\n  age: true\n"


def of_partners(id: str, wrong: str, name: str) -> Case:
    """Return a case of a study that asks for a construct without its data."""
    return study(id, wrong, whole=PARTNERS.replace("age", name))


CONSTRUCTS = [
    of_partners("construct-flows", "dependence without flows", "dependence"),
    of_partners("construct-classes", "knowledge without classes", "knowledge"),
    of_partners("construct-spells", "functions without spells", "function"),
    of_partners("construct-name", "a construct that there is not", "power"),
    study(
        "construct-false",
        "a construct that is switched off by false",
        whole=PARTNERS.replace("age: true", "age: false"),
    ),
]

CASES: list[Case] = [
    *FILES,
    *FILINGS,
    *CELLS,
    *STATEMENTS,
    *DEALS,
    *SHEETS,
    *LIVES,
    *FIRM_TABLES,
    *SECURITIES,
    *STUDIES,
    *GRIDS,
    *LEDGERS,
    *CONSTRUCTS,
    *PRINTED,
    *RECORDS,
]
