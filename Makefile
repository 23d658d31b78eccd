# `make demo` and `make test` start from nothing but python3 (3.11 or newer) with pip and venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test test-all lint docs house size bench clean

demo: .venv/demo-ready
	@$(BIN)/python examples/demo.py

test: .venv/dev-ready
	@$(BIN)/python -m pytest -m "not slow" -n 2

test-all: .venv/dev-ready
	@$(BIN)/python -m pytest -n 2

lint: .venv/dev-ready
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

docs: .venv/dev-ready
	@$(BIN)/python tools/make_docs.py

house: .venv/dev-ready
	@$(BIN)/python tools/draw_house.py

# Short forms of the benches that need no tables from elsewhere; bench/README.md tells of the others.
bench: .venv/dev-ready
	@$(BIN)/python bench/fuzz_files.py --count 2000
	@$(BIN)/python bench/kill_and_resume.py --kills 2
	@$(BIN)/python bench/distil.py --seeds 1
	@$(BIN)/python bench/watch.py --streams 100 --kills 4

size: .venv/demo-ready
	@$(BIN)/python tools/size.py

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("trivet needs Python 3.11 or newer; this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv

.venv/demo-ready: .venv/bin/python pyproject.toml constraints.txt
	@echo "installing trivet[all] into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[all]"
	@touch $@

.venv/dev-ready: .venv/bin/python pyproject.toml constraints.txt
	@echo "installing trivet[dev] into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@ .venv/demo-ready

clean:
	rm -rf .venv build demo.*
