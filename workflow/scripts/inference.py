import pandas as pd

from alliance_value.contracts.firm_years import Panel
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.inference import Inference, Influence, Sensitivity
from alliance_value.contracts.problems import raise_if
from alliance_value.contracts.storage import load, store
from alliance_value.models.design import design
from alliance_value.models.inference import Repeated, repeated_inference
from alliance_value.running.job import job
from alliance_value.study.spec import Model
from alliance_value.vocabulary.words import Words

with job(snakemake) as this:
    panel = load(snakemake.input.panel, Panel)
    asked = this.params["repeated"]
    words = Words(**this.params["words"])
    settings = Repeated(asked["draws"], asked["permutations"], this.params["seed"])
    parts, problems = [], []
    for written in this.params["models"]:
        model = Model.of(written)
        data = design(panel, model, FunnelBranch(model.name), problems)
        raise_if(problems, f"model {model.name}")
        parts.append(repeated_inference(data, model, settings, this.trace))
    for name, contract in (
        ("inference", Inference),
        ("sensitivity", Sensitivity),
        ("influence", Influence),
    ):
        table = pd.concat([getattr(tables, name) for tables in parts])
        store(words.fill(table), contract, snakemake.output[name])
