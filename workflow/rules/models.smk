if FAMILIES:

    rule estimate:
        input:
            params=stamped_each(
                "family",
                FAMILIES,
                lambda family: {
                    "models": settings.models_of(STUDY, family),
                    "on_error": STUDY["on_error"],
                    **settings.chosen(STUDY, "memory"),
                },
                ["linearmodels", "scipy"],
            ),
            panel=rules.panel.output.panel,
            # weights that are none are told by the file's row
            firm_years=lambda w: (
                rules.firm_years.output.firm_years
                if settings.weighted(STUDY, w.family)
                else []
            ),
            code=lambda w: code(
                "estimate", estimators_of(settings.models_of(STUDY, w.family))
            ),
        output:
            **{
                name: f"{PROCESSED}/models/{{family}}/{name}.parquet"
                for name in OF_FAMILIES
            },
        log:
            f"{LOGS}/estimate.{{family}}.log",
        threads: 1
        script:
            "../scripts/estimate.py"


if "repeated" in STUDY["inference"]:

    rule inference:
        input:
            params=stamped(
                "inference",
                {
                    "repeated": STUDY["inference"]["repeated"],
                    "models": settings.models_named(
                        STUDY, STUDY["inference"]["repeated"]["models"]
                    ),
                    "seed": STUDY["seed"],
                    "words": STUDY["words"],
                },
                ["numba", "scipy"],
            ),
            panel=rules.panel.output.panel,
            code=code("inference", settings.repeated_errors()),
        output:
            inference=f"{RESULTS}/inference.csv",
            sensitivity=f"{RESULTS}/sensitivity.csv",
            influence=f"{RESULTS}/influence.csv",
        log:
            f"{LOGS}/inference.log",
        threads: 1
        script:
            "../scripts/inference.py"


if "leave_out" in STUDY["inference"]:

    rule leave_out:
        input:
            params=stamped(
                "leave_out",
                {
                    "by": STUDY["inference"]["leave_out"]["by"],
                    "pairs": STUDY["inference"]["leave_out"]["pairs"],
                    "models": settings.models_named(
                        STUDY, STUDY["inference"]["leave_out"]["models"]
                    ),
                },
                ["linearmodels", "scipy"],
            ),
            panel=rules.panel.output.panel,
            code=code(
                "leave_out",
                estimators_of(
                    settings.models_named(
                        STUDY, STUDY["inference"]["leave_out"]["models"]
                    )
                ),
            ),
        output:
            leave_out=f"{RESULTS}/leave_out.csv",
        log:
            f"{LOGS}/leave_out.log",
        threads: 1
        script:
            "../scripts/leave_out.py"


rule results:
    input:
        **{
            name: expand(made_by("estimate", name), family=FAMILIES)
            for name in OF_FAMILIES
            if name != "funnel"
        },
        params=stamped("results", {"families": FAMILIES, "words": STUDY["words"]}),
        funnel=[
            *made_by("source_funnel", "funnel"),
            *made_by("panel", "funnel"),
            *made_by("dyads", "funnel"),
            *made_by("event_study", "funnel"),
            *made_by("appropriation", "funnel"),
            *made_by("returns", "funnel"),
            *expand(made_by("estimate", "funnel"), family=FAMILIES),
        ],
        code=code("results"),
    output:
        **{name: f"{RESULTS}/{name}.csv" for name in OF_FAMILIES},
    log:
        f"{LOGS}/results.log",
    script:
        "../scripts/results.py"
