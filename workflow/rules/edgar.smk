if public_files(STUDY):

    # The machine that starts the run has the way out.
    localrules:
        edgar_fetch,

    rule edgar_fetch:
        input:
            params=stamped("edgar_fetch", {"files": public_files(STUDY)}),
            code=code("edgar_fetch"),
        output:
            list(public_files(STUDY)),
        log:
            f"{LOGS}/edgar_fetch.log",
        params:
            words=in_words(
                "edgar_fetch",
                {k: STUDY["sources"]["edgar"][k] for k in ("host", "contact")},
            ),
            store=f"data/edgar/{NAME}",
        script:
            "../scripts/edgar_fetch.py"
