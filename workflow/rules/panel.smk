TABLES_OF_FIRMS = {
    "input_output": "input_output",
    "firm_classes": "firm_classes",
    "major_customers": "major_customers",
    "alliance_function": "function_spells",
}
CONSTRUCTS = list(STUDY.get("constructs", {}))


for source, made in TABLES_OF_FIRMS.items():
    if source in STUDY["sources"]:

        rule:
            name:
                f"read_{source}"
            input:
                params=stamped(
                    f"read_{source}",
                    {
                        **settings.of_sources(STUDY, source),
                        "firm_key": firm_key(STUDY["sources"]),
                        "sha256": contents_of(source),
                    },
                    ["pandera"],
                ),
                files=SOURCES[source],
                code=code("firm_tables"),
            output:
                **{made: f"{PROCESSED}/{made}.parquet"},
                rejects=f"{PROCESSED}/rejects/{source}.parquet",
                sources=f"{PROCESSED}/sources/{source}.json",
            log:
                f"{LOGS}/read_{source}.log",
            script:
                "../scripts/firm_tables.py"


for given, made in (
    ("major_customers", "customer_concentration"),
    ("function_spells", "function_years"),
):
    if OUTPUTS.tables().get(given):

        rule:
            name:
                made
            input:
                **{given: f"{PROCESSED}/{given}.parquet"},
                params=stamped(made, {}, ["pandera"]),
                firm_years=rules.firm_years.output.firm_years,
                code=code("firm_table_years"),
            output:
                **{made: f"{PROCESSED}/{made}.parquet"},
            log:
                f"{LOGS}/{made}.log",
            script:
                "../scripts/firm_table_years.py"


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


if "position" in CONSTRUCTS:

    rule network_position:
        input:
            params=stamped("network_position", {}, ["networkx", "pandera"]),
            alliances=rules.alliances.output.alliances,
            participants=rules.alliances.output.participants,
            partnerships=rules.portfolios.output.partnerships,
            firm_years=rules.firm_years.output.firm_years,
            code=code("network_position"),
        output:
            network_years=f"{PROCESSED}/network_years.parquet",
            network_position=f"{PROCESSED}/network_position.parquet",
        log:
            f"{LOGS}/network_position.log",
        script:
            "../scripts/network_position.py"


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
            function_spells=OUTPUTS.inputs(["function_spells"]),
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


if CONSTRUCTS and "event_study" in STUDY and "events" not in STUDY["sources"]:

    rule moderators:
        input:
            params=stamped(
                "moderators",
                {
                    "constructs": CONSTRUCTS,
                    "confidence": STUDY["inference"]["confidence"],
                },
                ["linearmodels", "pandera", "scipy"],
            ),
            dyads=rules.appropriation.output.dyads,
            tables=OUTPUTS.inputs(
                [
                    *TABLES_OF_FIRMS.values(),
                    *("industries", "firm_years", "network_years"),
                ]
            ),
            terminations=made_by("life_tables", "terminations"),
            acquisitions=made_by("life_tables", "acquisitions"),
            code=code("moderators"),
        output:
            **(
                {"alliance_function": f"{RESULTS}/alliance_function.csv"}
                if "function" in CONSTRUCTS
                else {}
            ),
            dyad_measures=f"{RESULTS}/dyad_measures.csv",
            moderators=f"{RESULTS}/moderators.csv",
        log:
            f"{LOGS}/moderators.log",
        script:
            "../scripts/moderators.py"


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
            panel=PANEL,
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
