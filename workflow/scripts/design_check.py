from alliance_value.certificate.contracts import DesignCheck, Scores
from alliance_value.certificate.power import Placebos, design_check
from alliance_value.contracts.firm_years import Panel
from alliance_value.contracts.storage import load, store
from alliance_value.models.design import columns_needed
from alliance_value.running.job import job
from alliance_value.study.spec import Model
from alliance_value.vocabulary.words import Words

with job(snakemake) as this:
    models = [Model.of(model) for model in this.params["models"]]
    table = design_check(
        load(snakemake.input.panel, Panel, columns_needed(models)),
        models,
        load(snakemake.input.scores, Scores),
        Placebos(this.params["draws"], this.params["seed"]),
        this.tell,
    )
    say = Words(**this.params["words"]).say
    table["caution"] = table.caution.map(say).astype("string")
    if cautions := int(table.caution.ne("").sum()):
        this.tell(f"{cautions:,} of {len(table):,} terms have a caution")
    store(table, DesignCheck, snakemake.output.design_check)
