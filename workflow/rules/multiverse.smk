# The grids as the study asks for them, and in whole: the latter by name alone
# (snakemake multiverse_in_whole); no result of a study depends on it.
WHOLE = f"{BUILD}/multiverse"


if "multiverse" in STUDY:

    GRID_TABLES = at_once(settings.tables_of_grids, STUDY, OUTPUTS.tables())
    GRID_WORDS = {"study": settings.chosen(STUDY, "title", "simulated", "multiverse")}
    GRID_PAGE = {
        "templates": [
            "src/alliance_value/report/page.html.j2",
            "src/alliance_value/multiverse/multiverse.html.j2",
        ],
        "code": code("multiverse_page"),
    }

    rule multiverse:
        input:
            params=stamped("multiverse", settings.grids(STUDY), ["numba", "scipy"]),
            tables=GRID_TABLES,
            code=code("multiverse"),
        output:
            parquet=f"{PROCESSED}/multiverse.parquet",
            csv=f"{RESULTS}/multiverse.csv",
            tests=f"{RESULTS}/multiverse_tests.csv",
            choices=f"{RESULTS}/multiverse_choices.csv",
        log:
            f"{LOGS}/multiverse.log",
        threads: 1
        script:
            "../scripts/multiverse.py"

    rule multiverse_page:
        input:
            **GRID_PAGE,
            params=stamped("multiverse_page", GRID_WORDS, ["jinja2"]),
            multiverse=rules.multiverse.output.parquet,
        output:
            html=report(
                f"{RESULTS}/multiverse.html",
                caption="../report/multiverse.rst",
                category="Report",
                labels={"page": "All specifications"},
            ),
        log:
            f"{LOGS}/multiverse_page.log",
        script:
            "../scripts/multiverse_page.py"

    GRIDS_IN_WHOLE = {
        "params": stamped(
            "multiverse_of_all",
            settings.grids(STUDY, whole=True),
            ["numba", "scipy"],
        ),
        "tables": GRID_TABLES,
    }

    rule multiverse_part:
        input:
            **GRIDS_IN_WHOLE,
            code=code("multiverse_part"),
        output:
            part=f"{WHOLE}/parts/{{grid}}/{{part}}.npz",
        log:
            f"{LOGS}/multiverse_part.{{grid}}.{{part}}.log",
        threads: 1
        script:
            "../scripts/multiverse_part.py"

    rule multiverse_of_all:
        input:
            **GRIDS_IN_WHOLE,
            parts=[
                f"{WHOLE}/parts/{grid}/{part}.npz"
                for grid, parts in settings.parts_of_grids(STUDY).items()
                for part in range(1, parts + 1)
            ],
            code=code("multiverse"),
        output:
            parquet=f"{WHOLE}/multiverse.parquet",
            csv=f"{WHOLE}/multiverse.csv",
            tests=f"{WHOLE}/multiverse_tests.csv",
            choices=f"{WHOLE}/multiverse_choices.csv",
        log:
            f"{LOGS}/multiverse_of_all.log",
        threads: 1
        script:
            "../scripts/multiverse.py"

    rule multiverse_in_whole:
        input:
            **GRID_PAGE,
            params=stamped("multiverse_in_whole", GRID_WORDS, ["jinja2"]),
            multiverse=rules.multiverse_of_all.output.parquet,
        output:
            html=f"{WHOLE}/multiverse.html",
        log:
            f"{LOGS}/multiverse_in_whole.log",
        script:
            "../scripts/multiverse_page.py"
