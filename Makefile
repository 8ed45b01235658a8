# make up runs the sample fleet on the simulated environment; make test runs every check.
# Each target sets up what it needs first, and is quick when that is done.

# The first Python on this machine that is new enough.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; \
	done || true)
BIN := .venv/bin
TESTS ?= tests

.DEFAULT_GOAL := help
.PHONY: help setup tools up test lint bench clean

help:
	@echo 'make tools  virtual environment and Pulumi CLI: all that a fleet on AWS needs'
	@echo 'make up     the sample fleet, on the simulated environment "local"'
	@echo 'make setup  the same as tools, and what the tests need, with Debian packages'
	@echo 'make test   every linter and every test'
	@echo 'make lint   the linters alone'
	@echo 'make bench  the benchmarks, into docs/benchmarks.md'
	@echo 'make clean  removes what the targets made in this checkout'

tools:
	@$(if $(PYTHON),,echo 'error: no Python 3.11 or newer on PATH' >&2; exit 1)
	@$(PYTHON) setup

setup:
	@echo 'make setup: virtual environment, Pulumi CLI, what the tests need'
	@$(if $(PYTHON),,echo 'error: no Python 3.11 or newer on PATH' >&2; exit 1)
	@$(PYTHON) setup --tests

up: tools
	@echo 'make up: sites.yaml on the simulated environment "local"'
	@$(BIN)/fleet up --env local

lint: tools
	@echo 'make lint: ruff, pyright, hadolint, shellcheck'
	@$(BIN)/ruff format --check --quiet . || { echo 'To mend it: $(BIN)/ruff format .' >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/pyright
	@git ls-files -z '*Dockerfile' | xargs -0 -r $(BIN)/hadolint
	@git grep -lzE '^#!/(usr/)?bin/(env )?(ba|da)?sh' | xargs -0 -r $(BIN)/shellcheck

test: setup lint
	@echo 'make test: $(TESTS)'
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --reruns 1 -raR $(TESTS)

bench: tools
	@echo 'make bench: speed and size, into docs/benchmarks.md (over an hour)'
	@$(BIN)/python -m bench

clean:
	@echo 'make clean: .venv, .local and the caches of the linters and tests'
	@! test -d .local/running || $(BIN)/python -m simulator.local.control
	@rm -rf .venv plugin/.venv .local .pytest_cache .ruff_cache .hypothesis *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
