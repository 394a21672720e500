from alliance_value.contracts.results import OF_FAMILIES
from alliance_value.contracts.storage import load_all, store
from alliance_value.running.job import job, listed
from alliance_value.vocabulary.words import Words

with job(snakemake) as this:
    words = Words(**this.params["words"])
    for name, contract in OF_FAMILIES.items():
        table = load_all(listed(snakemake.input[name]), contract)
        store(words.fill(table), contract, snakemake.output[name])
