# The commands of this checkout. `make demo` and `make test` set up everything they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test lint format types ui clean

help: ## list the commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Copywriter needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
	  echo "The venv module is missing; on Debian and Ubuntu: apt install python3-venv"; exit 2; }
	@echo "Installing the pinned packages into $(VENV) (once, a few minutes)"
	@PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet -c constraints.txt -e '.[ui,train,dev]'
	@touch $@

demo: $(READY) ## write copy for the example catalog in four languages and show some of it
	@$(BIN)/copywriter models prepare
	@mkdir -p out
	@$(BIN)/copywriter batch examples/catalog.csv -o out/demo.jsonl --fresh \
	  --languages zh,de,fr,en --kinds title,description --style functional --length short
	@$(BIN)/copywriter show out/demo.jsonl --rows 4
	@echo "All results: out/demo.jsonl (one record per product)"

test: $(READY) ## run the tests
	@$(BIN)/python -m pytest -q

lint: $(READY) ## check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(READY) ## mend style where it can be mended
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

ui: $(READY) ## open the page on http://127.0.0.1:7860
	@$(BIN)/copywriter ui

clean: ## remove the environment and everything that was made
	rm -rf $(VENV) out runs build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
