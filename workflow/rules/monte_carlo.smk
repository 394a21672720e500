# Asked for by name (snakemake coverage); no result of a study depends on it.
rule coverage:
    input:
        params=stamped(
            "coverage",
            {"panels": 1000, "tables": 500, "draws": 399, "seed": 0},
            ["numba", "scipy"],
        ),
        code=code(
            "simulated_coverage",
            [
                *defining(Estimator, entries(Estimator)),
                *defining(StandardError, entries(StandardError)),
            ],
        ),
    output:
        coverage=f"{BUILD}/coverage.csv",
        table=f"{BUILD}/coverage.md",
    log:
        f"{LOGS}/coverage.log",
    threads: 1
    script:
        "../scripts/simulated_coverage.py"
