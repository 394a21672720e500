# Asked for by name (snakemake coverage, multiverse_size); no result depends on them.
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


rule multiverse_size:
    input:
        params=stamped("multiverse_size", {"draws": 199, "seed": 0}, ["scipy"]),
        code=code("multiverse_size"),
    output:
        size=f"{BUILD}/multiverse_size.csv",
        table=f"{BUILD}/multiverse_size.md",
    log:
        f"{LOGS}/multiverse_size.log",
    threads: 1
    script:
        "../scripts/multiverse_size.py"
