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
            dyads=made_by("appropriation", "dyads"),
            dyad_models=made_by("dyad_models", "estimates"),
            tables=at_once(settings.tables_of_checks, STUDY, OUTPUTS.tables()),
            code=code("validation"),
        output:
            validation=f"{RESULTS}/validation.csv",
        log:
            f"{LOGS}/validation.log",
        script:
            "../scripts/validation.py"


if "claims" in STUDY:

    rule claims:
        input:
            params=stamped(
                "claims",
                {
                    "models": settings.claimed_models(STUDY),
                    "confidence": STUDY["inference"]["confidence"],
                },
                ["scipy"],
            ),
            claims=STUDY["claims"],
            panel=rules.panel.output.panel,
            estimates=rules.results.output.estimates,
            covariances=rules.results.output.covariances,
            dyads=made_by("appropriation", "dyads"),
            results=settings.claimed_tables(STUDY, OUTPUTS.tables()),
            code=code("claims"),
        output:
            claims=f"{RESULTS}/claims.csv",
        log:
            f"{LOGS}/claims.log",
        script:
            "../scripts/claims.py"


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
            "report",
            {"study": STUDY, "study_file": STUDY_FILE, **WORDS},
            ["jinja2", "linearmodels", "typst"],
        ),
        estimates=rules.results.output.estimates,
        fits=rules.results.output.fits,
        failures=rules.results.output.failures,
        funnel=rules.results.output.funnel,
        rejects=rules.rejects.output.rejects,
        cut_points=made_by("panel", "cut_points"),
        sources=OUTPUTS.of_all("sources"),
        validation=f"{RESULTS}/validation.csv" if STUDY["validation"] else [],
        claims=f"{RESULTS}/claims.csv" if "claims" in STUDY else [],
        results=[
            rules.results.output.slopes,
            rules.results.output.equations,
            rules.results.output.diagnostics,
            *made_by("event_results", "event_tests"),
            *made_by("appropriation", "division_of_value"),
            *made_by("appropriation", "dyads_csv"),
            *made_by("panel", "panel"),
            *made_by("multiverse", "csv"),
            *made_by("multiverse", "tests"),
            *made_by("multiverse", "choices"),
            *made_by("design_check", "design_check"),
            *made_by("structures", "proposed"),
            *made_by("structures", "to_review"),
            *made_by("alliances", "days"),
            *(made_by("alliances", "participants") if FILED else []),
            *made_by("survivorship", "survivorship"),
            *at_once(settings.tables_in_summary, STUDY, OUTPUTS.tables()),
        ],
        tables=expand(f"{PROCESSED}/tables/{{table}}.json", table=TABLES),
        figures=[
            *expand(f"{RESULTS}/figures/{{figure}}.svg", figure=FIGURES),
            rules.funnel.output.svg,
        ],
        captions=[
            *expand(f"{RESULTS}/figures/{{figure}}.txt", figure=FIGURES),
            rules.funnel.output.caption,
        ],
        templates=[*templates("report"), "src/alliance_value/report/report.typ"],
        code=code("report", settings.said_in_report(STUDY)),
    output:
        html=report(
            f"{RESULTS}/report.html",
            caption="../report/report.rst",
            category="Report",
            labels={"page": "Report, for the screen"},
        ),
        pdf=report(
            f"{RESULTS}/report.pdf",
            caption="../report/report_pdf.rst",
            category="Report",
            labels={"page": "Report, for paper"},
        ),
        summary=f"{RESULTS}/summary.txt",
        numbers=f"{RESULTS}/numbers.json",
        tex=f"{RESULTS}/numbers.tex",
    log:
        f"{LOGS}/report.log",
    script:
        "../scripts/report.py"


rule codebook:
    input:
        params=stamped(
            "codebook",
            {
                "study": settings.chosen(
                    STUDY,
                    "title",
                    "industry",
                    "models",
                    "simulated",
                    "sources",
                    "portfolio",
                    "variables",
                    "words",
                ),
                "processed": PROCESSED,
                "results": RESULTS,
            },
            ["jinja2", "pandera"],
        ),
        tables=OUTPUTS.intermediates(),
        results=OUTPUTS.results(),
        templates=templates("codebook"),
        code=code("codebook", defining(Canonical, entries(Canonical))),
    output:
        html=report(
            f"{RESULTS}/codebook.html",
            caption="../report/codebook.rst",
            category="Report",
            labels={"page": "Codebook"},
        ),
        csv=f"{RESULTS}/codebook.csv",
    log:
        f"{LOGS}/codebook.log",
    script:
        "../scripts/codebook.py"


rule data_quality:
    input:
        params=stamped(
            "data_quality",
            {
                "title": STUDY["title"],
                "simulated": STUDY["simulated"],
                "words": STUDY["words"],
            },
            ["jinja2", "pandera"],
        ),
        profiles=expand(rules.profile.output.profile, source=SOURCES),
        records=OUTPUTS.of_all("sources"),
        rejects=rules.rejects.output.rejects,
        templates=templates("data_quality"),
        code=code("data_quality"),
    output:
        html=report(
            f"{RESULTS}/data_quality.html",
            caption="../report/data_quality.rst",
            category="Report",
            labels={"page": "Data quality"},
        ),
        csv=f"{RESULTS}/data_quality.csv",
    log:
        f"{LOGS}/data_quality.log",
    script:
        "../scripts/data_quality.py"
