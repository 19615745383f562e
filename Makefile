# make run    the app on http://localhost:8501      make test   everything that is checked
# make bench  measurements                           make docs   the generated pages of docs/
# Settings by environment: CRO_DB (the store), PORT, PYTHON (the interpreter to build with), CHROMIUM and WORKERS (for the
# tests: the browser, and how many test files run at a time).

SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8501
WORKERS ?= 2
CRO_DB ?= var/cro.duckdb
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
export CRO_DB PORT

.PHONY: run demo test bench docs clean

run: demo
	@exec $(PY) -m streamlit run app.py --server.port=$(PORT)

demo: $(VENV)/.runtime
	@test -e "$(CRO_DB)" || { echo "Making the demo portfolio in $(CRO_DB), once ..."; $(PY) -m data demo; }

test: $(VENV)/.development
	@CHROMIUM="$$($(PY) -m tools.chromium)" && export CHROMIUM \
	&& $(PY) -m ruff check . \
	&& $(PY) -m ruff format --check . \
	&& $(PY) -m mypy \
	&& $(VENV)/bin/lint-imports --no-logo \
	&& $(PY) -m pytest --numprocesses=$(WORKERS) --dist=loadfile

bench: $(VENV)/.development
	$(PY) -m bench

docs: $(VENV)/.runtime
	$(PY) -m tools.docs

clean:
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# The stamps are what makes a second start quick: pip runs only after the lists have changed.
$(VENV)/.runtime: requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "CRO Scorecard needs Python 3.11 or newer. Name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making the environment in $(VENV), once ..."
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements-dev.txt
	@echo "Adding what the tests need ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@
