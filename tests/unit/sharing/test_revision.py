"""Two rounds of a revision -> every number of an exhibit that moved, and all behind."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from alliance_value.contracts.problems import UserError
from alliance_value.running.provenance import dumps
from alliance_value.sharing.archive import SUMS, archive, hashes
from alliance_value.sharing.revision import (
    exhibit_changes,
    other_changes,
    round_of,
)
from alliance_value.sharing.revision_inputs import (
    code_changes,
    data_changes,
    study_changes,
)
from alliance_value.sharing.revision_page import changes_since
from tests.unit.sharing.packages import (
    FIGURE,
    PROVENANCE,
    TABLE,
    WRITTEN,
    files_of,
)

OLD = files_of()


def both(new):
    return round_of(OLD, "s", "old"), round_of(new, "s", "new")


def compared(new):
    return {str(e.after or e.before): e for e in exhibit_changes(*both(new))}


def cells(change):
    return [
        (d.row, d.column, d.recorded, d.rerun) for d in change.comparison.differences
    ]


def test_the_same_package_has_no_change():
    old, new = both(files_of())
    assert not any(e.comparison.differences for e in exhibit_changes(old, new))
    assert not any(e.redrawn for e in exhibit_changes(old, new))
    assert other_changes(old, new) == []
    assert list(study_changes(old.study, new.study)) == []
    assert data_changes(old.provenance, new.provenance) == []
    assert code_changes(old, new) == []


def test_each_cell_of_a_table_is_told_by_row_and_model():
    moved = TABLE.replace("0.203", "0.211").replace("(0.0092)", "(0.0101)")
    change = compared(files_of(tables__main_csv=moved.encode()))
    assert cells(change["Table 1. Main models"]) == [
        ("x / row 2", "base", "(0.0092)", "(0.0101)"),
        ("x × z", "product", "0.203", "0.211"),
    ]


def test_a_model_put_between_two_moves_no_other_column():
    wider = WRITTEN.replace(
        "  - {name: product",
        "  - {name: two, outcome: y, terms: [x]}\n  - {name: product",
    ).replace("[base, product]", "[base, two, product]")
    table = TABLE.replace("y,y", "y,y,y").replace("(1),(2)", "(1),(2),(3)")
    table = table.replace("**,", "**,0.1,").replace("0.0092),", "0.0092),(0.2),")
    table = table.replace("z,,", "z,,,").replace(",,(", ",,,(").replace("96,", "96,96,")
    change = compared(files_of(wider, tables__main_csv=table.encode()))
    told = cells(change["Table 1. Main models"])
    assert {column for _, column, _, _ in told} == {"two", "product"}
    assert [c for c in told if c[1] == "product"] == [
        ("heading", "product", "(2)", "(3)")
    ]


def test_a_figure_counts_by_its_numbers_and_is_told_when_only_redrawn():
    name = "Figure 1. Effect"
    moved = FIGURE.replace("-0.5", "-0.75").replace("0.25", "0.2500000001")
    change = compared(files_of(figures__effect_csv=moved.encode()))[name]
    assert cells(change) == [("product / x / z / 1", "effect", "-0.5", "-0.75")]
    assert change.comparison.within == 1
    change = compared(files_of(figures__effect_svg=b"<svg >"))[name]
    assert (cells(change), change.redrawn) == ([], ("svg",))


def test_what_one_package_lacks_is_not_compared():
    new = files_of()
    del new["results/s/tables/main.csv"], new["results/s/estimates.csv"]
    old, new = both(new)
    change = {str(e.after): e for e in exhibit_changes(old, new)}
    assert change["Table 1. Main models"].comparison is None
    assert [(c.what, c.before, c.after) for c in other_changes(old, new)] == [
        ("estimates.csv", "in the package", "")
    ]


def test_exhibits_that_come_and_go_are_told():
    written = WRITTEN.replace("name: main", "name: other")
    changes = exhibit_changes(*both(files_of(written)))
    gone = [str(e.before) for e in changes if e.after is None]
    new = [str(e.after) for e in changes if e.before is None]
    assert (gone, new) == (["Table 1. Main models"],) * 2


def test_a_kind_that_the_program_no_longer_knows_is_told_all_the_same():
    resolved = OLD["results/s/study.resolved.yaml"]
    older = resolved.replace(b"kind: marginal_effect", b"kind: line")
    files = {**OLD, "results/s/study.resolved.yaml": older}
    changes = exhibit_changes(round_of(files, "s", "old"), both(files_of())[1])
    assert [str(e.before) for e in changes if e.after] == [
        str(e.after) for e in changes if e.after
    ]


def test_keys_of_the_study_are_told_by_their_names():
    written = WRITTEN.replace("first: 2002", "first: 2003").replace(
        "terms: [x]}", "terms: [x, w]}"
    )
    written = written.replace("study: s\n", "study: s\ndescription: More\n")
    changes = study_changes(*(side.study for side in both(files_of(written))))
    assert sorted((c.what, c.before, c.after) for c in changes) == [
        ("description", "''", "More"),
        ("models.base.terms", "[x]", "[x, w]"),
        ("sample.first", "2002", "2003"),
    ]


def test_data_are_told_by_hash_and_code_by_lines():
    files = {**PROVENANCE.files, "data/raw/s/a.csv": "e" * 64}
    files["src/alliance_value/a.py"] = "f" * 64
    new = files_of()
    new["src/alliance_value/models/__init__.py"] = b'"""Other."""\nX = 1\n'
    new["workflow/new.smk"] = b"rule a\n"
    del new["pyproject.toml"]
    made = replace(PROVENANCE, files=files)
    assert [
        (c.what, c.before[0], c.after[0]) for c in data_changes(PROVENANCE, made)
    ] == [("data/raw/s/a.csv", "a", "e")]
    assert code_changes(*both(new)) == [
        ("pyproject.toml", "removed", 0, 2),
        ("src/alliance_value/models/__init__.py", "changed", 2, 1),
        ("workflow/new.smk", "added", 1, 0),
    ]


def packed(folder, files, name="round-1.zip"):
    path = folder / name
    path.write_bytes(archive(files | {SUMS: hashes(files)}, "s-replication"))
    return str(path)


def test_the_page_tells_all_of_it_and_takes_no_text_for_markup(tmp_path):
    new = files_of(
        WRITTEN.replace("Main models", "<b>Models</b>"),
        tables__main_csv=TABLE.replace("0.203", "0.211").encode(),
    )
    libraries = {"pandas": "3.2", "tables": "9"}
    made = replace(
        PROVENANCE, environment={**PROVENANCE.environment, "libraries": libraries}
    )
    new["results/s/provenance.json"] = dumps(made).encode()
    page = changes_since(packed(tmp_path, OLD), new, "s")
    assert page == changes_since(packed(tmp_path, OLD, "again.zip"), new, "s")
    for words in (
        "<td>x × z</td><td>product</td>",
        '<td class="n">0.203</td><td class="n">0.211</td>',
        "&lt;b&gt;Models&lt;/b&gt;",
        "exhibits.tables.main.title",
        "library: pandas was 3.1.1, is 3.2",
    ):
        assert words in page
    assert "<b>Models" not in page


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"results/t/study.resolved.yaml": b"study: t\n"}, "it is of study 't'"),
        ({"README.md": b"x"}, "it has no results"),
        ({**OLD, "results/s/study.resolved.yaml": b"a: 1\n"}, "cannot be read"),
        ({**OLD, "results/s/study.resolved.yaml": b"[1\n"}, "cannot be read"),
        ({**OLD, "results/s/study.resolved.yaml": b"\xff"}, "cannot be read"),
        ({**OLD, "results/s/provenance.json": b"{"}, "cannot be read"),
        ({**OLD, "results/s/provenance.json": b'{"format": 1}'}, "cannot be read"),
    ],
)
def test_a_package_without_the_studys_results_is_one_message(tmp_path, files, words):
    with pytest.raises(UserError, match=words):
        changes_since(packed(tmp_path, files), OLD, "s")


def test_a_package_that_is_not_there_is_one_message(tmp_path):
    for path in (tmp_path / "absent.zip", tmp_path):
        with pytest.raises(UserError, match="cannot be read"):
            changes_since(str(path), OLD, "s")


def test_the_written_study_is_what_its_results_say():
    resolved = yaml.safe_load(OLD["results/s/study.resolved.yaml"])
    assert round_of(OLD, "s", "old").study == resolved
