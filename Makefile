# Two commands: `make run` serves the product, `make test` tests it. Both can be repeated, and work from a fresh clone.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOME_DIR ?= var/demo
PORT ?= 8000
# What `make test` leaves to `make test-all`: tests of more than a few seconds, and the browser.
FAST := not slow and not browser
export UV_PROJECT_ENVIRONMENT := $(VENV)

.PHONY: help run test test-slow test-all setup setup-dev lint docs bench accuracy clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort | expand -t 14

run: setup ## serve Kanchay with a simulated home and building on http://127.0.0.1:8000
	@echo "Serving on http://127.0.0.1:$(PORT) (Ctrl-C stops). Everything in the demo is simulated; it lives in $(HOME_DIR)."
	$(BIN)/kanchay --home $(HOME_DIR) serve --demo --port $(PORT)

test: setup-dev lint ## check style, types and run the fast tests (under ten minutes on two cores)
	$(BIN)/pytest -m "$(FAST)" -n 2 --dist loadfile

test-slow: setup-dev ## the slow tests and those in a browser
	$(BIN)/pytest -m "not ($(FAST))" -n 2 --dist loadfile

test-all: test test-slow ## everything (what .ci/run runs)

lint: setup-dev ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

setup: $(VENV)/.uv ## install what running needs (no TensorFlow)
	@test -f $(VENV)/.dev || { echo "Setting up: the product and its pages, without TensorFlow …"; $(BIN)/uv sync --frozen --inexact; }

setup-dev: $(VENV)/.uv ## install what the tests need, TensorFlow included
	@echo "Setting up: everything the tests need, TensorFlow included (about 2 GB the first time) …"
	@$(BIN)/uv sync --frozen --inexact --extra dev && touch $(VENV)/.dev

$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Cannot make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.7'
	@touch $@

docs: setup-dev ## write the generated reference pages anew
	$(BIN)/python docs/generate.py

bench: setup-dev ## speed, with the peer or the naive beside ours
	for b in benchmarks/speed/*.py; do $(BIN)/python $$b || exit 1; done

accuracy: setup-dev ## accuracy on measured data (KANCHAY_DATA)
	for b in benchmarks/accuracy/*.py; do $(BIN)/python $$b || exit 1; done

clean: ## remove what can be made again
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache var
