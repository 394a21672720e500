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
            portfolios=expand(
                f"{PROCESSED}/portfolios/{{variant}}.parquet",
                variant=["base", *STUDY["portfolio"]["variants"]],
            ),
            partnerships=f"{PROCESSED}/partnerships.parquet",
            structures=f"{PROCESSED}/structures.parquet",
            experience=f"{PROCESSED}/experience.parquet",
            agreement=f"{RESULTS}/coder_agreement.csv",
            look_ahead=f"{RESULTS}/look_ahead.csv",
        log:
            f"{LOGS}/portfolios.log",
        script:
            "../scripts/portfolios.py"


if "governance" in STUDY:

    rule portfolio_governance:
        input:
            params=stamped("portfolio_governance", {}, ["pandera"]),
            governance=rules.governance.output.governance,
            partnerships=rules.portfolios.output.partnerships,
            firm_years=rules.firm_years.output.firm_years,
            code=code("portfolio_governance"),
        output:
            portfolio_governance=f"{PROCESSED}/portfolio_governance.parquet",
        log:
            f"{LOGS}/portfolio_governance.log",
        script:
            "../scripts/portfolio_governance.py"


if "survival" in STUDY:

    rule survival:
        input:
            params=stamped(
                "survival",
                {
                    **STUDY["survival"],
                    "confidence": STUDY["inference"]["confidence"],
                },
                ["pandera", "scipy", "statsmodels"],
            ),
            alliances=rules.alliances.output.alliances,
            participants=rules.alliances.output.participants,
            coded_units=rules.structures.output.coded_units,
            terminations=made_by("life_tables", "terminations"),
            acquisitions=made_by("life_tables", "acquisitions"),
            governance=made_by("governance", "governance"),
            code=code("survival"),
        output:
            alliance_spells=f"{PROCESSED}/alliance_spells.parquet",
            funnel=f"{PROCESSED}/funnel/spells.parquet",
            survival=f"{RESULTS}/survival.csv",
            incidence=f"{RESULTS}/incidence.csv",
            hazard_models=f"{RESULTS}/hazard_models.csv",
            unobserved_ends=f"{RESULTS}/unobserved_ends.csv",
        log:
            f"{LOGS}/survival.log",
        script:
            "../scripts/survival.py"


if "industry" in STUDY:

    rule industries:
        input:
            params=stamped("industries", STUDY["industry"], ["pandera"]),
            firm_years=rules.firm_years.output.firm_years,
            code=code("industries"),
        output:
            industries=f"{PROCESSED}/industries.parquet",
        log:
            f"{LOGS}/industries.log",
        script:
            "../scripts/industries.py"


if "segments" in STUDY["sources"]:

    rule diversification:
        input:
            params=stamped(
                "diversification",
                {
                    **settings.of_sources(STUDY, "segments"),
                    "firm_key": firm_key(STUDY["sources"]),
                    "sha256": contents_of("segments"),
                },
                ["pandera"],
            ),
            segments=SOURCES["segments"],
            firm_years=rules.firm_years.output.firm_years,
            code=code("diversification"),
        output:
            segments=f"{PROCESSED}/segments.parquet",
            diversification=f"{PROCESSED}/diversification.parquet",
            rejects=f"{PROCESSED}/rejects/segments.parquet",
            sources=f"{PROCESSED}/sources/segments.json",
        log:
            f"{LOGS}/diversification.log",
        script:
            "../scripts/diversification.py"


if "firm_years" in STUDY["sources"]:

    rule panel:
        input:
            params=stamped(
                "panel",
                {"variables": STUDY["variables"], "sample": STUDY["sample"]},
                ["pandera"],
            ),
            firm_years=rules.firm_years.output.firm_years,
            funnel=rules.firm_years.output.funnel,
            joined=sum(OUTPUTS.joined().values(), []),
            code=code("panel", defining(Canonical, OUTPUTS.joined())),
        output:
            panel=f"{PROCESSED}/panel.parquet",
            rejects=f"{PROCESSED}/rejects/panel.parquet",
            funnel=f"{PROCESSED}/funnel/panel.parquet",
            cut_points=f"{RESULTS}/cut_points.csv",
        log:
            f"{LOGS}/panel.log",
        script:
            "../scripts/panel.py"


if "ledger" in STUDY:

    rule ledger:
        input:
            params=stamped(
                "ledger",
                {
                    "ledger": STUDY["ledger"],
                    "confidence": STUDY["inference"]["confidence"],
                    "words": STUDY["words"],
                },
                ["pandera", "scipy"],
            ),
            panel=rules.panel.output.panel,
            firm_years=rules.firm_years.output.firm_years,
            code=code("ledger"),
        output:
            ledger_customers=f"{RESULTS}/ledger_customers.csv",
            ledger_curve=f"{RESULTS}/ledger_curve.csv",
            ledger_summary=f"{RESULTS}/ledger_summary.csv",
            ledger_extremes=f"{RESULTS}/ledger_extremes.csv",
        log:
            f"{LOGS}/ledger.log",
        script:
            "../scripts/ledger.py"


rule rejects:
    input:
        params=stamped("rejects", {}),
        parts=OUTPUTS.of_all("rejects"),
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
                file
                for file in OUTPUTS.of_all("rejects")
                if file != rules.panel.output.rejects
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
