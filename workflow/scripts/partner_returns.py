import pandas as pd

from alliance_value.alliances.contracts.partner_returns import PartnerReturns
from alliance_value.alliances.dyad_study import Partners
from alliance_value.alliances.partner_returns import partner_returns
from alliance_value.contracts.events import Cars, Events
from alliance_value.contracts.storage import load, store
from alliance_value.contracts.vendor_tables import Factors, Returns
from alliance_value.events.exclusions import with_news
from alliance_value.events.settings import pair, study_settings
from alliance_value.events.study import event_study
from alliance_value.running.job import job, listed
from alliance_value.sources.news import news
from alliance_value.study.event_study import variants, varies_news_alone

with job(snakemake) as this:
    events = pd.read_parquet(snakemake.input.asked)
    returns = load(snakemake.input.returns, Returns)
    factors = load(snakemake.input.factors, Factors)
    confounds, _ = news(listed(snakemake.input.confounds), this.params["confounds"])
    partners = Partners(
        load(snakemake.input.events, Events), load(snakemake.input.cars, Cars)
    )
    days = factors["date"].to_numpy().astype("datetime64[D]")
    studies, kept = {}, []
    for name, section in variants(this.params):
        if varies_news_alone(this.params, name):
            window = pair(section["confound_window"])
            judged = with_news(partners.events, days, confounds, window)
            studies[name] = Partners(judged, partners.cars.iloc[:0])
            continue
        study = event_study(
            returns, events, factors, **study_settings(section, confounds)
        )
        kept.append(f"{name} {int(study.events.kept.sum()):,}")
        studies[name] = Partners(study.events, study.cars)
    if kept:
        this.tell(f"events kept of {len(events):,}: {', '.join(kept)}")
    table = partner_returns(
        pd.read_parquet(snakemake.input.dyads),
        partners,
        studies,
    )
    store(table, PartnerReturns, snakemake.output.partner_returns)
