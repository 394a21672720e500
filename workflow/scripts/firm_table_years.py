from alliance_value.alliances.contracts.constructs import (
    CustomerConcentration,
    FunctionSpells,
    FunctionYears,
    MajorCustomers,
)
from alliance_value.alliances.dependence import concentration_of_customers
from alliance_value.alliances.functions import function_years
from alliance_value.alliances.sources.known_codes import known_codes
from alliance_value.contracts.firm_years import FirmYears
from alliance_value.contracts.storage import load, store
from alliance_value.running.job import job

with job(snakemake) as this:
    firm_years = load(snakemake.input.firm_years, FirmYears)
    for given, source, made, contract, result, compute in (
        (
            "major_customers",
            "major_customers",
            "customer_concentration",
            MajorCustomers,
            CustomerConcentration,
            concentration_of_customers,
        ),
        (
            "function_spells",
            "alliance_function",
            "function_years",
            FunctionSpells,
            FunctionYears,
            function_years,
        ),
    ):
        if hasattr(snakemake.input, given):
            rows = load(getattr(snakemake.input, given), contract)
            this.tell(known_codes(rows.firm, firm_years.firm, source, "firms"))
            table = compute(rows, firm_years)
            store(table, result, snakemake.output[made])
