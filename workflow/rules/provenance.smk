# What made the results, written beside them: it lets a pull on another machine tell
# what is up to date. See docs/architecture.md.
rule provenance:
    input:
        params=stamped("provenance", {}),
        results=rules.study_results.input,
        code=code("provenance"),
    output:
        provenance=f"{RESULTS}/provenance.json",
    log:
        f"{LOGS}/provenance.log",
    params:
        words=in_words(
            "provenance",
            {
                "study": NAME,
                "portable": ELSEWHERE,
                "processed": PROCESSED,
                "steps": STEPS,
                "raw": list(RAW_FILES),
            },
        ),
    script:
        "../scripts/provenance.py"


# Where models failed in an earlier run: with it no run has nothing to do, and each says
# so at its end.
rule failed_models:
    input:
        rules.provenance.output,
    output:
        touch(f"{BUILD}/failed_models"),
    localrule: True


# Asked for by its name: what git holds of the results, for runs on other machines.
rule record:
    input:
        params=stamped("record", {}),
        results=rules.study_results.input,
        provenance=rules.provenance.output.provenance,
        code=code("record"),
    output:
        record=PLACES.recorded,
    log:
        f"{LOGS}/record.log",
    script:
        "../scripts/record.py"
