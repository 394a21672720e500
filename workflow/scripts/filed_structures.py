from alliance_value.alliances.agreement import coder_agreement
from alliance_value.alliances.coding import ADJUDICATED
from alliance_value.alliances.contracts.alliances import CodedUnits
from alliance_value.alliances.sources.filed_structures import filed_structures
from alliance_value.contracts.rejects import Rejects, collect
from alliance_value.contracts.storage import store
from alliance_value.running.job import job, listed
from alliance_value.sources.edgar.statement_files import days_of_filing
from alliance_value.sources.read_file import read_as_one
from alliance_value.sources.record import write_record
from alliance_value.study.spec import layout_of

with job(snakemake) as this:
    files = listed(snakemake.input.structures)
    reviewed = listed(snakemake.input.reviewed_structures)
    layout = layout_of(this.params["reviewed_structures"])
    statements = listed(snakemake.input.statements)
    filed = filed_structures(
        files,
        read_as_one(reviewed, layout) if reviewed else None,
        days_of_filing(statements, this.params["forms"]) if statements else None,
    )
    this.tell(
        f"{len(filed.proposed):,} units are proposed, {len(filed.to_review):,} of them "
        f"to be reviewed: {snakemake.output.to_review}"
    )
    store(filed.units, CodedUnits, snakemake.output.coded_units)
    store(collect(filed.rejected), Rejects, snakemake.output.rejects)
    filed.proposed.to_csv(snakemake.output.proposed, index=False)
    filed.to_review.to_csv(snakemake.output.to_review, index=False)
    agreement, _ = coder_agreement(filed.units[filed.units.coder != ADJUDICATED])
    agreement.to_csv(snakemake.output.agreement, index=False)
    write_record(snakemake.output.sources, [*files, *reviewed], filed.decisions)
