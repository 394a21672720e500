# Whose returns are studied: the codebook and the exhibits call them so.
UNIT = "events" if "events" in STUDY["sources"] else "partners"


FILED = settings.opened(STUDY, "alliances")
PANEL = f"{PROCESSED}/panel.parquet"
LINKS = f"{PROCESSED}/{'ticker_links' if FILED else 'links'}.parquet"


if "event_study" in STUDY:

    if "events" in STUDY["sources"]:

        rule listed_events:
            input:
                params=stamped(
                    "listed_events",
                    {
                        "columns": STUDY["sources"]["events"],
                        **settings.of_sources(STUDY, "listings"),
                        "sha256": contents_of("events", "listings"),
                    },
                    ["pandera"],
                ),
                listed=SOURCES["events"],
                listings=SOURCES.get("listings", []),
                code=code("listed_events"),
            output:
                events=f"{PROCESSED}/events/asked.parquet",
                rejects=f"{PROCESSED}/rejects/events.parquet",
                sources=f"{PROCESSED}/sources/events.json",
            log:
                f"{LOGS}/listed_events.log",
            script:
                "../scripts/listed_events.py"

    else:

        rule dyads:
            input:
                params=stamped("dyads", STUDY["event_study"], ["pandera"]),
                alliances=rules.alliances.output.alliances,
                participants=rules.alliances.output.participants,
                links=LINKS,
                security_names=made_by("links", "security_names"),
                coded_units=rules.structures.output.coded_units,
                code=code("dyads"),
            output:
                dyads=f"{PROCESSED}/events/dyads.parquet",
                events=f"{PROCESSED}/events/asked.parquet",
                funnel=f"{PROCESSED}/funnel/dyads.parquet",
            log:
                f"{LOGS}/dyads.log",
            script:
                "../scripts/dyads.py"

    rule event_study:
        input:
            params=stamped(
                "event_study", settings.event_settings(STUDY), ["pandera", "scipy"]
            ),
            events=f"{PROCESSED}/events/asked.parquet",
            returns=rules.returns.output.returns,
            factors=rules.factors.output.factors,
            confounds=SOURCES.get("confounds", []),
            listings=SOURCES.get("listings", []) if "events" in STUDY["sources"] else [],
            code=code("event_study", settings.event_methods(STUDY)),
        output:
            **{name: f"{RESULTS}/{name}.csv" for name in settings.event_tables(STUDY)},
            **(
                {"rejects": f"{PROCESSED}/rejects/confounds.parquet"}
                if "confounds" in SOURCES
                else {}
            ),
            events=f"{PROCESSED}/events.parquet",
            abnormal_returns=f"{PROCESSED}/abnormal_returns.parquet",
            cars=f"{PROCESSED}/cars.parquet",
            event_tests=f"{PROCESSED}/events/{UNIT}/event_tests.parquet",
            caar=f"{PROCESSED}/events/{UNIT}/caar.parquet",
            exclusions=f"{PROCESSED}/events/exclusions.parquet",
            funnel=f"{PROCESSED}/funnel/events.parquet",
        log:
            f"{LOGS}/event_study.log",
        script:
            "../scripts/event_study.py"

    if "events" not in STUDY["sources"]:

        rule appropriation:
            input:
                params=stamped(
                    "appropriation",
                    settings.event_settings(STUDY),
                    ["pandera", "scipy"],
                ),
                dyads=rules.dyads.output.dyads,
                events=rules.event_study.output.events,
                cars=rules.event_study.output.cars,
                returns=rules.returns.output.returns,
                factors=rules.factors.output.factors,
                confounds=SOURCES.get("confounds", []),
                code=code("appropriation", settings.event_methods(STUDY)),
            output:
                dyads=f"{PROCESSED}/dyads.parquet",
                event_tests=f"{PROCESSED}/events/dyads/event_tests.parquet",
                caar=f"{PROCESSED}/events/dyads/caar.parquet",
                funnel=f"{PROCESSED}/funnel/dyads_with_returns.parquet",
                dyads_csv=f"{RESULTS}/dyads.csv",
                appropriation=f"{RESULTS}/appropriation.csv",
                division_of_value=f"{RESULTS}/division_of_value.csv",
                joint_value=f"{RESULTS}/joint_value.csv",
                whale_curve=f"{RESULTS}/whale_curve.csv",
                whale_summary=f"{RESULTS}/whale_summary.csv",
            log:
                f"{LOGS}/appropriation.log",
            script:
                "../scripts/appropriation.py"

        rule partner_returns:
            input:
                params=stamped(
                    "partner_returns", settings.event_settings(STUDY), ["pandera"]
                ),
                dyads=rules.dyads.output.dyads,
                asked=rules.dyads.output.events,
                events=rules.event_study.output.events,
                cars=rules.event_study.output.cars,
                returns=rules.returns.output.returns,
                factors=rules.factors.output.factors,
                confounds=SOURCES.get("confounds", []),
                code=code("partner_returns", settings.event_methods(STUDY)),
            output:
                partner_returns=f"{PROCESSED}/partner_returns.parquet",
            log:
                f"{LOGS}/partner_returns.log",
            script:
                "../scripts/partner_returns.py"

        if "dual_appropriation" in STUDY:

            rule dual_appropriation:
                input:
                    params=stamped(
                        "dual_appropriation",
                        {
                            **STUDY["dual_appropriation"],
                            "models": STUDY["event_study"]["models"],
                            "confidence": STUDY["inference"]["confidence"],
                        },
                        ["pandera", "scipy"],
                    ),
                    dyads=rules.appropriation.output.dyads,
                    cars=rules.event_study.output.cars,
                    governance=made_by("governance", "governance"),
                    code=code("dual_appropriation"),
                output:
                    non_zero_sum=f"{RESULTS}/non_zero_sum.csv",
                    sign_transitions=f"{RESULTS}/sign_transitions.csv",
                log:
                    f"{LOGS}/dual_appropriation.log",
                script:
                    "../scripts/dual_appropriation.py"

        if "acquisition_study" in STUDY:

            rule acquirers:
                input:
                    params=stamped("acquirers", STUDY["acquisition_study"], ["pandera"]),
                    acquisitions=rules.life_tables.output.acquisitions,
                    alliances=rules.alliances.output.alliances,
                    participants=rules.alliances.output.participants,
                    links=LINKS,
                    security_names=made_by("links", "security_names"),
                    code=code("acquirers"),
                output:
                    events=ACQUIRERS[0],
                log:
                    f"{LOGS}/acquirers.log",
                script:
                    "../scripts/acquirers.py"

            rule acquisition_study:
                input:
                    params=stamped(
                        "acquisition_study",
                        settings.event_settings(STUDY),
                        ["pandera", "scipy"],
                    ),
                    events=rules.acquirers.output.events,
                    returns=rules.returns.output.returns,
                    factors=rules.factors.output.factors,
                    code=code("acquisition_study", settings.event_methods(STUDY)),
                output:
                    acquisition_returns=f"{RESULTS}/acquisition_returns.csv",
                log:
                    f"{LOGS}/acquisition_study.log",
                script:
                    "../scripts/acquisition_study.py"

        rule dyad_models:
            input:
                params=stamped(
                    "dyad_models",
                    {
                        "confidence": STUDY["inference"]["confidence"],
                        "errors": STUDY["event_study"]["deal_errors"],
                    },
                    ["linearmodels", "scipy"],
                ),
                dyads=rules.appropriation.output.dyads,
                governance=made_by("governance", "governance"),
                code=code("dyad_models"),
            output:
                estimates=f"{RESULTS}/dyad_models.csv",
                fits=f"{RESULTS}/dyad_fits.csv",
                formation=f"{RESULTS}/formation.csv",
            log:
                f"{LOGS}/dyad_models.log",
            script:
                "../scripts/dyad_models.py"

    rule event_results:
        input:
            params=stamped("event_results", {}),
            event_tests=[
                rules.event_study.output.event_tests,
                *made_by("appropriation", "event_tests"),
            ],
            caar=[rules.event_study.output.caar, *made_by("appropriation", "caar")],
            exclusions=rules.event_study.output.exclusions,
            code=code("event_results"),
        output:
            event_tests=f"{RESULTS}/event_tests.csv",
            caar=f"{RESULTS}/caar.csv",
            exclusions=f"{RESULTS}/event_exclusions.csv",
        log:
            f"{LOGS}/event_results.log",
        script:
            "../scripts/event_results.py"

    if "size_power" in STUDY["event_study"]:

        rule size_power:
            input:
                params=stamped(
                    "size_power",
                    {
                        **STUDY["event_study"]["size_power"],
                        "event_study": STUDY["event_study"],
                        "labels": settings.labels_of_groups(STUDY),
                        "seed": STUDY["seed"],
                    },
                    ["pandera", "scipy"],
                ),
                returns=rules.returns.output.returns,
                factors=rules.factors.output.factors,
                panel=[PANEL] if settings.labels_of_groups(STUDY) else [],
                links=made_by("links", "links"),
                code=code("size_power", settings.event_methods(STUDY)),
            output:
                size_power=f"{RESULTS}/size_power.csv",
            log:
                f"{LOGS}/size_power.log",
            script:
                "../scripts/size_power.py"


if FILED and {"firm_years", "returns"} <= SOURCES.keys():

    rule survivorship:
        input:
            params=stamped(
                "survivorship",
                {
                    **settings.of_sources(STUDY, "returns"),
                    "sha256": contents_of("returns"),
                },
                ["pandera", "polars"],
            ),
            firm_years=rules.firm_years.output.firm_years,
            links=LINKS,
            returns=SOURCES["returns"],
            code=code("survivorship"),
        output:
            survivorship=f"{RESULTS}/survivorship.csv",
        log:
            f"{LOGS}/survivorship.log",
        script:
            "../scripts/survivorship.py"
