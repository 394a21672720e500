if "simulate" in RAW_FILES.values():

    rule simulate:
        input:
            params=stamped(
                "simulate", {**STUDY["sources"]["simulate"], "seed": STUDY["seed"]}
            ),
            code=code("simulate"),
        output:
            raw.world_files(STUDY),
        log:
            f"{LOGS}/simulate.log",
        script:
            "../scripts/simulate.py"


if "firm_years" in STUDY["sources"]:

    rule firm_years:
        input:
            params=stamped(
                "firm_years",
                {
                    "sources": settings.chosen(
                        STUDY["sources"], "firm_years", "firms"
                    ),
                    "columns": sorted(required_columns(STUDY)),
                    "grouping": sorted(grouping_columns(STUDY)),
                    "own_words": sorted(own_words(config)),
                    "require": STUDY["sample"]["require"],
                    "sha256": contents_of("firm_years", "firms"),
                },
                ["pandera"],
            ),
            firm_years=SOURCES["firm_years"],
            firms=SOURCES.get("firms", []),
            code=code("firm_years", settings.readers(STUDY, "firm_years")),
        output:
            firm_years=f"{PROCESSED}/firm_years.parquet",
            rejects=f"{PROCESSED}/rejects/firm_years.parquet",
            funnel=f"{PROCESSED}/funnel/firm_years.parquet",
            sources=f"{PROCESSED}/sources/firm_years.json",
        log:
            f"{LOGS}/firm_years.log",
        params:
            words=in_words(
                "firm_years",
                {
                    "uses": required_columns(STUDY),
                    "variables": list(STUDY["variables"]),
                    "own_words": own_words(config),
                },
            ),
        script:
            "../scripts/firm_years.py"


if "overlay" in RAW_FILES.values():

    rule overlay:
        input:
            params=stamped(
                "overlay", {**STUDY["sources"]["overlay"], "seed": STUDY["seed"]}
            ),
            firm_years=rules.firm_years.output.firm_years,
            code=code("overlay"),
        output:
            raw.overlay_files(STUDY),
        log:
            f"{LOGS}/overlay.log",
        script:
            "../scripts/overlay.py"


if "simulated_ledger" in RAW_FILES.values():

    rule simulated_ledger:
        input:
            params=stamped(
                "simulated_ledger",
                {**STUDY["sources"]["simulated_ledger"], "seed": STUDY["seed"]},
            ),
            code=code("simulated_ledger"),
        output:
            raw.ledger_files(STUDY),
        log:
            f"{LOGS}/simulated_ledger.log",
        script:
            "../scripts/simulated_ledger.py"


if settings.opened(STUDY, "alliances"):

    rule alliances:
        input:
            params=stamped(
                "alliances",
                {
                    **settings.of_sources(
                        STUDY, "alliances", "tickers", "reviewed_matches"
                    ),
                    "sha256": contents_of("alliances", "tickers", "reviewed_matches"),
                },
                ["pandera"],
            ),
            alliances=SOURCES["alliances"],
            tickers=SOURCES["tickers"],
            reviewed_matches=SOURCES.get("reviewed_matches", []),
            code=code("filed_alliances", settings.readers(STUDY, "alliances")),
        output:
            alliances=f"{PROCESSED}/alliances.parquet",
            participants=f"{PROCESSED}/participants.parquet",
            to_review=f"{RESULTS}/matches_to_review.csv",
            days=f"{RESULTS}/alliance_days.csv",
            links=f"{PROCESSED}/ticker_links.parquet",
            rejects=f"{PROCESSED}/rejects/alliances.parquet",
            sources=f"{PROCESSED}/sources/alliances.json",
        log:
            f"{LOGS}/alliances.log",
        script:
            "../scripts/filed_alliances.py"

elif "alliances" in STUDY["sources"]:

    rule links:
        input:
            params=stamped(
                "links",
                {
                    **settings.of_sources(STUDY, "links", "security_names"),
                    "firm_key": firm_key(STUDY["sources"]),
                    "sha256": contents_of("links", "security_names"),
                },
                ["pandera"],
            ),
            links=SOURCES.get("links", []),
            security_names=SOURCES.get("security_names", []),
            code=code("links"),
        output:
            links=f"{PROCESSED}/links.parquet",
            security_names=f"{PROCESSED}/security_names.parquet",
            rejects=f"{PROCESSED}/rejects/links.parquet",
            sources=f"{PROCESSED}/sources/links.json",
        log:
            f"{LOGS}/links.log",
        script:
            "../scripts/links.py"

    # shares that the deals state themselves, where no table of them is given
    OWN_SHARES = (
        {"ownership": f"{PROCESSED}/ownership.parquet"}
        if "governance" in STUDY and "ownership" not in STUDY["sources"]
        else {}
    )

    rule alliances:
        input:
            params=stamped(
                "alliances",
                {
                    **settings.of_sources(
                        STUDY, "alliances", "reviewed_matches", "firm_years"
                    ),
                    "sha256": contents_of("alliances", "reviewed_matches"),
                },
                ["pandera"],
            ),
            alliances=SOURCES["alliances"],
            reviewed_matches=SOURCES.get("reviewed_matches", []),
            links=rules.links.output.links,
            security_names=rules.links.output.security_names,
            header=(
                [f"{PLACES.raw}/overlay_firms.csv"]
                if "overlay" in STUDY["sources"]
                else SOURCES["firm_years"]
            ),
            code=code("alliances"),
        output:
            **OWN_SHARES,
            alliances=f"{PROCESSED}/alliances.parquet",
            participants=f"{PROCESSED}/participants.parquet",
            to_review=f"{RESULTS}/matches_to_review.csv",
            rejects=f"{PROCESSED}/rejects/alliances.parquet",
            sources=f"{PROCESSED}/sources/alliances.json",
        log:
            f"{LOGS}/alliances.log",
        script:
            "../scripts/alliances.py"


if settings.opened(STUDY, "structures"):

    rule structures:
        input:
            params=stamped(
                "structures",
                {
                    **settings.of_sources(STUDY, "structures", "reviewed_structures"),
                    "forms": settings.annual_forms(STUDY),
                    "sha256": contents_of("structures", "reviewed_structures"),
                },
                ["pandera"],
            ),
            structures=SOURCES["structures"],
            statements=SOURCES["firm_years"] if settings.annual_forms(STUDY) else [],
            reviewed_structures=SOURCES.get("reviewed_structures", []),
            code=code("filed_structures", settings.readers(STUDY, "structures")),
        output:
            coded_units=f"{PROCESSED}/coded_units.parquet",
            proposed=f"{RESULTS}/structures_proposed.csv",
            to_review=f"{RESULTS}/structures_to_review.csv",
            agreement=f"{RESULTS}/lexicon_agreement.csv",
            rejects=f"{PROCESSED}/rejects/structures.parquet",
            sources=f"{PROCESSED}/sources/structures.json",
        log:
            f"{LOGS}/structures.log",
        script:
            "../scripts/filed_structures.py"

elif "structures" in STUDY["sources"]:

    rule structures:
        input:
            params=stamped(
                "structures",
                {
                    **settings.of_sources(STUDY, "structures"),
                    "firm_key": firm_key(STUDY["sources"]),
                    "sha256": contents_of("structures"),
                },
                ["pandera"],
            ),
            structures=SOURCES["structures"],
            code=code("structures"),
        output:
            coded_units=f"{PROCESSED}/coded_units.parquet",
            rejects=f"{PROCESSED}/rejects/structures.parquet",
            sources=f"{PROCESSED}/sources/structures.json",
        log:
            f"{LOGS}/structures.log",
        script:
            "../scripts/structures.py"


LIFE_TABLES = [
    name
    for name in ("ownership", "terminations", "acquisitions")
    if name in STUDY["sources"]
]


if LIFE_TABLES:

    rule life_tables:
        input:
            **{name: SOURCES[name] for name in LIFE_TABLES},
            params=stamped(
                "life_tables",
                {
                    **settings.of_sources(STUDY, *LIFE_TABLES),
                    "firm_key": firm_key(STUDY["sources"]),
                    "sha256": contents_of(*LIFE_TABLES),
                },
                ["pandera"],
            ),
            code=code("life_tables"),
        output:
            **{name: f"{PROCESSED}/{name}.parquet" for name in LIFE_TABLES},
            rejects=f"{PROCESSED}/rejects/life_tables.parquet",
            sources=f"{PROCESSED}/sources/life_tables.json",
        log:
            f"{LOGS}/life_tables.log",
        script:
            "../scripts/life_tables.py"


if "governance" in STUDY:

    rule governance:
        input:
            params=stamped("governance", STUDY["governance"], ["pandera"]),
            alliances=rules.alliances.output.alliances,
            ownership=made_by("life_tables", "ownership")
            or made_by("alliances", "ownership"),
            code=code("governance"),
        output:
            governance=f"{PROCESSED}/governance.parquet",
        log:
            f"{LOGS}/governance.log",
        script:
            "../scripts/governance.py"


rule profile:
    input:
        params=stamped_each(
            "profile",
            SOURCES,
            lambda name: {
                "layout": settings.layout_of(STUDY, name),
                "opened": settings.opened(STUDY, name),
                "sha256": contents_of(name),
            },
            ["polars"],
        ),
        files=lambda w: SOURCES[w.source],
        code=code("profile"),
    output:
        profile=f"{PROCESSED}/profiles/{{source}}.json",
    log:
        f"{LOGS}/profile.{{source}}.log",
    script:
        "../scripts/profile.py"
