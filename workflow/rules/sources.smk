if "simulate" in STUDY["sources"]:

    rule simulate:
        input:
            params=stamped(
                "simulate", {**STUDY["sources"]["simulate"], "seed": STUDY["seed"]}
            ),
            code=code("simulate"),
        output:
            world_files(f"data/raw/{NAME}", STUDY["sources"]["simulate"]),
        log:
            f"{LOGS}/simulate.log",
        script:
            "../scripts/simulate.py"


rule firm_years:
    input:
        params=stamped(
            "firm_years",
            {
                "sources": {
                    key: value
                    for key, value in STUDY["sources"].items()
                    if key != "simulate"
                },
                "columns": sorted(required_columns(STUDY)),
                "grouping": sorted(grouping_columns(STUDY)),
                "sha256": contents_of(SOURCES),
            },
            ["pandera"],
        ),
        firm_years=SOURCES["firm_years"],
        firms=SOURCES.get("firms", []),
        code=code("firm_years"),
    output:
        firm_years=f"{PROCESSED}/firm_years.parquet",
        rejects=f"{PROCESSED}/rejects/firm_years.parquet",
        funnel=f"{PROCESSED}/funnel/firm_years.parquet",
        sources=f"{PROCESSED}/sources.json",
    log:
        f"{LOGS}/firm_years.log",
    params:
        words=in_words(
            "firm_years",
            {"uses": required_columns(STUDY), "variables": list(STUDY["variables"])},
        ),
    script:
        "../scripts/firm_years.py"
