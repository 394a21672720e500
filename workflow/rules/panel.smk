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
        parts=rejects_of_all(),
        code=code("rejects"),
    output:
        rejects=f"{RESULTS}/rejects.csv",
    log:
        f"{LOGS}/rejects.log",
    script:
        "../scripts/rejects.py"


if "alliances" in STUDY["sources"]:

    rule source_funnel:
        input:
            params=stamped(
                "source_funnel", {"portfolio": STUDY["portfolio"]}, ["pandera"]
            ),
            profiles=expand(
                rules.profile.output.profile,
                source=[s for s in SOURCES if s not in ("firm_years", "firms")],
            ),
            rejects=[
                file for file in rejects_of_all() if file != rules.panel.output.rejects
            ],
            alliances=rules.alliances.output.alliances,
            participants=rules.alliances.output.participants,
            structures=rules.portfolios.output.structures,
            panel=rules.panel.output.panel,
            code=code("source_funnel"),
        output:
            funnel=f"{PROCESSED}/funnel/sources.parquet",
        log:
            f"{LOGS}/source_funnel.log",
        script:
            "../scripts/source_funnel.py"
