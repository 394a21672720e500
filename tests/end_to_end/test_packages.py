"""Two packages of a study: the README is true of each, a page tells what changed."""

from __future__ import annotations

import re
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.workflow
PATHS = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[A-Z]\w+)`")


def inside(path) -> dict[str, bytes]:
    with ZipFile(path) as opened:
        return {n.partition("/")[2]: opened.read(n) for n in opened.namelist()}


def test_a_second_round_is_told_from_the_first(author, tmp_path):
    packed = author.root / "build/tiny/package.zip"
    author.tool("package", "--configfile", "study.yaml")
    first = tmp_path / "round 1.zip"
    first.write_bytes(packed.read_bytes())

    files = inside(first)
    readme = files["README.md"].decode()
    absent = {
        named
        for named in PATHS.findall(readme.partition("### Left out")[0])
        if not any(name == named or name.startswith(named) for name in files)
    }
    assert absent == {"data/raw/tiny/firm_years.csv"}
    assert re.search(r"for (\d+) of \1 jobs", readme)
    assert "changes.html" not in files

    with (author.root / "study.yaml").open("a", encoding="utf-8") as stream:
        stream.write("sample: {first: 2002}\n")
    assert author.snakemake("-c2").code == 0
    author.commit("Begin a year later")
    author.tool("package", "--configfile", "study.yaml", "--since", str(first))
    second = inside(packed)
    page = second["changes.html"].decode()
    assert "<td>sample.first</td><td></td><td>2002</td>" in page
    assert '<td class="n">48</td><td class="n">40</td>' in page
    assert "`changes.html`" in second["README.md"].decode()
    assert "  changes.html\n" in second["SHA256SUMS"].decode()

    same = author.tool("package", "--configfile", "study.yaml", "--since", str(packed))
    assert "build/tiny/package-before.zip" in same.screen
    assert inside(packed.with_name("package-before.zip")) == second
    assert "other numbers" in inside(packed)["changes.html"].decode()
    whole = packed.read_bytes()
    bad = author.tool(
        *("package", "--configfile", "study.yaml", "--since", "study.yaml"), fails=True
    )
    assert "study.yaml: the file is no ZIP archive" in bad.screen
    assert packed.read_bytes() == whole
