ACQUIRERS = [f"{PROCESSED}/events/acquirers.parquet"]


if "event_study" in STUDY:

    rule windows:
        input:
            params=stamped("windows", STUDY["event_study"], ["pandera"]),
            events=[
                f"{PROCESSED}/events/asked.parquet",
                *(ACQUIRERS if "acquisition_study" in STUDY else []),
            ],
            code=code("windows"),
        output:
            windows=f"{PROCESSED}/events/windows.parquet",
        log:
            f"{LOGS}/windows.log",
        script:
            "../scripts/windows.py"


if "returns" in STUDY["sources"]:

    rule returns:
        input:
            params=stamped(
                "returns",
                {
                    **settings.of_sources(STUDY, "returns", "delistings", "listings"),
                    **({"traded": True} if settings.traded(STUDY) else {}),
                    "sha256": contents_of("returns", "delistings", "listings"),
                },
                ["pandera", "polars"],
            ),
            returns=SOURCES["returns"],
            delistings=SOURCES.get("delistings", []),
            listings=SOURCES.get("listings", []),
            security_names=made_by("links", "security_names"),
            windows=(
                [] if settings.every_return(STUDY) else made_by("windows", "windows")
            ),
            code=code("returns"),
        output:
            returns=f"{PROCESSED}/{settings.returns_table(STUDY)}.parquet",
            rejects=f"{PROCESSED}/rejects/returns.parquet",
            funnel=f"{PROCESSED}/funnel/returns.parquet",
            sources=f"{PROCESSED}/sources/returns.json",
        log:
            f"{LOGS}/returns.log",
        script:
            "../scripts/returns.py"


if "factors" in STUDY["sources"]:

    rule factors:
        input:
            params=stamped(
                "factors",
                {
                    **settings.of_sources(STUDY, "factors"),
                    "sha256": contents_of("factors"),
                },
                ["pandera"],
            ),
            factors=SOURCES["factors"],
            code=code("factors"),
        output:
            factors=f"{PROCESSED}/{settings.factors_table(STUDY)}.parquet",
            rejects=f"{PROCESSED}/rejects/factors.parquet",
            sources=f"{PROCESSED}/sources/factors.json",
        log:
            f"{LOGS}/factors.log",
        script:
            "../scripts/factors.py"


if "market" in STUDY["sources"]:

    rule market:
        input:
            params=stamped(
                "market",
                {
                    **settings.of_sources(STUDY, "market"),
                    "sha256": contents_of("market"),
                },
                ["pandera"],
            ),
            market=SOURCES["market"],
            code=code("market"),
        output:
            market=f"{PROCESSED}/market.parquet",
            rejects=f"{PROCESSED}/rejects/market.parquet",
            sources=f"{PROCESSED}/sources/market.json",
        log:
            f"{LOGS}/market.log",
        script:
            "../scripts/market.py"
