from alliance_value.alliances.contracts.dyads import Dyads
from alliance_value.alliances.contracts.governance import Governance
from alliance_value.alliances.contracts.life_results import (
    NonZeroSum,
    SignTransitions,
)
from alliance_value.alliances.dual_appropriation import (
    non_zero_sum,
    sign_transitions,
    with_governance,
)
from alliance_value.contracts.events import Cars
from alliance_value.contracts.storage import load, store
from alliance_value.events.settings import pair
from alliance_value.running.job import job, listed
from alliance_value.study.event_study import window_name

with job(snakemake) as this:
    dyads = load(snakemake.input.dyads, Dyads)
    for path in listed(snakemake.input.governance):
        dyads = with_governance(dyads, load(path, Governance))
    windows = [window_name(pair(window)) for window in this.params["windows"]]
    cars = load(snakemake.input.cars, Cars)
    moves = sign_transitions(dyads, cars, this.params["models"][0], windows)
    store(
        non_zero_sum(dyads, this.params["confidence"]),
        NonZeroSum,
        snakemake.output.non_zero_sum,
    )
    store(moves, SignTransitions, snakemake.output.sign_transitions)
