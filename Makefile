# make run, make test, make check: each makes .venv where it is missing and is quick where it is not.
#   make run ARGS="list"          any command line of dltui
#   make run PYTHON=python3.13    which Python makes .venv
#   make run SYSTEM_TORCH=1       use the PyTorch that this server already has
#   make bench ARGS=--json        what watching a training costs, for a machine to read
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
VENV_FLAGS := $(if $(SYSTEM_TORCH),--system-site-packages)
# Three processes on two cores, at most four: each takes about a gigabyte. ARGS="-n 0" runs one.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

.PHONY: run test test-slow test-all check bench format picture clean

run: $(VENV)/.run
	@$(BIN)/dltui $(ARGS)

test: $(VENV)/.dev
	$(PYTEST) -m "not slow" $(ARGS)

# Only those that train or drive a terminal for minutes.
test-slow: $(VENV)/.dev
	$(PYTEST) -m slow $(ARGS)

# Both.
test-all: $(VENV)/.dev
	$(PYTEST) $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python -m tui.course
	$(BIN)/lint-imports
	$(BIN)/lint-imports --no-cache acyclic.toml  # a cache shared by two configurations goes stale

# Ten minutes; it wants the machine to itself.
bench: $(VENV)/.dev
	@$(BIN)/python -m bench $(ARGS)

format: $(VENV)/.dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# The picture in the README, drawn by the running app.
picture: $(VENV)/.dev
	$(BIN)/python docs/picture.py

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp each: installed once, and again only when pyproject.toml changes.
$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV_FLAGS) $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@ $(VENV)/.run
