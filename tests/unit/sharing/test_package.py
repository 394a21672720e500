"""A package holds what it should, the same bytes each time, and no licensed row."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

from alliance_value.running.provenance import Job, Provenance
from alliance_value.sharing import package
from alliance_value.sharing.package import (
    Contents,
    archive,
    closed_sources,
    crate,
    hashes,
    readme,
)
from alliance_value.sharing.twin import twin_columns, twin_panel
from alliance_value.sharing.withhold import (
    faults,
    identities,
    mask,
    names_firms,
)

LICENSED = pd.DataFrame(
    {
        "gvkey": [f"00{i}" for i in range(1000, 1040)],
        "conm": [f"FIRM {i} INC" for i in range(40)],
        "sector": ["Energy", "Materials"] * 20,
        "at": [f"{100 + i}.25" for i in range(40)],
    }
)
STUDY = {
    "study": "s",
    "title": "A study",
    "description": "",
    "simulated": "",
    "seed": 7,
    "rights": {"firms": {"open": True, "statement": "From the state."}},
    "sources": {
        "firm_years": {"file": "data/raw/s/a.csv"},
        "firms": {"file": "data/raw/s/b.csv"},
    },
}
PROVENANCE = Provenance(
    study="s",
    environment={
        "python": "3.11",
        "system": "Linux",
        "machine": "x86_64",
        "libraries": {"pandas": "3"},
    },
    files={},
    settings={},
    jobs=(Job("table", ("workflow/scripts/table.py",), ("results/s/tables/t.csv",)),),
)
CONTENTS = Contents(
    study=STUDY,
    study_file="config/s.yaml",
    provenance=PROVENANCE,
    usage=[{"rule": "table", "seconds": 12.0, "megabytes": 300.0}],
    withheld={"results/s/x.csv": "it names firms"},
    twin_file="config/s-twin.yaml",
)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", b"", "empty"),
        ("a.csv", b'"001000","FIRM 0 INC","Energy","100.25"\n', "licensed"),
        ("a.csv", b" 001000 ,FIRM 0 INC,Energy,100.25\n", "licensed"),
        ("a.yaml", b"at: /home/ann/data\n", "path of one machine"),
        ("a.yaml", b"at: /srv/checkout/data\n", "path of one machine"),
        ("a.ini", b"secret_access_key = abcdefgh\n", "password"),
        ("a.md", b"postgresql://ann:sesame@host/db\n", "password in an address"),
        ("a.txt", b"AKIAABCDEFGHIJKLMNOP\n", "key of a cloud"),
    ],
)
def test_what_may_not_be_inside_is_found(name, content, words):
    found = faults({name: content}, [LICENSED], "/srv/checkout")
    assert len(found) == 1
    assert words in found[0][1]


def test_an_innocent_package_has_no_fault():
    files = {"a.csv": b"sector,n\nEnergy,20\n", "b.py": b"password = ask()\n"}
    assert faults(files, [LICENSED], "/srv/checkout") == []


def test_results_that_name_firms_are_recognized_and_categories_are_not():
    known = identities(LICENSED)
    assert {"001000", "FIRM 0 INC"} <= known
    assert known.isdisjoint({"Energy", "100.25"})
    assert names_firms(b"firm,effect\n001003,0.1\n", known)
    assert names_firms(b"<p>001003 (2), 001004</p>", known)
    assert not names_firms(b"x,y\n0.001003,1.001003\n", known)
    assert names_firms(b"<p>x</p><td class='a'> FIRM 3 INC </td>", known)
    assert not names_firms(b"<td>Energy</td>", known)
    assert not names_firms(b"sector,effect\nEnergy,0.1\n", known)
    rejects = b"file,row,column,value,rule,action,new_value\n"
    rejects += b"f.csv,3,at,-5,negative,rejected,\ng.csv,3,at,-6,negative,rejected,\n"
    masked = mask(rejects, ["value", "new_value"], ["f.csv"]).decode()
    assert "-5" not in masked
    assert "-6" in masked


@pytest.mark.parametrize(
    ("sources", "rights", "closed"),
    [
        ({"firm_years": {"file": "a.csv"}}, {}, ["firm_years"]),
        ({"firm_years": {"file": "a.csv"}}, {"firm_years": {"open": True}}, []),
        ({"simulate": {}, "firm_years": {"file": "data/raw/s/a.csv"}}, {}, []),
        (
            {
                "overlay": {},
                "firm_years": {"file": "a.csv"},
                "structures": {"file": "data/raw/s/structures.csv"},
            },
            {},
            ["firm_years"],
        ),
    ],
)
def test_sources_are_closed_unless_declared_open_or_simulated(sources, rights, closed):
    study = {"study": "s", "sources": sources, "rights": rights}
    assert closed_sources(study) == closed


def test_the_readme_says_what_the_template_asks_for():
    template = Path(package.__file__).with_name("package_readme.md.j2")
    text = readme(CONTENTS, template.read_text(encoding="utf-8"))
    for words in (
        "## Data availability and provenance",
        "licensed: no row of it is in this package",
        "From the state.",
        "The seed of everything that is drawn is 7",
        "| table | under a minute | 512 MB |",
        "| `results/s/tables/t.csv` | table | `workflow/scripts/table.py` |",
        "| `results/s/x.csv` | it names firms |",
        "snakemake --configfile config/s-twin.yaml",
    ):
        assert words in text


def test_the_archive_is_the_same_each_time_and_its_metadata_name_each_file():
    files = {"results/s/tables/t.csv": b"a\n1\n", "workflow/scripts/table.py": b"x\n"}
    files["ro-crate-metadata.json"] = crate(files, CONTENTS)
    assert (
        crate(dict(list(files.items())[:2]), CONTENTS)
        == files["ro-crate-metadata.json"]
    )
    backwards = dict(reversed(files.items()))
    assert archive(files, "p") == archive(backwards, "p")
    with ZipFile(io.BytesIO(archive(files, "p"))) as made:
        assert made.namelist() == sorted(f"p/{name}" for name in files)
    graph = {e["@id"]: e for e in json.loads(files["ro-crate-metadata.json"])["@graph"]}
    table = graph["results/s/tables/t.csv"]
    assert table["isBasedOn"] == {"@id": "workflow/scripts/table.py"}
    assert graph["./"]["name"] == "A study"
    assert hashes({"b": b"", "a": b""}).decode().splitlines() == [
        f"{hashlib.sha256(b'').hexdigest()}  {name}" for name in ("a", "b")
    ]


def test_a_twin_has_the_columns_and_formats_and_none_of_the_rows():
    table = LICENSED.assign(
        fyear="2001", datadate="2001-12-31", flag=["0", "1"] * 20, empty=""
    )
    twin = twin_panel(table, "gvkey", "fyear", np.random.default_rng(1))
    assert list(twin.columns) == list(table.columns)
    assert set(twin.flag) == {"0", "1"}
    assert set(twin.sector) == {"Energy", "Materials"}
    assert twin.datadate.str.fullmatch(r"2001-12-31").all()
    assert (twin["at"].astype(float) > 0).all()
    assert (twin["empty"] == "").all()
    assert twin.gvkey.str.fullmatch(r"\d{6}").all()
    assert set(twin.gvkey).isdisjoint(table.gvkey)
    assert set(twin.conm).isdisjoint(table.conm)
    again = twin_panel(table, "gvkey", "fyear", np.random.default_rng(1))
    pd.testing.assert_frame_equal(twin, again)


def test_a_vendors_twin_takes_the_real_columns_in_their_spelling():
    like = pd.DataFrame({"gvkey": ["1"], "at": ["5"], "more": ["x"]})
    real = pd.DataFrame({"AT": ["7"], "GVKEY": ["2"], "own": ["3.5"]})
    twin = twin_columns(real, like, np.random.default_rng(1))
    assert list(twin.columns) == ["AT", "GVKEY", "own"]
    assert twin.loc[0, ["AT", "GVKEY"]].tolist() == ["5", "1"]
