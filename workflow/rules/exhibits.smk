rule table:
    input:
        params=lambda w: stamped(
            f"table.{w.table}",
            {
                "table": TABLES[w.table],
                "labels": labels(),
                "titles": {m["name"]: m["title"] for m in STUDY["models"]},
                "simulated": STUDY["simulated"],
            },
            ["jinja2"],
        ),
        estimates=rules.results.output.estimates,
        fits=rules.results.output.fits,
        diagnostics=rules.results.output.diagnostics,
        code=code("table"),
    output:
        html=report(
            f"{RESULTS}/tables/{{table}}.html",
            caption="../report/table.rst",
            category="Tables",
            labels={"table": "{table}"},
        ),
        latex=f"{RESULTS}/tables/{{table}}.tex",
        csv=f"{RESULTS}/tables/{{table}}.csv",
    log:
        f"{LOGS}/table.{{table}}.log",
    script:
        "../scripts/table.py"


rule figure:
    input:
        params=lambda w: stamped(
            f"figure.{w.figure}",
            {
                "figure": FIGURES[w.figure],
                "labels": labels(),
                "titles": {m["name"]: m["title"] for m in STUDY["models"]},
                "outcomes": {m["name"]: m["outcome"] for m in STUDY["models"]},
                "confidence": STUDY["inference"]["confidence"],
                "simulated": STUDY["simulated"],
            },
            ["matplotlib", "seaborn"],
        ),
        tables=lambda w: [
            RESULT_TABLES[name] for name in FIGURE_INPUTS[FIGURES[w.figure]["kind"]]
        ],
        code=code("figure"),
    output:
        svg=report(
            f"{RESULTS}/figures/{{figure}}.svg",
            caption="../report/figure.rst",
            category="Figures",
            labels={"figure": "{figure}"},
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
            {
                "labels": labels(),
                "titles": {m["name"]: m["title"] for m in STUDY["models"]},
                "simulated": STUDY["simulated"],
            },
            ["matplotlib", "seaborn"],
        ),
        funnel=rules.results.output.funnel,
        code=code("funnel"),
    output:
        svg=report(
            f"{RESULTS}/figures/funnel.svg",
            caption="../report/funnel.rst",
            category="Figures",
            labels={"figure": "funnel"},
        ),
        pdf=f"{RESULTS}/figures/funnel.pdf",
        png=f"{RESULTS}/figures/funnel.png",
        caption=f"{RESULTS}/figures/funnel.txt",
        html=f"{RESULTS}/tables/funnel.html",
        latex=f"{RESULTS}/tables/funnel.tex",
        csv=f"{RESULTS}/tables/funnel.csv",
    log:
        f"{LOGS}/funnel.log",
    script:
        "../scripts/funnel.py"
