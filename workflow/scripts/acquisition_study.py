import pandas as pd

from alliance_value.alliances.acquisition_study import acquisition_returns
from alliance_value.alliances.contracts.life_results import AcquisitionReturns
from alliance_value.contracts.storage import load, store
from alliance_value.contracts.vendor_tables import Factors, Returns
from alliance_value.events.settings import headline_of, study_settings
from alliance_value.events.study import event_study
from alliance_value.running.job import job
from alliance_value.study.event_study import window_name

with job(snakemake) as this:
    events = pd.read_parquet(snakemake.input.events)
    returns = load(snakemake.input.returns, Returns)
    returns["security"] = returns["security"].astype("string")
    study = event_study(
        returns,
        events.drop(columns=["alliances", "years_since_first"]),
        load(snakemake.input.factors, Factors),
        **study_settings(this.params, None),
    )
    model, window = headline_of(this.params)
    cars = study.cars
    own = cars[cars.model.eq(model) & cars.window.eq(window_name(window))]
    kept = own[own.event.isin(study.events.event[study.events.kept])]
    table = acquisition_returns(
        events, kept.set_index("event").car, this.params["confidence"]
    )
    this.tell(f"{len(kept):,} acquisitions with returns")
    store(table, AcquisitionReturns, snakemake.output.acquisition_returns)
