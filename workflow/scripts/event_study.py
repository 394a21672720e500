import pandas as pd

from alliance_value.contracts.events import (
    GROUPING,
    AbnormalReturns,
    Bhars,
    Caar,
    CalendarTime,
    Cars,
    Events,
    EventTests,
    Exclusions,
)
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.problems import raise_if
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import load, store
from alliance_value.contracts.vendor_tables import (
    Factors,
    MarketFactors,
    Returns,
    TradedReturns,
)
from alliance_value.events.exclusions import none_kept
from alliance_value.events.settings import study_settings
from alliance_value.events.study import event_study
from alliance_value.running.job import job, listed
from alliance_value.sources.listings import identified
from alliance_value.sources.news import news
from alliance_value.study.measures import (
    measure_of,
    own_market,
    words_of,
)
from alliance_value.vocabulary.words import Words

with job(snakemake) as this:
    events = pd.read_parquet(snakemake.input.events)
    traded = own_market(measure_of(this.params))
    returns = load(snakemake.input.returns, TradedReturns if traded else Returns)
    by_market = "market" in events.columns
    spells = identified(listed(snakemake.input.listings), this.params.get("listings"))
    confounds, rejected = news(
        listed(snakemake.input.confounds), this.params["confounds"], spells
    )
    study = event_study(
        returns,
        events,
        load(snakemake.input.factors, MarketFactors if by_market else Factors),
        groupings=[c for c in events.columns if c.startswith(GROUPING)],
        **study_settings(this.params, confounds),
    )
    words = Words(**words_of(measure_of(this.params)))
    raise_if(none_kept(study.events, study.exclusions, words), "the event study")
    for note in study.notes:
        this.tell(note)
    this.tell(f"{int(study.events.kept.sum()):,} of {len(study.events):,} events kept")
    for name, contract in (
        ("events", Events),
        ("abnormal_returns", AbnormalReturns),
        ("cars", Cars),
        ("event_tests", EventTests),
        ("caar", Caar),
        ("exclusions", Exclusions),
        ("funnel", Funnel),
        ("bhar", Bhars),
        ("calendar_time", CalendarTime),
        ("rejects", Rejects),
    ):
        if not hasattr(snakemake.output, name):
            continue
        own = {"funnel": study.funnel, "rejects": rejected}
        table = own[name] if name in own else getattr(study, name)
        store(table, contract, snakemake.output[name])
