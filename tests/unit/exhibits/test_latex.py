"""LaTeX tables fit a page of a plain article and lose no character.

What TeX says is tried where pdflatex or xelatex is installed, and skipped elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_value.exhibits.latex import (
    LANDSCAPE,
    NUMBER,
    PORTRAIT,
    STAY,
    Column,
    as_long,
    column_of,
    formats,
    head_lines,
    height,
    latex_cell,
    number_format,
    parted,
    rows_shown,
    spanning,
    spread,
    to_latex,
)
from alliance_value.exhibits.latex_text import (
    char_width,
    latex_text,
    longest,
    parts,
    width,
    wrapped,
)
from alliance_value.exhibits.text_table import TextTable
from tests.tex import ENGINES, PACKAGES, article, article_of_tables, faults, text_of

EVERY_OR_LEAST = (PACKAGES, "booktabs,amsmath")
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
    # the parts of a table are of several types
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


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("packages", EVERY_OR_LEAST)
def test_every_table_compiles_and_fits_its_page(tmp_path, engine, packages):
    short = [t for t in TABLES if "longtable" not in to_latex(t).split("%", 2)[2]]
    wide = [t for t in short if "begin{landscape}" not in to_latex(t)]
    shown = TABLES if "longtable" in packages else wide
    pages = {t.name: to_latex(t) for t in shown}
    assert not faults(article(tmp_path, engine, packages, pages))


def test_wide_tables_turn_or_part_and_tall_ones_run_over_pages():
    assert r"\begin{landscape}" not in to_latex(table("t", 4))
    assert r"\begin{landscape}" in to_latex(table("t", 8))
    parted = to_latex(table("t", 40))
    assert parted.count(r"\begin{tabular}{#1}") > 1
    assert "(part 2 of" in parted
    assert r"\begin{longtable}" in to_latex(table("t", 2, rows=90))


def test_notes_of_a_tall_table_stay_with_its_last_rows(tmp_path):
    rows = [(f"Row {n}", ("0.12", "3.45")) for n in range(60)]
    tall = {
        f"t{n}": to_latex(
            replace(table(f"t{n}", 2), rows=tuple(rows[:n]), notes=("Noted. " * 60,))
        )
        for n in range(46, 58)  # one of which fills its page without the notes
    }
    assert all(r"\begin{longtable}" in text for text in tall.values())
    article(tmp_path, "pdflatex", PACKAGES, tall)
    text = text_of(tmp_path / "all.pdf")
    pages = [page for page in text.split("\f") if "Noted." in page]
    assert len(pages) == len(tall)
    assert all(page.count("Row ") >= 5 for page in pages)


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


@pytest.mark.parametrize(
    ("character", "latex"),
    [
        ("²", "$^{2}$"),
        ("₂", "$_{2}$"),
        ("ǆ", r"d\v{z}"),
        ("ĳ", "ij"),
        ("í", r"\'{\i}"),
        ("ĵ", r"\^{\j}"),
        ("ς", r"$\varsigma$"),
        ("ο", "$o$"),
        ("Λ", r"$\Lambda$"),
        ("λ", r"$\lambda$"),
        ("Α", r"$\mathrm{A}$"),
        ("ώ", r"$\omega$"),
        ("a" * 17, r"aaaaaaaaaaaaaaaa\allbreak{}a".replace("allbreak", "allowbreak")),
    ],
)
def test_characters_one_by_one(character, latex):
    assert latex_text(character) == latex


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
    assert not faults(article_of_tables(tmp_path, engine, files))


def test_a_table_line_by_line():
    """Numbers in columns of their own, words in lines, a rule above a block."""
    small = TextTable(
        "main",
        "Effects & more",
        (("ROA", "(1)"), ("ROA", "(2)"), ("", "Words")),
        (
            (
                "Size",
                ("-1,234.50***", "0.12*", "a long text of words that breaks"),
            ),
            ("", ("(0.10)", "", "none")),
            ("N", ("1,200", "", "-3 of 5")),
        ),
        frozenset({0, 2}),
        ("A note.", "Another."),
    )
    assert to_latex(small).split("\\fi\n")[-1] == (
        r"""\def\opening#1{\begin{tabular}{#1}}
\begin{table}[htbp]
\centering\footnotesize
\begin{threeparttable}
\caption{Effects \& more}\label{tab:main}
\expandafter\opening\expandafter{\columns}
\toprule
 & \multicolumn{2}{c}{ROA} & \multicolumn{1}{c}{} \tabularnewline
\cmidrule(lr){2-3}
 & \multicolumn{1}{c}{(1)} & \multicolumn{1}{c}{(2)} & \multicolumn{1}{c}{Words} """
        r"""\tabularnewline
\midrule
\raggedright Size & -1,234.50{\textsuperscript{***}} & 0.12{\textsuperscript{*}} & """
        r"""\raggedright a long text of words that breaks \tabularnewline
\raggedright  & {(}0.10{)} &  & \raggedright none \tabularnewline
\midrule
\raggedright N & {1,200} &  & \raggedright $-$3 of 5 \tabularnewline
\bottomrule
\end{tabular}
\begin{tablenotes}[flushleft]\footnotesize\raggedright
\item A note. Another.
\end{tablenotes}
\end{threeparttable}
\end{table}
\endgroup
"""
    )
    with_numbers, plain = re.findall(r"\\def\\columns\{(.*)\}", to_latex(small))
    label, words = re.findall(r"p\{([\d.]+)pt\}", plain)
    assert plain == f"p{{{label}pt}}ccp{{{words}pt}}"
    assert float(label) == pytest.approx(width("Size"), abs=0.05)
    assert float(words) == pytest.approx(width(small.rows[0][1][2]), abs=0.05)
    assert with_numbers == (
        rf"p{{{label}pt}}S[table-format={{{{(}}-5.2{{\textsuperscript{{***}}}}}}]"
        rf"S[table-format={{1.2{{\textsuperscript{{*}}}}}}]p{{{words}pt}}"
    )


def test_panels_of_a_wide_table_leave_out_the_rows_of_others():
    rows = (
        ("First", tuple(f"0.1{c % 10}" for c in range(40))),
        ("Last", tuple("1" if c == 39 else "" for c in range(40))),
        ("N", ("2,345",) * 40),
    )
    heads = tuple(("", f"Model number {c}") for c in range(40))
    wide = TextTable("w", "Wide", heads, rows, frozenset({1}), ("A note.",))
    *first, last = to_latex(wide).split(r"\endgroup")[:-1]
    for number, text in enumerate([*first, last], start=1):
        assert rf"\caption{{Wide (part {number} of {len(first) + 1})}}" in text
        assert rf"\label{{tab:w-{number}}}" in text
        assert "cmidrule" not in text
        assert ("Last" in text) == ("A note." in text) == (text is last)
        assert text.count(r"\midrule") == 2
        assert "longtable}{#1" not in text
        body = text.split(r"\midrule")[1]
        assert body.count("0.1") == text.count("Model\\\\number")
    assert sum(text.count("0.1") for text in [*first, last]) == 40


COLUMNS = st.lists(st.floats(10, 200), min_size=1, max_size=30)


@given(COLUMNS, st.floats(20, 100))
def test_panels_keep_the_columns_in_order_and_fit_the_page(sizes, label):
    columns = [Column("", str(n), (), size, size) for n, size in enumerate(sizes)]
    first = Column("", "", (), label, label)
    panels = parted(first, columns, PORTRAIT)
    assert [c for panel in panels for c in panel] == columns
    free = PORTRAIT - label - 6
    for panel in panels:
        assert len(panel) == 1 or sum(c.least + 6 for c in panel) <= free
    if sum(sizes) + 6 * len(sizes) <= free:
        assert len(panels) == 1


def test_panels_are_about_as_wide_as_each_other():
    columns = [Column("", str(n), (), 50, 50) for n in range(8)]
    first = Column("", "", (), 100, 100)
    sizes = [len(p) for count in (6, 8) for p in parted(first, columns[:count], 345.0)]
    assert sizes == [3, 3, 4, 4]


@given(COLUMNS, st.floats(0, 400))
def test_columns_of_words_share_what_is_left(sizes, room):
    columns = [
        Column("", "", (), size, 2 * size, breaks=n % 2 == 0)
        for n, size in enumerate(sizes)
    ]
    given_room = sum(sizes) + 6 * len(sizes) + room
    after = spread(columns, given_room)
    wanted = sum(sizes)
    for old, new in zip(columns, after, strict=True):
        share = min(room / wanted, 1) if old.breaks else 1
        assert new.natural == pytest.approx(old.least * (1 + share), abs=1e-6)
    assert spread(columns, 0)[0].natural == columns[0].least


def test_a_page_is_as_high_as_its_lines():
    one = Column("", "head", ("a", "b"), 50, 50)
    words = Column("Upper", "of words", ("word " * 9, "c"), 60, 60, breaks=True)
    lines = len(wrapped("word " * 9, 60)) + 1
    heads = 1 + 1
    assert lines > 3
    size = 200.0
    expected = lines + heads + width("Title") / size + 1 + 5
    assert height([one, words], ["Title"], size) == pytest.approx(9.6 * expected)
    flat = Column("", "", words.cells, 60, 60)
    assert height([flat], [], size) == pytest.approx(9.6 * (2 + 2 + 5))


@pytest.mark.parametrize(
    ("characters", "em"),
    [
        ("fi.,:;|()[] I", 0.42),
        ("019acez+=/*-", 0.535),
        ("bdhknpqu", 0.6),
        ("BD≥éß", 0.8),
        ("中", 1.0),
        ("mwMO%@&×→", 1.05),
        ("W", 1.1),
    ],
)
def test_characters_are_no_wider_than_this(characters, em):
    for c in characters:
        assert char_width(c) == pytest.approx(8 * em)
    assert width(f"a{characters}b") == pytest.approx(
        width("a") + width("b") + sum(map(char_width, characters))
    )


def test_a_word_of_more_than_sixteen_characters_may_be_broken():
    assert parts("a" * 16) == ["a" * 16]
    assert parts("a" * 17) == ["a" * 16, "a"]
    assert parts("customer_centric_share") == ["customer_", "centric_", "share"]
    assert longest("a bbb " + "c" * 20) == pytest.approx(width("c" * 16))
    assert wrapped("", 10) == [""]
    assert wrapped("aa bb", width("aa bb")) == ["aa bb"]
    assert wrapped("aa bb", width("aa bb") - 0.1) == ["aa", "bb"]


def plain(size, *cells):
    return Column("", "h", cells, size, size)


@pytest.mark.parametrize(
    ("sizes", "panels"),
    [
        # 100 pt are free
        ((94,), [1]),
        ((44, 44), [2]),
        ((200, 10), [1, 1]),
        ((94, 94, 4), [1, 1, 1]),
        # 63 of 126 a panel, where the middle of the second column is
        ((24, 54, 30), [2, 1]),
        ((24, 54, 29), [1, 1, 1]),
    ],
)
def test_a_column_is_on_the_panel_where_its_middle_is(sizes, panels):
    columns = [plain(size) for size in sizes]
    label = plain(50)
    assert [len(p) for p in parted(label, columns, 156.0)] == panels


def test_the_format_of_numbers_is_that_of_the_longest_parts():
    def form(*texts):
        return number_format([NUMBER.fullmatch(text) for text in texts])

    assert form("1.25", "-12.5") == ("-2.2", width("-00.00"))
    assert form("1,234.5***", "(0.123)") == (
        r"{(}5.3{\textsuperscript{***}}",
        width("(00000.000***"),
    )
    assert form("5.2%") == (r"1.1{\%}", width("0.0%"))


def measured(*cells, head=("", "h")):
    rows = tuple(("", (cell,)) for cell in cells)
    column = column_of(TextTable("t", "", (head,), rows, frozenset(), ()), 0)
    return column.least, column.natural, column.numbers, column.breaks


def test_columns_are_as_wide_as_their_numbers_words_or_heads():
    assert measured("1.5", "12.25") == (width("00.00"),) * 2 + ("2.2", False)
    assert measured("1.5", "not it") == (width("not it"),) * 2 + ("1.1", False)
    assert measured("15", "7") == (width("15"),) * 2 + ("", False)
    assert measured("1", head=("", "wider")) == (width("wider"),) * 2 + ("", False)
    long = "word " * 6 + "longest"
    assert measured(long) == (62.0, width(long), "", True)
    wide = "m" * 12
    assert measured("b" * 16 + " " + wide + " and more")[0] == width(wide)
    assert measured("b" * 16 + " " + "b" * 6)[3] is False  # 110 pt are on one line
    assert measured("b" * 16 + " " + "b" * 7)[3] is True
    beside = (("Upper head", "a"), ("Upper head", "b"))
    table = TextTable("t", "", beside, (("", ("1", "2")),), frozenset(), ())
    assert column_of(table, 0).least == pytest.approx(
        max(width("a"), longest("Upper head") / 2)
    )


def test_rows_that_other_panels_fill_are_left_out():
    columns = [plain(9, "1", "", ""), plain(9, "", "", "2")]
    assert rows_shown(columns, 1) == [0, 1, 2]
    assert rows_shown(columns, 2) == [0, 2]


def test_the_last_six_rows_stay_with_the_notes():
    rows = [f"row {n}" for n in range(8)]
    lines = as_long("C", ["H"], rows, "Note", 3, 100.0)
    assert [line for line in lines if line.startswith("row")] == [
        *rows[:2],
        *(row + STAY for row in rows[2:]),
    ]
    assert [lines.count(line) for line in ("H", r"\endlastfoot")] == [2, 1]
    (note,) = [line for line in lines if "Note" in line]
    assert note.startswith(r"\multicolumn{3}{@{}p{92.0pt}}{\footnotesize")
    bare = as_long("C", ["H"], rows, "", 3, 100.0)
    assert [line for line in bare if line.startswith("row")] == rows
    assert r"\endlastfoot" not in bare


def test_heads_span_their_columns_and_break_where_they_are_wide():
    columns = [replace(plain(40), upper=top) for top in ("A", "A", "", "B")]
    lines = head_lines(columns, 2)
    assert lines[:2] == [r"\toprule"] * 2 and lines[-1] == r"\midrule"
    assert lines[2].startswith(r" & \multicolumn{2}{c}{A} & \multicolumn{1}{c}{} & ")
    assert lines[3] == r"\cmidrule(lr){2-3}\cmidrule(lr){5-5}"
    assert len(head_lines([plain(40)])) == 3
    head = "bb bb"
    assert spanning(head, width(head), 1) == r"\multicolumn{1}{c}{bb bb}"
    assert spanning(head, width(head) - 0.1, 2) == (
        r"\multicolumn{2}{c}{\begin{tabular}[b]{@{}c@{}}bb\\bb\end{tabular}}"
    )
    # two columns have a gap of 6 pt between them, and so has their head
    over = [replace(plain(width("bb") / 2), upper="bb bb") for _ in "ab"]
    assert "begin{tabular}" in head_lines(over)[1]
    over = [replace(plain(width("bb bb") / 2 - 3), upper="bb bb") for _ in "ab"]
    assert "begin{tabular}" not in head_lines(over)[1]


def test_columns_of_counts_stand_to_the_right():
    label = Column("", "", ("r",), 20, 30.06, breaks=True)
    columns = [
        plain(9, "1,200", ""),
        plain(9, "yes"),
        plain(9, "", ""),
        replace(plain(9, "1.5"), numbers="1.1"),
        replace(plain(9, "a"), breaks=True, natural=44.44),
    ]
    text = formats([label, *columns], "tabular")
    assert r"\def\columns{p{30.1pt}rccS[table-format={1.1}]p{44.4pt}}\else" in text
    assert r"\def\columns{p{30.1pt}rcccp{44.4pt}}\fi" in text


@pytest.mark.parametrize(
    ("numbers", "text", "latex"),
    [
        ("1.1", "-0.5**", r"-0.5{\textsuperscript{**}}"),
        ("1.1", "(0.5)", "{(}0.5{)}"),
        ("1.1", "12", "{12}"),
        ("1.1", "none", "{none}"),
        ("1.1", "", ""),
        ("", "-3 of 5", "{$-$3 of 5}"),
    ],
)
def test_a_cell_is_a_number_or_in_braces(numbers, text, latex):
    column = replace(plain(9), numbers=numbers)
    assert latex_cell(column, text) == latex


def test_a_table_turns_where_it_is_wider_than_an_upright_page():
    def turned(count, label="b"):
        heads = (("", "b" * 10),) * count
        rows = ((label, ("1",) * count),)
        return to_latex(TextTable("t", "", heads, rows, frozenset(), ()))

    each = width("b" * 10) + 6
    upright = int((PORTRAIT - width("b") - 6) // each)
    wide = int((LANDSCAPE - width("b") - 6) // each)
    assert "begin{landscape}" not in turned(upright)
    assert "begin{landscape}" in turned(upright + 1)
    assert "begin{landscape}" in turned(wide) and "part 1" not in turned(wide)
    parts = turned(wide + 1)
    assert "begin{landscape}" not in parts and "(part 2 of 2)" in parts
