from pathlib import Path

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
from alliance_value.alliances.study_portfolios import AllianceTables, portfolio_tables
from alliance_value.contracts.firm_years import FirmYears
from alliance_value.contracts.storage import columns_of, load, store
from alliance_value.running.job import job

with job(snakemake) as this:
    source = AllianceTables(
        load(snakemake.input.alliances, Alliances),
        load(snakemake.input.participants, Participants),
        load(snakemake.input.coded_units, CodedUnits),
    )
    firm_years = load(snakemake.input.firm_years, FirmYears)
    tables = portfolio_tables(source, firm_years, this.params)
    with_share = int(tables.portfolios["base"].cc_share.notna().sum())
    this.tell(f"{with_share:,} firm-years with a coded portfolio")
    for path in snakemake.output.portfolios:
        variant = tables.portfolios[Path(path).stem]
        store(columns_of(variant, Portfolios), Portfolios, path)
    tables.structures.to_parquet(snakemake.output.structures, index=False)
    partnerships = columns_of(tables.partnerships, Partnerships)
    for table, contract, path in (
        (partnerships, Partnerships, snakemake.output.partnerships),
        (tables.experience, Experience, snakemake.output.experience),
        (tables.agreement, CoderAgreement, snakemake.output.agreement),
        (tables.look_ahead, LookAhead, snakemake.output.look_ahead),
    ):
        store(table, contract, path)
