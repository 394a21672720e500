"""Which raw files the rules of a study make, and where a study writes its files."""

from alliance_value.workflow.raw import elsewhere, linked, raw_files


def test_each_raw_file_has_the_rule_that_makes_it():
    sources = {
        "simulate": {"daily_format": "parquet"},
        "wrds": {"tables": {"funda": {}}},
    }
    files = raw_files({"study": "s", "sources": sources})
    assert files["data/raw/s/funda.parquet"] == "wrds"
    assert files["data/raw/s/truth.json"] == "simulate"
    assert set(files.values()) == {"wrds", "simulate"}
    assert raw_files({"study": "s", "sources": {"firm_years": {}}}) == {}


def test_a_file_elsewhere_is_known_by_how_the_study_writes_it():
    study = {"sources": {"a": {"file": "$D/a.csv"}, "b": {"file": ["b.csv", "$D/c"]}}}
    sources = {"a": ["/d/a.csv"], "b": ["b.csv", "/d/c"]}
    assert elsewhere(study, sources) == {"/d/a.csv": "$D/a.csv", "/d/c": "$D/c"}


def test_only_tables_by_security_wait_for_the_links():
    class Asked:
        def __init__(self, security):
            self.security = security

    tables = {"ccmxpf_lnkhist": Asked(""), "dsf": Asked("permno")}
    study = {"study": "s"}
    assert linked(study, "ccmxpf_lnkhist", tables) == []
    assert all(f.startswith("data/raw/s/") for f in linked(study, "dsf", tables))
