import pandas as pd

from alliance_value.alliances.acquisition_study import acquisition_returns
from alliance_value.alliances.contracts.life_results import AcquisitionReturns
from alliance_value.alliances.dyad_study import at_headline
from alliance_value.contracts.storage import load, store
from alliance_value.contracts.vendor_tables import Factors, Returns
from alliance_value.events.settings import study_settings
from alliance_value.events.study import event_study
from alliance_value.running.job import job

with job(snakemake) as this:
    events = pd.read_parquet(snakemake.input.events)
    returns = load(snakemake.input.returns, Returns)
    study = event_study(
        returns,
        events.drop(columns=["alliances", "years_since_first"]),
        load(snakemake.input.factors, Factors),
        **study_settings(this.params, None),
    )
    kept = study.events.event[study.events.kept]
    car = at_headline(study, this.params).car.reindex(kept)
    table = acquisition_returns(events, car, this.params["confidence"])
    this.tell(f"{len(kept):,} acquisitions with returns")
    store(table, AcquisitionReturns, snakemake.output.acquisition_returns)
