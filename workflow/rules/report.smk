rule study:
    input:
        params=stamped("study", {"study": STUDY}),
        code=code("study"),
    output:
        study=f"{RESULTS}/study.resolved.yaml",
    log:
        f"{LOGS}/study.log",
    script:
        "../scripts/study.py"


if STUDY["validation"]:

    rule validation:
        input:
            params=stamped(
                "validation",
                {
                    "checks": STUDY["validation"],
                    "confidence": STUDY["inference"]["confidence"],
                },
                ["scipy"],
            ),
            truth=f"data/raw/{NAME}/truth.json",
            estimates=rules.results.output.estimates,
            covariances=rules.results.output.covariances,
            code=code("validation"),
        output:
            validation=f"{RESULTS}/validation.csv",
        log:
            f"{LOGS}/validation.log",
        script:
            "../scripts/validation.py"


rule metrics:
    input:
        params=stamped(
            "metrics",
            {
                "terms": {
                    m["name"]: m["terms"] or m["controls"] for m in STUDY["models"]
                }
            },
        ),
        estimates=rules.results.output.estimates,
        fits=rules.results.output.fits,
        validation=f"{RESULTS}/validation.csv" if STUDY["validation"] else [],
        code=code("metrics"),
    output:
        metrics=f"metrics/{NAME}.json",
    log:
        f"{LOGS}/metrics.log",
    script:
        "../scripts/metrics.py"


rule report:
    input:
        params=stamped(
            "report", {"study": STUDY, "labels": labels()}, ["jinja2", "linearmodels"]
        ),
        estimates=rules.results.output.estimates,
        fits=rules.results.output.fits,
        funnel=rules.results.output.funnel,
        rejects=rules.rejects.output.rejects,
        cut_points=rules.panel.output.cut_points,
        sources=[
            rules.firm_years.output.sources,
            *made_by("links", "sources"),
            *made_by("alliances", "sources"),
            *made_by("structures", "sources"),
            *made_by("diversification", "sources"),
        ],
        validation=f"{RESULTS}/validation.csv" if STUDY["validation"] else [],
        tables=expand(f"{RESULTS}/tables/{{table}}.html", table=TABLES),
        figures=expand(f"{RESULTS}/figures/{{figure}}.svg", figure=FIGURES),
        captions=expand(f"{RESULTS}/figures/{{figure}}.txt", figure=FIGURES),
        template="src/alliance_value/report/report.html.j2",
        code=code("report"),
    output:
        html=report(
            f"{RESULTS}/report.html",
            caption="../report/report.rst",
            category="Report",
        ),
        summary=f"{RESULTS}/summary.txt",
    log:
        f"{LOGS}/report.log",
    script:
        "../scripts/report.py"
