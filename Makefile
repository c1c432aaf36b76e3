# `make help` says what there is. Everything is installed into .venv, pinned with hashes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PO := $(wildcard locales/*/LC_MESSAGES/messages.po)

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(VENV)/installed ## Run everything here with stand-ins; no account, no key, no money.
	$(BIN)/homeward demo $(ARGS)

.PHONY: test
test: $(VENV)/installed-dev ## Install, check style and types, run all tests.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal $(ARGS)

.PHONY: model
model: $(VENV)/installed-dev ## Thousands of random acts, in the ledger and in a model of it.
	MODEL_RUNS=$(or $(RUNS),100) $(BIN)/python -m pytest -q --timeout=0 tests/storage/test_ledger_model.py $(ARGS)

.PHONY: screens
screens: $(VENV)/installed-dev ## Every screen of one story on a phone, a picture for each language, in build/screens.
	$(BIN)/python -m tests.journeys.contact_sheet $(LOCALES)

.PHONY: mutations
mutations: $(VENV)/installed-dev ## Take one thing at a time from the schema; a test must notice.
	$(BIN)/python -m pytest -q tests/storage/mutations.py $(ARGS)

.PHONY: statements
statements: $(VENV)/installed-dev ## One SQL statement at a time fails, on each way of money.
	EVERY_STATEMENT=1 $(BIN)/python -m pytest -q --timeout=0 tests/payments/test_every_statement.py $(ARGS)

.PHONY: broadcast-storm
broadcast-storm: $(VENV)/installed-dev ## 10,000 followers told through refusals and kill -9, at the real pace: half an hour.
	BROADCAST_STORM=full $(BIN)/python -m pytest -q --timeout=0 tests/journeys/test_broadcast.py $(ARGS)

.PHONY: lint
lint: $(VENV)/installed-dev ## Mend what can be mended by itself, then check style and types.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/mypy

.PHONY: messages
messages: $(VENV)/installed-dev ## Bring new sentences into the message catalogs.
	$(BIN)/python -m locales.extract
	$(BIN)/python -m locales.compile_catalogs

.PHONY: catalogs
catalogs: $(VENV)/installed ## Compile the message catalogs.
	$(BIN)/python -m locales.compile_catalogs

.PHONY: requirements
requirements: ## Pin all requirements anew (needs uv).
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet \
	  --custom-compile-command "make requirements" --extra build pyproject.toml -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet \
	  --custom-compile-command "make requirements" --extra build --extra dev -c requirements.txt \
	  pyproject.toml -o requirements-dev.txt

.PHONY: clean
clean: ## Delete what was installed and made here. The demo's data stay.
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The hashes of the pinned files cover all that is downloaded; our own package comes without any.
$(VENV)/installed: requirements.txt pyproject.toml $(PO)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; say make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@
