# The two commands that matter: `make demo` and `make test`. `make` alone lists them all.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV ?= .venv

bin := $(VENV)/bin
installed := $(VENV)/.installed
# mypy stops at a folder that has no Python file in it.
typed := src tests $(sort $(dir $(wildcard bench/*.py examples/*.py)))

.PHONY: help setup demo test check format bench docs constraints clean

help:  ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 20
	@echo "PYTHON=$(PYTHON) makes the virtual environment VENV=$(VENV); both can be given."

setup: $(installed)  ## Make the virtual environment and install everything into it

# Again only when what is wanted has changed.
$(installed): pyproject.toml constraints.txt
	test -x $(bin)/python || $(PYTHON) -m venv $(VENV)
	$(bin)/python -m pip install --quiet --disable-pip-version-check \
		-c constraints.txt -e '.[dev,docs]'
	touch $@

demo: setup  ## Train on real handwriting, then forget a writer, in ./demo-workspace
	$(bin)/rightful demo --folder demo-workspace

test: setup  ## Run every test, the slow ones too
	$(bin)/python -m pytest --numprocesses auto --dist loadfile

check: setup  ## Format, lint, types, and which room may use which
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy $(typed)
	$(bin)/lint-imports

format: setup  ## Mend what `make check` can mend by itself
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

bench: setup  ## Measure every claim in bench/, on small sizes
	$(bin)/python -m pip install --quiet --disable-pip-version-check \
		-c constraints.txt -e '.[dev,docs,bench]'
	found=0; \
	for script in bench/[!_]*.py; do \
		test -e "$$script" || continue; found=1; \
		echo "== $$script"; $(bin)/python "$$script" --quick; \
	done; \
	test $$found = 1 || { echo "bench/ holds no script, so nothing was measured" >&2; exit 1; }

docs: setup  ## Build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(bin)/mkdocs build --strict

constraints: pyproject.toml  ## Renew constraints.txt with the newest releases that fit
	PYTHON=$(PYTHON) tools/renew-constraints

clean:  ## Delete what was built; keeps the virtual environment
	rm -rf build dist site demo-workspace .mypy_cache .pytest_cache .ruff_cache \
		.hypothesis .import_linter_cache
	find src tests bench examples -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
