rule panel:
    input:
        params=stamped(
            "panel",
            {"variables": STUDY["variables"], "sample": STUDY["sample"]},
            ["pandera"],
        ),
        firm_years=rules.firm_years.output.firm_years,
        funnel=rules.firm_years.output.funnel,
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
            rules.panel.output.rejects,
        ],
        code=code("rejects"),
    output:
        rejects=f"{RESULTS}/rejects.csv",
    log:
        f"{LOGS}/rejects.log",
    script:
        "../scripts/rejects.py"
