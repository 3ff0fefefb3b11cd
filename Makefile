# Works from a bare checkout with Python 3.11+ and make, as root or not: `make help`.
PYTHON ?= python3
PORT ?= 5000
KEEP ?=
ARGS ?=
ONLY ?=
RUNS ?= 300
CUSTOMERS ?= 1000
REFILLS ?= 5000
SEED ?= 1
SVG ?=

BIN := .venv/bin
RUNTIME := .venv/.runtime
DEV := .venv/.dev
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
MAKEFLAGS += --no-print-directory
# Every process of the tests would compile what the last one has compiled, and rewrite its asserts.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test testall lint bench soak simulate chaos

help: ## list these targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r name what; do printf '%-12s %s\n' "$$name" "$$what"; done

demo: $(RUNTIME) ## serve the shop with its sandbox on http://127.0.0.1:5000 (PORT=5050; KEEP=1 keeps its data)
	@exec $(BIN)/flask --app wsgi shop demo --port $(PORT) $(if $(KEEP),--keep)

# One process more than there are cores: servers at the edges are often waited for.
PYTEST = $(BIN)/python -m pytest --numprocesses $$(( $$($(BIN)/python -c 'import os; print(os.cpu_count())') + 1 )) --dist worksteal

test: $(DEV) ## run the tests, those of pages on one database each (ARGS="-k stock" is passed on to pytest)
	@exec $(PYTEST) --pages-once $(ARGS)

testall: $(DEV) ## run every test on SQLite and on PostgreSQL
	@exec $(PYTEST) $(ARGS)

lint: $(DEV) ## check style, types and what imports what
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

soak: $(DEV) ## long runs of the state machines, a JSON line each (RUNS=300)
	@SOAK_RUNS=$(RUNS) exec $(BIN)/python -m pytest tests/kits/stock/test_stock_machine.py tests/lives

simulate: $(DEV) ## a cohort's two years: a table, a chart, a JSON line (CUSTOMERS=1000 SEED=1 SVG=chart.svg)
	@exec $(BIN)/python -m tests.lives --customers $(CUSTOMERS) --seed $(SEED) $(if $(SVG),--svg $(SVG))

chaos: $(DEV) ## charge refills while all that can fail does: a table, a JSON line (REFILLS=5000 SEED=1)
	@exec $(BIN)/python -m tests.chaos --refills $(REFILLS) --seed $(SEED)

bench: $(DEV) ## measure, a JSON line a figure (ONLY=kit_page for one)
	@exec $(BIN)/python -m tests.bench $(ONLY)

$(RUNTIME): requirements.txt | $(BIN)/python
	$(call install,requirements.txt,what the shop needs)
	@touch $@

$(DEV): requirements-dev.txt | $(BIN)/python
	$(call install,requirements-dev.txt,what the shop and its tests need)
	@touch $(RUNTIME) $@

# Debian keeps ensurepip in the package python3-venv. Without it the new environment has no pip of its own, and the
# system's pip installs into it.
define install
	@echo "Installing $(2) into .venv (about a minute)"
	@if $(BIN)/python -m pip --version >/dev/null 2>&1; then pip="$(BIN)/python -m pip"; \
	 elif $(PYTHON) -m pip --version >/dev/null 2>&1; then pip="$(PYTHON) -m pip --python $(BIN)/python"; \
	 else echo "There is no pip. On Debian: apt-get install python3-pip" >&2; exit 1; fi; \
	 $$pip install --quiet --quiet --requirement $(1)
endef

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	 { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Making a virtual environment in .venv"
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then $(PYTHON) -m venv --clear .venv; \
	 else $(PYTHON) -m venv --clear --without-pip .venv; fi
