"""LaTeX tables fit a page of a plain article and lose no character.

What TeX says is tried where pdflatex or xelatex is installed, and skipped elsewhere.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alliance_value.exhibits.latex import to_latex
from alliance_value.exhibits.latex_text import latex_text, parts, width, wrapped
from alliance_value.exhibits.text_table import TextTable
from tests.tex import ENGINES, compiled, faults

PACKAGES = ("booktabs,siunitx,threeparttable,longtable,pdflscape", "booktabs,amsmath")
LABELS = (
    "[log] size",
    "*starred*",
    "β × Größe, naïve Çelik",
    "Ωμέγα ≥ 5 % & more_than_one_variable_name",
    "a\n\nblank line, tab\tand  blanks",
    'x^2 ~ {y} \\ "quoted" <b> | £ € … ½ x² Łódź ǅ 中 Ж',
    "averyverylongnamewithoutanyplaceatwhichonecouldbreakitwhateveronetries",
)


def table(name: str, columns: int, rows: int = 12, **change: object) -> TextTable:
    heads = tuple(
        (f"Outcome {c // 3}", f"Model with a title {c}") for c in range(columns)
    )
    cells = [
        (f"-0.{r}23***", f"({r}.0123)", "16,537", "yes", "<0.0001", "", "5.2%")
        for r in range(rows)
    ]
    body = tuple(
        (LABELS[r % len(LABELS)], tuple(cells[r][r % 7] for _ in range(columns)))
        for r in range(rows)
    )
    parts = {"name": name, "title": "50 % of [it]", "columns": heads, "rows": body}
    parts |= {"rules": frozenset({2}), "notes": (" ".join(LABELS) * 3,)}
    return TextTable(**{**parts, **change})  # type: ignore[arg-type]


WORDS = TextTable(
    "words",
    "Cells of words",
    (("", "Why"), ("", "N")),
    tuple((label, (" ".join(LABELS[:4]), "1,234")) for label in LABELS * 12),
    frozenset(),
    ("A note.",),
)
TABLES = [
    table("one", 1),
    table("five", 5),
    table("nine", 9),
    table("thirty", 30),
    table("tall", 4, rows=120),
    table("wide-and-tall", 9, rows=90),
    table("bare", 2, notes=(), title=""),
    WORDS,
]


def article(folder: Path, engine: str, packages: str, tables: list[TextTable]) -> str:
    """Return TeX's log of an article with these tables."""
    body = "\n".join(rf"\typeout{{= {t.name}}}{to_latex(t)}\clearpage" for t in tables)
    text = rf"\documentclass{{article}}\usepackage{{{packages}}}\begin{{document}}"
    path = folder / "all.tex"
    path.write_text(f"{text}\n{body}\n\\end{{document}}\n", "utf-8")
    return compiled(path, engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("packages", PACKAGES)
def test_every_table_compiles_and_fits_its_page(tmp_path, engine, packages):
    short = [t for t in TABLES if "longtable" not in to_latex(t).split("%", 2)[2]]
    wide = [t for t in short if "begin{landscape}" not in to_latex(t)]
    log = article(
        tmp_path, engine, packages, TABLES if "longtable" in packages else wide
    )
    assert not faults(log)


def test_wide_tables_turn_or_part_and_tall_ones_run_over_pages():
    assert r"\begin{landscape}" not in to_latex(table("t", 4))
    assert r"\begin{landscape}" in to_latex(table("t", 8))
    parted = to_latex(table("t", 40))
    assert parted.count(r"\begin{tabular}{#1}") > 1
    assert "(part 2 of" in parted
    assert r"\begin{longtable}" in to_latex(table("t", 2, rows=90))


def test_no_row_begins_with_a_bracket_or_a_star():
    for one in TABLES:
        assert not re.search(r"(\\\\|\\tabularnewline)\s*[\[*]", to_latex(one))


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("[log] size", "{[}log{]} size"),
        ("5 % & x_1", r"5 \% \& x\_1"),
        ("β", r"$\beta$"),
        ("Ω Β", r"$\Omega$ $\mathrm{B}$"),
        ("é ç ö", r"\'{e} \c{c} \"{o}"),
        ("x²", "x$^{2}$"),
        ("a\n\nb", "a b"),
        ("½", "1/2"),
    ],
)
def test_text_is_what_latex_prints(text, latex):
    assert latex_text(text) == latex


def test_what_no_font_has_is_printed_by_its_code():
    assert "U+4E2D" in latex_text("中")
    assert "中" in latex_text("中")


def test_lines_are_no_wider_than_asked():
    text = "Customer-centric partner share × Own customer-centric structure"
    lines = wrapped(text, 80)
    assert all(width(line) <= 80 for line in lines)
    assert " ".join(lines).replace("- ", "-") == text
    assert "".join(parts("a_long_name_of_a_variable")) == "a_long_name_of_a_variable"


@pytest.mark.parametrize("engine", ENGINES)
def test_the_tables_of_finished_studies_fit_their_pages(tmp_path, engine):
    """Whatever studies this checkout has results of, the default one among them."""
    files = sorted(Path(__file__).parents[3].glob("results/*/tables/*.tex"))
    if not files:
        pytest.skip("no results here: make reproduce")
    text = "\n".join(rf"\typeout{{= {f.stem}}}\input{{{f}}}\clearpage" for f in files)
    opening = rf"\documentclass{{article}}\usepackage{{{PACKAGES[0]}}}"
    path = tmp_path / "all.tex"
    path.write_text(f"{opening}\\begin{{document}}{text}\\end{{document}}", "utf-8")
    assert not faults(compiled(path, engine))
