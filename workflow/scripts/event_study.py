import pandas as pd

from alliance_value.contracts.events import (
    AbnormalReturns,
    Caar,
    Cars,
    Events,
    EventTests,
    Exclusions,
)
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.storage import load, store
from alliance_value.contracts.vendor_tables import Factors, Returns
from alliance_value.events.groupings import grouped_study
from alliance_value.events.settings import study_settings
from alliance_value.running.job import job, listed
from alliance_value.sources.news import news
from alliance_value.study.spec import layout_of

NOT_GROUPS = {"event", "alliance", "side", "security", "firm", "announced"}

with job(snakemake) as this:
    events = pd.read_parquet(snakemake.input.events)
    returns = load(snakemake.input.returns, Returns)
    returns["security"] = returns["security"].astype("string")
    others = this.params["confounds"]
    confounds = news(listed(snakemake.input.confounds), others, layout_of(others))
    study = grouped_study(
        returns,
        events,
        load(snakemake.input.factors, Factors),
        [c for c in events.columns if c not in NOT_GROUPS | {"after_hours"}],
        study_settings(this.params, confounds),
    )
    for note in study.notes:
        this.tell(note)
    this.tell(f"{int(study.events.kept.sum())} of {len(study.events)} events kept")
    for name, contract in (
        ("events", Events),
        ("abnormal_returns", AbnormalReturns),
        ("cars", Cars),
        ("event_tests", EventTests),
        ("caar", Caar),
        ("exclusions", Exclusions),
        ("funnel", Funnel),
    ):
        table = study.funnel if name == "funnel" else getattr(study, name)
        store(table, contract, snakemake.output[name])
