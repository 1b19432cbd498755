# Everything is done from this folder. `make help` lists what there is.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
LOCK := uv pip compile --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock" \
	--no-emit-find-links --no-emit-index-url --quiet

.DEFAULT_GOAL := help
# A file's tests stay together: they share what is costly to set up. tests/conftest.py gives the order in which they begin,
# and the folders whose files stay together too.
# Three processes on two cores: many tests wait for servers and processes that they start.
SPREAD := -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: help run setup test test-sqlite test-browser test-live lint messages format benchmark migrate lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.base ## Start everything on this machine: PORT=8000 HOST=127.0.0.1
	@$(PY) -c '' || { echo "$(VENV) is broken: remove it and run make again."; exit 1; }
	@exec $(PY) manage.py run

setup: $(VENV)/.dev $(VENV)/.lockers ## Make .venv with everything that tests, lint and benchmarks need

test: $(VENV)/.dev ## Run all tests that need no browser, on PostgreSQL and Redis where this machine can have them
	@$(PY) -m pytest $(SPREAD)

test-sqlite: $(VENV)/.dev ## Run the same tests on SQLite
	@WHEELWAY_TEST_DATABASE=sqlite $(PY) -m pytest $(SPREAD)

test-browser: $(VENV)/.dev ## Run the tests that need Chromium
	@$(PY) -m pytest -m browser

test-live: $(VENV)/.dev ## Run the tests that ask the real index
	@$(PY) -m pytest -m live

lint: $(VENV)/.dev ## Check style, types, imports, dependencies, templates, migrations and settings
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" .ci/lint

messages: $(VENV)/.dev ## Bring the catalogues of other languages up to date with the sources, and compile them
	@$(PY) translations/catalogue.py update

format: $(VENV)/.dev ## Rewrite the code in the house's form
	@$(VENV)/bin/ruff check --fix --quiet .
	@$(VENV)/bin/ruff format .

benchmark: $(VENV)/.dev ## Compare assessing with uv, from a full store and an empty one, and a portfolio with one project (P1 to P4, P10 to P13)
	$(VENV)/bin/python -m benchmarks.goals

migrate: $(VENV)/.base ## Bring the database up to date
	@$(PY) manage.py migrate

lock: $(VENV)/.dev ## Compile requirements/*.in into pins with hashes; UPGRADE=1 takes newer versions
	@cd requirements && PATH="$$PATH:$(CURDIR)/$(VENV)/bin" $(LOCK) $(if $(UPGRADE),--upgrade) base.in -o base.txt
	@cd requirements && PATH="$$PATH:$(CURDIR)/$(VENV)/bin" $(LOCK) $(if $(UPGRADE),--upgrade) -c base.txt dev.in -o dev.txt
	@cd requirements && PATH="$$PATH:$(CURDIR)/$(VENV)/bin" $(LOCK) $(if $(UPGRADE),--upgrade) --no-strip-extras lockers.in -o lockers.txt

clean: ## Remove .venv and what tools leave behind; var/, the data, stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov .coverage staticfiles
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Files that say what is installed: newer pins make them stale.
$(VENV)/.base: requirements/base.txt
	@PYTHON="$(PYTHON)" .ci/install $< $(VENV)
	@touch $@

$(VENV)/.dev: requirements/dev.txt
	@PYTHON="$(PYTHON)" .ci/install $< $(VENV)
	@touch $@

# The tools that write locks need versions of their own.
$(VENV)/.lockers: requirements/lockers.txt
	@if PYTHON="$(PYTHON)" .ci/install $< $(VENV)/lockers; then touch $@; \
	else echo "Without them the tests that run these tools are skipped."; fi
