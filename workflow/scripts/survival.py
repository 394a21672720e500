from alliance_value.alliances.contracts.alliances import (
    Alliances,
    CodedUnits,
    Participants,
)
from alliance_value.alliances.contracts.life_cycle import (
    OF_ENDS,
    OF_LIVES,
    AllianceSpells,
)
from alliance_value.alliances.life_cycle import Ends, life_tables, spells_of
from alliance_value.alliances.sources.known_codes import known_codes
from alliance_value.alliances.structures import code_structures
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.storage import load, store
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    given = {
        name: load(path, contract)
        for name, contract in OF_ENDS.items()
        for path in listed(snakemake.input[name])
    }
    alliances = load(snakemake.input.alliances, Alliances)
    if "terminations" in given:
        own, source = given["terminations"].alliance, "terminations.alliance"
        this.tell(known_codes(own, alliances.alliance, source, "alliances"))
    units = load(snakemake.input.coded_units, CodedUnits)
    structures = code_structures(units, this.params["structure_rule"])
    spells, funnel = spells_of(
        alliances,
        load(snakemake.input.participants, Participants),
        structures,
        Ends(**given),
        this.params,
    )
    this.tell(f"{len(spells):,} alliances, of which {spells.cause.count():,} ended")
    store(spells, AllianceSpells, snakemake.output.alliance_spells)
    store(funnel, Funnel, snakemake.output.funnel)
    tables = life_tables(spells, structures, this.params, this.params["confidence"])
    for name, contract in OF_LIVES.items():
        store(tables[name], contract, snakemake.output[name])
