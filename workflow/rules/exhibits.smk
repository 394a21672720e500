rule table:
    input:
        params=stamped_each(
            "table",
            TABLES,
            lambda table: {"table": TABLES[table], **WORDS},
            ["jinja2", "python-docx"],
        ),
        tables=lambda w: OUTPUTS.inputs(entry_of(Table, TABLES[w.table]).inputs),
        code=lambda w: code(
            "table", settings.behind(entry_of(Table, TABLES[w.table]), STUDY)
        ),
    output:
        html=report(
            f"{RESULTS}/tables/{{table}}.html",
            caption="../report/table.rst",
            category="Tables",
            subcategory=lambda w: READ["table", w.table].section,
            labels=lambda w: READ["table", w.table].labels,
        ),
        latex=f"{RESULTS}/tables/{{table}}.tex",
        csv=f"{RESULTS}/tables/{{table}}.csv",
        docx=f"{RESULTS}/tables/{{table}}.docx",
        cells=f"{PROCESSED}/tables/{{table}}.json",
    log:
        f"{LOGS}/table.{{table}}.log",
    script:
        "../scripts/table.py"


rule figure:
    input:
        params=stamped_each(
            "figure",
            FIGURES,
            lambda figure: {"figure": FIGURES[figure], **WORDS},
            ["matplotlib", "seaborn"],
        ),
        tables=lambda w: OUTPUTS.inputs(entry_of(Figure, FIGURES[w.figure]).inputs),
        code=lambda w: code(
            "figure", settings.behind(entry_of(Figure, FIGURES[w.figure]), STUDY)
        ),
    output:
        svg=report(
            f"{RESULTS}/figures/{{figure}}.svg",
            caption="../report/figure.rst",
            category="Figures",
            subcategory=lambda w: READ["figure", w.figure].section,
            labels=lambda w: READ["figure", w.figure].labels,
        ),
        pdf=f"{RESULTS}/figures/{{figure}}.pdf",
        png=f"{RESULTS}/figures/{{figure}}.png",
        csv=f"{RESULTS}/figures/{{figure}}.csv",
        caption=f"{RESULTS}/figures/{{figure}}.txt",
    log:
        f"{LOGS}/figure.{{figure}}.log",
    script:
        "../scripts/figure.py"


rule funnel:
    input:
        params=stamped(
            "funnel",
            WORDS,
            ["matplotlib", "seaborn", "python-docx"],
        ),
        funnel=rules.results.output.funnel,
        code=code("funnel"),
    output:
        svg=report(
            f"{RESULTS}/figures/funnel.svg",
            caption="../report/funnel.rst",
            category="Figures",
            subcategory=READ["figure", "funnel"].section,
            labels=READ["figure", "funnel"].labels,
        ),
        pdf=f"{RESULTS}/figures/funnel.pdf",
        png=f"{RESULTS}/figures/funnel.png",
        caption=f"{RESULTS}/figures/funnel.txt",
        html=f"{RESULTS}/tables/funnel.html",
        latex=f"{RESULTS}/tables/funnel.tex",
        csv=f"{RESULTS}/tables/funnel.csv",
        docx=f"{RESULTS}/tables/funnel.docx",
    log:
        f"{LOGS}/funnel.log",
    script:
        "../scripts/funnel.py"
