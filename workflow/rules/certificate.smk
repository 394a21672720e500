# Asked for by name (snakemake certificate); no result of a study depends on it.
CERTIFICATE = f"{BUILD}/certificate"


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
                "certificate", {"designs": STUDY["certificate"]["designs"]}, ["scipy"]
            ),
            worlds=expand(rules.certificate_shard.output.worlds, shard=SHARDS),
            code=code("certificate"),
        output:
            scores=f"{CERTIFICATE}/certificate.csv",
            page=f"{CERTIFICATE}/certificate.md",
        log:
            f"{LOGS}/certificate.log",
        script:
            "../scripts/certificate.py"
