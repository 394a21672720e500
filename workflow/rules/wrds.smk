FETCHED = [Path(path).stem for path, rule in RAW_FILES.items() if rule == "wrds"]


if FETCHED:

    # The machine that starts the run has the password file and the way out.
    localrules:
        wrds,

    rule wrds:
        input:
            params=stamped_each(
                "wrds", FETCHED, lambda name: raw.fetched(STUDY, name, WRDS)
            ),
            linked=lambda w: raw.linked(STUDY, w.fetched, WRDS),
            code=code("wrds"),
        output:
            f"data/raw/{NAME}/{{fetched}}.parquet",
        log:
            f"{LOGS}/wrds.{{fetched}}.log",
        wildcard_constraints:
            fetched=one_of(FETCHED),
        resources:
            wrds=1,
        params:
            words=in_words("wrds", raw.wrds_words(STUDY, WRDS)),
            store=lambda wildcards: f"data/wrds/{NAME}/{wildcards.fetched}",
        script:
            "../scripts/wrds.py"
