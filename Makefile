# Every command of the project. `make` alone prints them.
# Variables can be set on the command line: make run PORT=8001 JIEMA_DATA_DIR=/tmp/second

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

# The first Python on this machine that is new enough; it only makes the virtual environment.
ifndef PYTHON
PYTHON := $(shell for name in python3.11 python3.12 python3.13 python3; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
endif
BIN := .venv/bin

PORT ?= 8000
SANDBOX_PORT ?= 8090
JIEMA_DATA_DIR ?= .data
export PORT SANDBOX_PORT JIEMA_DATA_DIR

# Set on some machines to keep folders clean. Every start would compile every module anew, which
# takes two seconds of five; what Python keeps is in folders that git ignores.
unexport PYTHONDONTWRITEBYTECODE

# Worker processes of the test run, and what to run: make test TESTS=tests/unit ARGS=-x
WORKERS ?= 4
TESTS ?= tests
ARGS ?=
# How long each test of `make fuzz` goes on; within `make test` it is about two seconds.
FUZZ_SECONDS ?= 60

##@ Use it
.PHONY: run
run: port-check install ## Set up what is missing and run everything: shop, worker, sandbox, database
	@exec $(BIN)/python -m jiema_app.processes up

.PHONY: build
build: install ## Build the web pages, when something they are made of changed
	@$(BIN)/python -m jiema_app.processes build

.PHONY: install
install: need-python ## Make .venv and install the pinned requirements, when they changed
	@$(PYTHON) -m jiema_app.processes.install --pages

##@ Work on it
.PHONY: test
test: install-all ## Run every test, in real processes and a real browser
	@$(MAKE) --jobs=2 build test-tools
	@$(BIN)/pytest $(TESTS) -n $(WORKERS) --dist loadgroup --durations=10 --durations-min=2 $(ARGS)

.PHONY: check
check: install-dev ## Format, lint, types, import contracts, migrations, unit tests: in a minute or two
	@$(MAKE) --jobs=4 --output-sync=target --keep-going \
		check-types check-unit check-migrations check-contracts check-lint check-format

.PHONY: check-types check-unit check-migrations check-contracts check-lint check-format
check-types:
	@$(BIN)/mypy
check-unit:
	@$(BIN)/pytest tests/unit tests/architecture tests/serving tests/site/shop tests/site/design tests/processes -m "not slow" -q
check-migrations:
	@$(BIN)/python .ci/check_migrations.py
check-contracts:
	@$(BIN)/lint-imports
check-lint:
	@$(BIN)/ruff check --quiet .
check-format:
	@$(BIN)/ruff format --check --quiet --output-format concise . || { echo "run: make format"; exit 1; }

.PHONY: e2e
e2e: install-dev build browser ## Run the browser tests alone
	@$(BIN)/pytest tests/e2e $(ARGS)

.PHONY: chaos
chaos: install-dev build ## Kill processes at random and check that no cent is lost
	@$(BIN)/python -m tests.chaos $(ARGS)

.PHONY: fuzz
fuzz: install-dev ## Feed the parsers and doors random input: make fuzz FUZZ_SECONDS=3600
	@FUZZ_SECONDS=$(FUZZ_SECONDS) $(BIN)/pytest tests/fuzz $(ARGS)

.PHONY: bench
bench: install-dev build ## Measure, beside a hand-written baseline
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: lighthouse
lighthouse: install-dev browser ## Ask Lighthouse about the pages of the shop that runs on PORT
	@$(BIN)/python -m benchmarks.pages $(ARGS)

.PHONY: format
format: install-dev ## Format the code and mend what ruff can mend
	@$(BIN)/ruff check --fix-only --quiet . && $(BIN)/ruff format --quiet .

.PHONY: docs
docs: install-dev ## Write the generated parts of docs/ anew
	@$(BIN)/python -m jiema_app docs $(ARGS)

.PHONY: locales
locales: install-dev ## Collect the texts, update the catalogues, show what is translated
	@$(BIN)/python -m jiema_app locales $(ARGS)

.PHONY: clean
clean: ## Remove what was built; data and .venv stay
	@rm -rf .web .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

.PHONY: help
help: ## Print this
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# What the targets above need.

.PHONY: need-python
need-python:
	@test -n "$(PYTHON)" || { echo "error: Python 3.11 or newer is needed (make PYTHON=/path/to/python3.11)"; exit 1; }

.PHONY: port-check
port-check: need-python
	@$(PYTHON) jiema_app/processes/ports.py PORT=$(PORT) SANDBOX_PORT=$(SANDBOX_PORT)

.PHONY: install-dev
install-dev: need-python
	@$(PYTHON) -m jiema_app.processes.install --dev

.PHONY: install-all
install-all: need-python
	@$(PYTHON) -m jiema_app.processes.install --dev --pages

.PHONY: browser
browser: install-dev
	@.ci/install-test-tools browser

# One after the other, for apt takes one order at a time; beside the build, which has none.
.PHONY: test-tools
test-tools: install-dev
	@.ci/install-test-tools browser redis jq
