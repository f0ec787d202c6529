# Before You Post: `make` lists what can be done here.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup run test test-all check format bench clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

setup: $(READY) ## make the environment (also done by every other target)

run: $(READY) ## start the sample clinic and print sign-in links
	$(BIN)/byp demo

test: $(READY) ## run every test, with quick counts
	$(BIN)/python -m pytest -n auto --dist worksteal

test-all: SEED := $(or $(SEED),$(shell date +%s))
test-all: $(READY) ## run every test with the full counts; SEED=... repeats a run
	BYP_TESTS=full $(BIN)/python -m pytest -n auto --dist worksteal --timeout 1200 --hypothesis-seed=$(SEED)

check: $(READY) ## lint, format, types, import contracts, templates, content
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint training/templates --check --lint --quiet
	$(BIN)/byp content check --no-warnings

format: $(READY) ## put the code into its format
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .
	$(BIN)/djlint training/templates --reformat --quiet

bench: $(READY) ## measure speed against a bare app, by turns
	$(BIN)/python -m tests.benchmarks

clean: ## take away the environment and the sample clinic
	rm -rf $(VENV) instance/demo*
