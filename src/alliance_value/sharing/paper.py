r"""A finished study -> the LaTeX skeleton of a paper on it.

The paper reads tables, figures and numbers from the results each time it is compiled;
what authors write in it stays theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.exhibits.latex_text import latex_text

HEAD = r"""\documentclass{article}
\usepackage{graphicx}
\usepackage{booktabs, siunitx, threeparttable, longtable, pdflscape}
\newcommand\results{%s}
\input{\results/numbers.tex}

"""


def paper(
    study: Mapping[str, Any],
    results: str,
    named: Mapping[str, Any],
    captions: Mapping[str, str],
) -> str:
    r"""Return the text of a paper.

    Parameters
    ----------
    study
        The resolved study.
    results
        Its results, as seen from where the paper lies.
    named
        Names of its numbers, as ``numbers.json`` has them.
    captions
        Figure -> its caption.
    """
    lines = [
        HEAD % results + rf"\title{{{latex_text(study['title'])}}}",
        r"\author{The authors}",
        r"\date{}",
        r"\begin{document}",
        r"\maketitle",
        "",
        r"\begin{abstract}",
        latex_text(study["question"] or study["title"]),
        *tested(study, named),
        r"\end{abstract}",
        "",
    ]
    if study["simulated"]:
        lines += [r"\noindent Simulated: " + latex_text(study["simulated"]), ""]
    lines += [r"\section{Introduction}", "", r"\section{Data}", ""]
    lines += [latex_text(study["description"]), "", exhibit("funnel"), ""]
    lines += [r"\section{Method}", "", *models(study, named), r"\section{Results}", ""]
    for table in study["exhibits"]["tables"]:
        lines += [exhibit(table["name"]), ""]
    for figure in study["exhibits"]["figures"]:
        lines += [*drawn(figure["name"], captions[figure["name"]]), ""]
    lines += [r"\section{Conclusion}", "", r"\end{document}"]
    return "\n".join(lines) + "\n"


def tested(study: Mapping[str, Any], named: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence per hypothesis, its numbers by name."""
    for hypothesis in study["hypotheses"]:
        name = hypothesis["name"]
        if f"{name}.verdict" not in named or f"{name}.ci_low" not in named:
            continue
        words = latex_text((hypothesis["words"] or hypothesis["term"]).rstrip("."))
        yield (
            rf"{words}: \studynumber{{{name}.estimate}} "
            rf"(\studynumber{{{name}.ci_low}} to \studynumber{{{name}.ci_high}}), "
            rf"\studynumber{{{name}.verdict}}."
        )


def models(study: Mapping[str, Any], named: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence per model."""
    for model in study["models"]:
        name = model["name"]
        if f"{name}.n" in named:
            title = latex_text(model.get("title") or name)
            yield rf"{title}: $N = {{}}$\studynumber{{{name}.n}}."
            yield ""


def exhibit(name: str) -> str:
    """Return the line that reads a table."""
    return rf"\input{{\results/tables/{name}.tex}}"


def drawn(name: str, caption: str) -> list[str]:
    """Return the lines that show a figure with its caption."""
    return [
        r"\begin{figure}[p]",
        r"\centering",
        rf"\includegraphics[width=\linewidth,height=0.7\textheight,keepaspectratio]"
        rf"{{\results/figures/{name}.pdf}}",
        rf"\caption{{{latex_text(caption)}}}\label{{fig:{name}}}",
        r"\end{figure}",
    ]


def check_paper(path: Path, results: Path, study_file: str) -> None:
    """Refuse to write a paper that is there, or one without results.

    Raises
    ------
    UserError
        Either is so.
    """
    problems = []
    if path.exists():
        problems.append(
            Problem(
                rule="there is a paper already, which stays as it is",
                remedy="compile it: tables, figures and numbers are read anew; or move "
                "it away for a new skeleton",
                where=str(path),
            )
        )
    if not (results / "numbers.tex").is_file():
        problems.append(
            Problem(
                rule="the study has no results yet",
                remedy=f"snakemake -c2 --configfile {study_file}",
                where=str(results),
            )
        )
    raise_if(problems, "the paper")
