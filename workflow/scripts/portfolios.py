from pathlib import Path

from alliance_value.alliances import study_portfolios as made
from alliance_value.alliances.agreement import coder_agreement
from alliance_value.alliances.contracts.alliances import (
    Alliances,
    CodedUnits,
    Participants,
    Partnerships,
    Portfolios,
)
from alliance_value.alliances.contracts.dyad_results import LookAhead
from alliance_value.alliances.contracts.experience import Experience
from alliance_value.alliances.contracts.structures import CoderAgreement
from alliance_value.alliances.experience import firm_year_experience
from alliance_value.contracts.firm_years import FirmYears
from alliance_value.contracts.storage import load, store
from alliance_value.running.job import job

with job(snakemake) as this:
    firm_years = load(snakemake.input.firm_years, FirmYears)
    source = made.AllianceTables(
        load(snakemake.input.alliances, Alliances),
        load(snakemake.input.participants, Participants),
        load(snakemake.input.coded_units, CodedUnits),
    )
    variants = made.prepared(source, firm_years, this.params)
    base = variants[made.BASE]
    tables = made.study_portfolios(variants, firm_years)
    with_share = int(tables[made.BASE].cc_share.notna().sum())
    this.tell(f"{with_share} firm-years with a coded portfolio")
    columns = list(Portfolios.to_schema().columns)
    for path in snakemake.output.portfolios:
        store(tables[Path(path).stem][columns], Portfolios, path)
    partnerships = made.study_partnerships(base, firm_years)
    columns = list(Partnerships.to_schema().columns)
    store(partnerships[columns], Partnerships, snakemake.output.partnerships)
    base.structures.to_parquet(snakemake.output.structures, index=False)
    experience = firm_year_experience(base.alliances, base.participants, firm_years)
    store(experience, Experience, snakemake.output.experience)
    agreement, _ = coder_agreement(source.units)
    audit = made.look_ahead(variants, firm_years)
    store(agreement, CoderAgreement, snakemake.output.agreement)
    store(audit, LookAhead, snakemake.output.look_ahead)
