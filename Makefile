# Anslut. `make` alone lists the tasks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_DIR ?= data/demo
DEMO_BIND ?= 127.0.0.1:8000

.DEFAULT_GOAL := help
.PHONY: help bench demo test check lint install install-dev lock assets docs clean

help: ## List the tasks
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: install ## Install everything, make a demo federation and serve it
	@PORTAL_DATA_DIR=$(DEMO_DIR) PORTAL_BIND=$(DEMO_BIND) $(BIN)/portal demo

test: install-dev ## Install what tests need and run everything CI runs
	@$(BIN)/python tests/run.py

check: install-dev ## The fast part of the tests: style, types, contracts, pure rules
	@$(BIN)/python tests/run.py --fast

lint: install-dev ## Style, types and import contracts
	@$(BIN)/python tests/run.py --lint

install: $(VENV)/installed ## Make .venv with the locked dependencies

install-dev: $(VENV)/installed-dev ## Make .venv with what tests need as well

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or later is needed: $(PYTHON) was not found. On Debian or Ubuntu: apt install python3 python3-venv. On macOS: brew install python."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; this is $$($(PYTHON) --version). Say which one with: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "The virtual environment could not be made. On Debian or Ubuntu: apt install python3-venv."; exit 1; }

# The lock files are whole, so nothing is resolved again; what a package asks for by an extra would stop pip otherwise.
$(VENV)/installed: $(VENV)/bin/python requirements.lock pyproject.toml
	@echo "Installing the locked dependencies into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/bin/python requirements-dev.lock pyproject.toml
	@echo "Installing the locked dependencies, those of the tests too, into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/installed

assets: ## Build CSS, JavaScript and fonts again (needs Node; running Anslut does not)
	npm ci --no-audit --no-fund && node portal/assets/build.mjs

bench: install-dev ## Print what the heaviest pages and answering cost
	@$(BIN)/python -m tests.benchmarks.bench_pages
	@$(BIN)/python -m tests.benchmarks.bench_answers

docs: install-dev ## Draw the diagrams of the journey again
	$(BIN)/python -c "from workflows import diagram, journey; print(diagram.page(journey.STEPS), end='')" > portal/docs/journey.md

lock: install-dev ## Resolve the dependencies again and write both lock files
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra build --extra dev pyproject.toml -o requirements-dev.lock

clean: ## Remove the virtual environment and the demo
	rm -rf $(VENV) $(DEMO_DIR)
