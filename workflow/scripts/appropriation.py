import pandas as pd

from alliance_value.alliances.appropriation import (
    appropriation_models,
    division_of_value,
)
from alliance_value.alliances.contracts.dyad_results import (
    Appropriation,
    DivisionOfValue,
    JointValue,
    WhaleCurve,
    WhaleSummary,
)
from alliance_value.alliances.contracts.dyads import Dyads
from alliance_value.alliances.dyad_study import Partners, dyad_study
from alliance_value.alliances.joint_value import joint_value
from alliance_value.alliances.whale import whale_curve, whale_summary
from alliance_value.contracts.events import Caar, Cars, Events, EventTests
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.storage import conform, load, store, write_csv
from alliance_value.contracts.vendor_tables import Factors, Returns
from alliance_value.events.settings import headline_of, study_settings
from alliance_value.running.job import job, listed
from alliance_value.sources.news import news

with job(snakemake) as this:
    returns = load(snakemake.input.returns, Returns)
    returns["security"] = returns["security"].astype("string")
    confounds = news(listed(snakemake.input.confounds), this.params["confounds"])
    found = dyad_study(
        pd.read_parquet(snakemake.input.dyads),
        Partners(
            load(snakemake.input.events, Events), load(snakemake.input.cars, Cars)
        ),
        returns,
        load(snakemake.input.factors, Factors),
        confounds,
        headline_of(this.params),
        study_settings(this.params, confounds),
    )
    dyads = conform(found.dyads, Dyads)
    this.tell(f"{len(dyads)} dyads with both partners' returns")
    dyads.to_parquet(snakemake.output.dyads, index=False)
    store(found.study.event_tests, EventTests, snakemake.output.event_tests)
    store(found.study.caar, Caar, snakemake.output.caar)
    store(found.funnel, Funnel, snakemake.output.funnel)
    curve = pd.concat(
        [whale_curve(dyads.joint_gain), whale_curve(dyads.joint_gain, dyads.deal_class)]
    )
    level = this.params["confidence"]
    write_csv(dyads, snakemake.output.dyads_csv)
    for table, contract, path in (
        (
            appropriation_models(dyads, level),
            Appropriation,
            snakemake.output.appropriation,
        ),
        (division_of_value(dyads, level), DivisionOfValue, snakemake.output.division),
        (joint_value(dyads, level), JointValue, snakemake.output.joint_value),
        (curve, WhaleCurve, snakemake.output.whale),
        (whale_summary(curve), WhaleSummary, snakemake.output.whale_summary),
    ):
        store(table, contract, path)
