from alliance_value.contracts.alliances import (
    Alliances,
    CodedUnits,
    Participants,
    Portfolios,
)
from alliance_value.contracts.tables import FirmYears, load, store, write_csv
from alliance_value.panel.agreement import coder_agreement
from alliance_value.panel.portfolios import PortfolioRule, portfolios
from alliance_value.panel.structures import carry_forward, code_structures
from alliance_value.study.job import job

with job(snakemake) as this:
    rule = this.params
    firm_years = load(snakemake.input.firm_years, FirmYears)
    units = load(snakemake.input.coded_units, CodedUnits)
    structures = carry_forward(
        code_structures(units, rule["structure_rule"]),
        firm_years,
        rule["carry_forward"],
    )
    alliances = load(snakemake.input.alliances, Alliances)
    participants = load(snakemake.input.participants, Participants)
    alliances = alliances[alliances.status.isin(rule["statuses"])]
    if rule["parties"] == "two":
        count = participants.groupby("alliance").size()
        alliances = alliances[alliances.alliance.map(count) == 2]
    table = portfolios(
        alliances,
        participants[participants.alliance.isin(alliances.alliance)],
        structures,
        firm_years,
        PortfolioRule(
            life=rule["life"],
            weights=rule["weights"],
            structure=rule["structure"],
            undefined=rule["undefined"],
        ),
    )
    with_share = int(table.cc_share.notna().sum())
    this.tell(f"{with_share} firm-years with a coded portfolio")
    store(
        table[list(Portfolios.to_schema().columns)],
        Portfolios,
        snakemake.output.portfolios,
    )
    structures.to_parquet(snakemake.output.structures, index=False)
    agreement, _ = coder_agreement(units)
    write_csv(agreement, snakemake.output.agreement)
