from alliance_value.contracts.firm_years import Panel
from alliance_value.contracts.inference import OF_INFERENCE
from alliance_value.contracts.storage import load, store
from alliance_value.models.inference import Repeated, inference_of
from alliance_value.running.job import job
from alliance_value.study.spec import Model
from alliance_value.vocabulary.words import Words

with job(snakemake) as this:
    panel = load(snakemake.input.panel, Panel)
    asked = this.params["repeated"]
    words = Words(**this.params["words"])
    settings = Repeated(asked["draws"], asked["permutations"], this.params["seed"])
    models = [Model.of(model) for model in this.params["models"]]
    tables = inference_of(panel, models, settings, this.tell, this.trace)
    for name, contract in OF_INFERENCE.items():
        store(words.fill(getattr(tables, name)), contract, snakemake.output[name])
