from alliance_value.alliances.contracts.alliances import (
    Alliances,
    CodedUnits,
    Participants,
)
from alliance_value.alliances.contracts.governance import Governance
from alliance_value.alliances.contracts.life_cycle import OF_LIVES, AllianceSpells
from alliance_value.alliances.contracts.ownership import Acquisitions, Terminations
from alliance_value.alliances.life_cycle import Ends, life_tables, spells_of
from alliance_value.alliances.structures import code_structures
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.storage import load, store
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    given = {
        name: load(path, contract)
        for name, contract in (
            ("terminations", Terminations),
            ("acquisitions", Acquisitions),
            ("governance", Governance),
        )
        for path in listed(snakemake.input[name])
    }
    units = load(snakemake.input.coded_units, CodedUnits)
    structures = code_structures(units, this.params["structure_rule"])
    spells, funnel = spells_of(
        load(snakemake.input.alliances, Alliances),
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
