"""Lint the workflow by Snakemake's rules, save one.

All rules share the environment of requirements.lock: none names a container or conda
environment of its own, which no run of this project would use.
"""

import os

from snakemake.cli import main
from snakemake.linting.rules import RuleLinter

del RuleLinter.lint_missing_software_definition
os.environ["VERBOSE"] = "1"  # the profile keeps what the engine says off the screen
main(["--lint"])
