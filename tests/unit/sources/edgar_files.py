"""Statements of invented filings, written in each layout of the SEC's files."""

import gzip
import json
import zipfile

OLD = ("adsh", "tag", "version", "coreg", "ddate", "qtrs", "uom", "value", "footnote")
SEGMENTS = (*OLD[:3], "ddate", "qtrs", "uom", "segments", "coreg", "value", "footnote")
DAILY = (
    "adsh", "tag", "version", "ddate", "qtrs", "coreg", "uom", "value", "segments",
    "footnote",
)  # fmt: skip
SUB = ("adsh", "cik", "name", "sic", "form", "period", "fy", "fp", "filed")


def filing(number, form="10-K", period="20091231", filed="20100226", cik="320193", **k):
    return {
        "adsh": f"0000000001-10-{number:06d}",
        "cik": cik,
        "name": "INVENTED CORP",
        "sic": "3571",
        "form": form,
        "period": period,
        "fy": period[:4],
        "fp": "FY",
        "filed": filed,
    } | k


def fact(number, tag, value, ddate="20091231", qtrs=4, **k):
    return {
        "adsh": f"0000000001-10-{number:06d}",
        "tag": tag,
        "version": "us-gaap/2009",
        "ddate": ddate,
        "qtrs": str(qtrs),
        "uom": "USD",
        "value": f"{value:.4f}" if value is not None else "",
    } | k


def statement(number, assets=1e9, sales=2e9, income=1e8, ddate="20091231"):
    return [
        fact(number, "Assets", assets, ddate, 0),
        fact(number, "LiabilitiesAndStockholdersEquity", assets, ddate, 0),
        fact(number, "Revenues", sales, ddate),
        fact(number, "NetIncomeLoss", income, ddate),
    ]


def lines(columns, rows):
    body = ["\t".join(str(row.get(name, "")) for name in columns) for row in rows]
    return "\n".join(["\t".join(columns), *body]) + "\n"


def archive(path, filings, facts, columns=OLD, folder=""):
    with zipfile.ZipFile(path, "w") as out:
        out.writestr(f"{folder}sub.txt", lines(SUB, filings))
        out.writestr(f"{folder}num.txt", lines(columns, facts))
    return str(path)


def companyfacts(path, filings, facts, starts):
    """Write one registrant; `starts` gives the first day of each closing's year."""
    about = {f["adsh"]: f for f in filings}
    held = {}
    for row in facts:
        if row.get("segments") or row.get("coreg") or not row["value"]:
            continue
        own = about[row["adsh"]]
        entry = {
            "end": dashed(row["ddate"]),
            "val": float(row["value"]),
            "accn": row["adsh"],
            "form": own["form"],
            "filed": dashed(own["filed"]),
        }
        if row["qtrs"] != "0":
            entry["start"] = starts[row["ddate"]]
        taxonomy = row["version"].partition("/")[0]
        units = held.setdefault(taxonomy, {}).setdefault(row["tag"], {"units": {}})
        units["units"].setdefault(row["uom"], []).append(entry)
    record = {"cik": int(filings[0]["cik"]), "entityName": filings[0]["name"]}
    text = json.dumps({**record, "facts": held}).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return str(path)


def dashed(day):
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"
