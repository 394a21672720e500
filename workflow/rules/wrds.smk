if fetched_names():

    # The machine that starts the run has the password file and the way out.
    localrules:
        wrds,

    rule wrds:
        input:
            params=lookup(dpath="{fetched}", within=wrds_stamps()),
            linked=lambda wildcards: wrds_linked(wildcards.fetched),
            code=code("wrds"),
        output:
            f"data/raw/{NAME}/{{fetched}}.parquet",
        log:
            f"{LOGS}/wrds.{{fetched}}.log",
        wildcard_constraints:
            fetched=one_of(fetched_names()),
        resources:
            wrds=1,
        params:
            words=in_words("wrds", wrds_words()),
            store=lambda wildcards: f"data/wrds/{NAME}/{wildcards.fetched}",
        script:
            "../scripts/wrds.py"
