# Names for commands; the work is done by Snakemake, DVC and pytest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

# Threads in linear algebra cost time here and change the last digits.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export DVC_NO_ANALYTICS := 1
export PATH := $(CURDIR)/$(BIN):$(PATH)

STUDY ?= config/config.yaml
export DATA ?=
KIND ?= panel
export ENTITY ?=
export TIME ?=
VERIFY ?=
export SINCE ?=
REPLACE ?=
ROOM ?=
SAMPLE ?= 40
SEED ?= 1
SECONDS ?= 60
REST ?= workflow or real_data or crowd
FACTORS ?= 1 3 10
# Worlds over real statements and returns need the folder that they lie in.
CERTIFIED := certificate $(if $(ALLIANCE_VALUE_DATA),plasmode)
REJECTED := $(if $(ALLIANCE_VALUE_DATA),results/us-large/size_power.csv)
TOOLS := workflow/tools

.PHONY: help setup new reproduce certificate power multiverse verify paper package pull push test test-rest \
	test-all fuzz mutants lint format slurm resources growth lock bench clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

setup: $(READY) ## Make .venv from requirements.lock (again only when the lock changes)

$(READY): requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" VENV="$(VENV)" workflow/setup.sh

new: $(READY) ## Write a first study file: STUDY=name DATA=file, or KIND=events
	@python $(TOOLS)/new.py --study "$(STUDY)" --data "$$DATA" --kind "$(KIND)" \
	  --entity "$$ENTITY" --time "$$TIME"

reproduce: $(READY) ## Run the default study; ends with its report and what is new
	@snakemake
	@python $(TOOLS)/share.py keep

certificate: $(READY) ## Judge every estimator and test over many worlds; writes docs/certificate.md
	@for study in $(CERTIFIED); do \
	  snakemake --configfile config/$$study.yaml -- certificate || exit 1; done
	@$(if $(REJECTED),snakemake --configfile config/us-large.yaml -- $(REJECTED))
	@python -m alliance_value.alliances.certificate_docs $(addprefix --sizes ,$(REJECTED)) \
	  $(foreach study,$(CERTIFIED),build/$(study)/certificate/certificate.csv)

power: $(READY) ## Say what STUDY could have found, and how its tests fare on placebos
	@snakemake --configfile "$(STUDY)" -- power

multiverse: $(READY) ## Estimate STUDY's grids in whole, into build/<study>/multiverse
	@snakemake --configfile "$(STUDY)" -- multiverse_in_whole

verify: $(READY) ## Rerun STUDY from raw in a clean copy and compare every cell
	@python $(TOOLS)/verify.py --configfile "$(STUDY)" $(VERIFY)

paper: $(READY) ## Write a paper's skeleton in LaTeX with STUDY's tables, figures and numbers
	@python $(TOOLS)/paper.py --configfile "$(STUDY)"

package: $(READY) ## Make the replication package of STUDY; SINCE=older.zip lists changes
	@python $(TOOLS)/package.py --configfile "$(STUDY)" $${SINCE:+--since "$$SINCE"}

pull: $(READY) ## Get STUDY's data and results from the DVC remote; REPLACE=1 gives up edits
	@python $(TOOLS)/share.py pull --configfile "$(STUDY)" $(if $(filter 1,$(REPLACE)),--replace)

push: $(READY) ## Send STUDY's data and results to the DVC remote, checked by hash
	@python $(TOOLS)/share.py push --configfile "$(STUDY)"

test: $(READY) ## Run the tests of every change
	@pytest -n 2 -m "not (workflow or real_data or crowd) or smoke"

test-rest: $(READY) ## Run what test leaves out: whole runs, kills, servers, real files, crowds
	@pytest -n 2 -m "($(REST)) and not smoke"

test-all: $(READY) ## Run all tests
	@pytest -n 2

fuzz: $(READY) ## Read files of drawn bytes for SECONDS=60 and show what breaks a reader
	@python -m tests.bad_inputs.fuzz --seconds "$(SECONDS)"

mutants: $(READY) ## Change ROOM's code place by place (SAMPLE=40 SEED=1) and list what no test notices
	@python $(TOOLS)/mutants.py --room "$(ROOM)" --sample "$(SAMPLE)" \
		--seed "$(SEED)"

lint: $(READY) ## Check style, types, workflow and import layers
	ruff check .
	ruff format --check .
	mypy
	snakefmt --check Snakefile workflow
	python $(TOOLS)/lint.py
	lint-imports

format: $(READY) ## Put code in its standard form
	ruff format .
	ruff check --fix .
	snakefmt Snakefile workflow

slurm: $(READY) ## Add what sends jobs to a SLURM cluster (requirements-slurm.lock)
	@python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --require-hashes -r requirements-slurm.lock

resources: $(READY) ## Write what each rule asks for from what its jobs took here
	@python $(TOOLS)/resources.py

lock: ## Resolve requirements.lock and requirements-slurm.lock again (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header -o requirements.lock
	@python3 -c 'import tomllib; from pathlib import Path; \
	  extras = tomllib.loads(Path("pyproject.toml").read_text())["project"]; \
	  print(*extras["optional-dependencies"]["slurm"], sep="\n")' \
	  | uv pip compile - --no-deps --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header -o requirements-slurm.lock

bench: $(READY) ## Run the benchmarks against peers
	@for script in benchmarks/bench_*.py; do python $$script; done

growth: $(READY) ## Run the default world at FACTORS="1 3 10" thousand firms; writes docs/scale.md
	@python benchmarks/growth.py --factors $(FACTORS)

clean: ## Remove everything that a run makes
	rm -rf build results data/processed data/steps .snakemake
