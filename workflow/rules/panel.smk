if "alliances" in STUDY["sources"]:

    rule portfolios:
        input:
            params=stamped("portfolios", STUDY["portfolio"], ["pandera"]),
            alliances=rules.alliances.output.alliances,
            participants=rules.alliances.output.participants,
            coded_units=rules.structures.output.coded_units,
            firm_years=rules.firm_years.output.firm_years,
            code=code("portfolios"),
        output:
            portfolios=f"{PROCESSED}/portfolios.parquet",
            structures=f"{PROCESSED}/structures.parquet",
            agreement=f"{RESULTS}/coder_agreement.csv",
        log:
            f"{LOGS}/portfolios.log",
        script:
            "../scripts/portfolios.py"


rule panel:
    input:
        params=stamped(
            "panel",
            {"variables": STUDY["variables"], "sample": STUDY["sample"]},
            ["pandera"],
        ),
        firm_years=rules.firm_years.output.firm_years,
        funnel=rules.firm_years.output.funnel,
        portfolios=made_by("portfolios", "portfolios"),
        code=code("panel"),
    output:
        panel=f"{PROCESSED}/panel.parquet",
        rejects=f"{PROCESSED}/rejects/panel.parquet",
        funnel=f"{PROCESSED}/funnel/panel.parquet",
        cut_points=f"{RESULTS}/cut_points.csv",
    log:
        f"{LOGS}/panel.log",
    script:
        "../scripts/panel.py"


rule rejects:
    input:
        params=stamped("rejects", {}),
        parts=[
            rules.firm_years.output.rejects,
            *made_by("alliances", "rejects"),
            *made_by("structures", "rejects"),
            rules.panel.output.rejects,
        ],
        code=code("rejects"),
    output:
        rejects=f"{RESULTS}/rejects.csv",
    log:
        f"{LOGS}/rejects.log",
    script:
        "../scripts/rejects.py"
