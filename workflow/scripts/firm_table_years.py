from alliance_value.alliances.contracts.constructs import (
    CustomerConcentration,
    FunctionSpells,
    FunctionYears,
    MajorCustomers,
)
from alliance_value.alliances.dependence import concentration_of_customers
from alliance_value.alliances.functions import function_years
from alliance_value.contracts.firm_years import FirmYears
from alliance_value.contracts.storage import load, store
from alliance_value.running.job import job

with job(snakemake) as this:
    firm_years = load(snakemake.input.firm_years, FirmYears)
    for given, made, contract, result, compute in (
        (
            "major_customers",
            "customer_concentration",
            MajorCustomers,
            CustomerConcentration,
            concentration_of_customers,
        ),
        (
            "function_spells",
            "function_years",
            FunctionSpells,
            FunctionYears,
            function_years,
        ),
    ):
        if hasattr(snakemake.input, given):
            table = compute(load(getattr(snakemake.input, given), contract), firm_years)
            store(table, result, snakemake.output[made])
