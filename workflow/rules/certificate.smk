# What the study could find, with what the certificate says of it (docs/certificate.md).
CERTIFIED = "src/alliance_value/alliances/certificate.csv"
CERTIFICATE = f"{BUILD}/certificate"
POWER = f"{BUILD}/power"
CHECK = settings.chosen(STUDY, "models", "seed", "words")
CHECKED = "firm_years" in STUDY["sources"] and "memory" not in STUDY


if CHECKED:

    rule design_check:
        input:
            params=stamped(
                "design_check",
                {**CHECK, "draws": 0},
                ["scipy"],
            ),
            panel=rules.panel.output.panel,
            scores=CERTIFIED,
            code=code("design_check", estimators_of(STUDY["models"])),
        output:
            design_check=f"{RESULTS}/design_check.csv",
        log:
            f"{LOGS}/design_check.log",
        threads: 1
        script:
            "../scripts/design_check.py"

    # Asked for by name (snakemake power): placebos in the study's own panel.
    rule placebos:
        input:
            params=stamped(
                "placebos",
                {**CHECK, "draws": 400},
                ["scipy"],
            ),
            panel=rules.panel.output.panel,
            scores=CERTIFIED,
            code=code("design_check", estimators_of(STUDY["models"])),
        output:
            design_check=f"{POWER}/power.csv",
        log:
            f"{LOGS}/placebos.log",
        threads: 1
        script:
            "../scripts/design_check.py"

    rule power:
        input:
            params=stamped("power", WORDS),
            design_check=rules.placebos.output.design_check,
            size_power=made_by("size_power", "size_power"),
            code=code("power"),
        output:
            text=f"{POWER}/power.txt",
        log:
            f"{LOGS}/power.log",
        script:
            "../scripts/power.py"


if CHECKED and "alliances" in STUDY["sources"]:

    rule certificate_page:
        input:
            params=stamped(
                "certificate_page",
                {"study": settings.chosen(STUDY, "title", "simulated"), **WORDS},
                ["jinja2"],
            ),
            design_check=rules.design_check.output.design_check,
            scores=CERTIFIED,
            templates=[
                "src/alliance_value/report/page.html.j2",
                "src/alliance_value/certificate/certificate.html.j2",
            ],
            code=code("certificate_page"),
        output:
            html=report(
                f"{RESULTS}/certificate.html",
                caption="../report/certificate.rst",
                category="Report",
            ),
        log:
            f"{LOGS}/certificate_page.log",
        script:
            "../scripts/certificate_page.py"


# Asked for by name (snakemake certificate); no result of a study depends on it.
if "certificate" in STUDY:

    SHARDS = settings.shards(STUDY)

    rule certificate_shard:
        input:
            params=stamped_each(
                "certificate_shard",
                SHARDS,
                lambda shard: {**settings.world_study(STUDY), **SHARDS[shard]},
                ["linearmodels", "numba", "pandera", "polars", "scipy"],
            ),
            code=code(
                "certificate_shard",
                [
                    *estimators_of(STUDY["models"]),
                    *settings.readers(STUDY, "firm_years"),
                    *settings.event_methods(STUDY),
                ],
            ),
            firm_years=SOURCES["firm_years"] if "overlay" in STUDY["sources"] else [],
        output:
            worlds=f"{CERTIFICATE}/worlds/{{shard}}.csv",
        log:
            f"{LOGS}/certificate_shard.{{shard}}.log",
        threads: 1
        script:
            "../scripts/certificate_shard.py"

    rule certificate:
        input:
            params=stamped(
                "certificate",
                {
                    "models": STUDY["models"],
                    "designs": STUDY["certificate"]["designs"],
                },
                ["scipy"],
            ),
            worlds=expand(rules.certificate_shard.output.worlds, shard=SHARDS),
            code=code("certificate"),
        output:
            scores=f"{CERTIFICATE}/certificate.csv",
        log:
            f"{LOGS}/certificate.log",
        script:
            "../scripts/certificate.py"
