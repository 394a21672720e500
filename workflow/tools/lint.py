"""Lint the workflow by Snakemake's rules, save one.

All rules share the environment of requirements.lock: none names a container or conda
environment of its own, which no run of this project would use.
"""

from snakemake.cli import main
from snakemake.linting.rules import RuleLinter

del RuleLinter.lint_missing_software_definition
main(["--lint"])
