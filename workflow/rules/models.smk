if FAMILIES:

    rule estimate:
        input:
            params=stamped_each(
                "family",
                FAMILIES,
                lambda family: {"models": models_of(family)},
                ["linearmodels", "scipy"],
            ),
            panel=rules.panel.output.panel,
            # weights that are none are told by the file's row
            firm_years=lambda w: (
                rules.firm_years.output.firm_years
                if any(model["weights"] for model in models_of(w.family))
                else []
            ),
            code=lambda w: code("estimate", estimators_of(models_of(w.family))),
        output:
            estimates=f"{PROCESSED}/models/{{family}}/estimates.parquet",
            fits=f"{PROCESSED}/models/{{family}}/fits.parquet",
            covariances=f"{PROCESSED}/models/{{family}}/covariances.parquet",
            margins=f"{PROCESSED}/models/{{family}}/margins.parquet",
            slopes=f"{PROCESSED}/models/{{family}}/slopes.parquet",
            equations=f"{PROCESSED}/models/{{family}}/equations.parquet",
            diagnostics=f"{PROCESSED}/models/{{family}}/diagnostics.parquet",
            funnel=f"{PROCESSED}/models/{{family}}/funnel.parquet",
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
                    "models": models_named(STUDY["inference"]["repeated"]["models"]),
                    "seed": STUDY["seed"],
                    "words": STUDY["words"],
                },
                ["numba", "scipy"],
            ),
            panel=rules.panel.output.panel,
            code=code("inference"),
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
                    "models": models_named(STUDY["inference"]["leave_out"]["models"]),
                },
                ["linearmodels", "scipy"],
            ),
            panel=rules.panel.output.panel,
            code=code(
                "leave_out",
                estimators_of(models_named(STUDY["inference"]["leave_out"]["models"])),
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
        params=stamped("results", {"families": FAMILIES, "words": STUDY["words"]}),
        estimates=expand(made_by("estimate", "estimates"), family=FAMILIES),
        fits=expand(made_by("estimate", "fits"), family=FAMILIES),
        covariances=expand(made_by("estimate", "covariances"), family=FAMILIES),
        margins=expand(made_by("estimate", "margins"), family=FAMILIES),
        slopes=expand(made_by("estimate", "slopes"), family=FAMILIES),
        equations=expand(made_by("estimate", "equations"), family=FAMILIES),
        diagnostics=expand(made_by("estimate", "diagnostics"), family=FAMILIES),
        funnels=[
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
        estimates=f"{RESULTS}/estimates.csv",
        fits=f"{RESULTS}/fits.csv",
        covariances=f"{RESULTS}/covariances.csv",
        margins=f"{RESULTS}/margins.csv",
        slopes=f"{RESULTS}/slopes.csv",
        equations=f"{RESULTS}/equations.csv",
        diagnostics=f"{RESULTS}/diagnostics.csv",
        funnel=f"{RESULTS}/funnel.csv",
    log:
        f"{LOGS}/results.log",
    script:
        "../scripts/results.py"
