# What there is to do here. Nothing needs root; everything made lies in .venv and in a cache.
# On another Python: make test PYTHON=python3.13, or, to keep both: … VENV=.venv-3.13
VENV ?= .venv
export VENV

.PHONY: help demo test servers bench lint types rooms check docs picture wheel clean

help:  ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile | expand -t 18

demo:  ## From ../issue-core to an installed wheel, in a scratch folder
	@sh environment.sh
	@$(VENV)/bin/python examples/demo.py

test:  ## All tests that this machine can run
	@sh environment.sh dev
	@$(VENV)/bin/python -m pytest --cov --cov-report=term:skip-covered $(ARGS)

servers:  ## Install or build the real servers that tests start
	@sh environment.sh dev
	@$(VENV)/bin/python -m tests.servers.install

lint:  ## ruff, and the rooms of the house
	@sh environment.sh dev
	@$(VENV)/bin/python -m ruff check
	@$(VENV)/bin/python -m ruff format --check
	@$(VENV)/bin/lint-imports

types:  ## mypy, strict
	@sh environment.sh dev
	@$(VENV)/bin/python -m mypy

docs:  ## Write the reference pages anew and build the site
	@sh environment.sh dev
	@$(VENV)/bin/python docs/generate.py
	@$(VENV)/bin/python -m mkdocs build --quiet --strict

bench:  ## Every figure as a ratio, side by side in one run: ARGS="--only fix-deps"
	@sh environment.sh dev
	@$(VENV)/bin/python -m tests.benchmarks $(ARGS)

picture:  ## Record the demo as the picture in the README
	@sh environment.sh dev
	@$(VENV)/bin/python docs/record.py

wheel:  ## Build the wheel and run its tests where nothing else of this checkout is
	@sh environment.sh dev
	@$(VENV)/bin/python -m tests.wheel_alone

clean:  ## Remove what was made
	rm -rf .venv dist site .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
