# The commands of the house. Everything they need is installed into .venv from hashed lists.
PYTHON ?= python3
VENV := .venv
UV := $(VENV)/bin/uv pip
export PYTHONDONTWRITEBYTECODE ?=

.PHONY: run test test-faults check bench format clean requirements

run: $(VENV)/.installed
	@GUICHET_DEMO=$${GUICHET_DEMO-1} $(VENV)/bin/guichet run

test: $(VENV)/.installed-dev
	@$(VENV)/bin/python -m tests.run

# 500 filings while processes are killed, the disk fills and servers refuse: SEED=… replays a run, STORE=s3 or local.
test-faults: $(VENV)/.installed-dev
	@$(VENV)/bin/python -m tests.faults $(if $(SEED),--seed $(SEED)) $(if $(STORE),--store $(STORE)) $(if $(FILINGS),--filings $(FILINGS))

# The former release's own tests, on the tables of this one.
test-upgrade: $(VENV)/.installed-dev
	@$(VENV)/bin/python -m tests.upgrade.former_suite

check: $(VENV)/.installed-dev
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/mypy
	GUICHET_TESTING=1 $(VENV)/bin/guichet django makemigrations --check --dry-run
	$(VENV)/bin/python -m tests.config.production

bench: $(VENV)/.installed-dev
	@$(VENV)/bin/python -m bench

format: $(VENV)/.installed-dev
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

# The hashed lists, made anew from the .in files.
requirements: $(VENV)/.installed
	for name in base dev uv; do $(UV) compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 requirements/$$name.in -o requirements/$$name.txt; done

$(VENV)/bin/uv: requirements/uv.txt
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python's venv module is incomplete: install it with « apt-get install python3-venv »."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip --quiet --disable-pip-version-check install --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/.installed: $(VENV)/bin/uv requirements/base.txt pyproject.toml
	@$(UV) sync --quiet --python $(VENV)/bin/python --require-hashes requirements/base.txt requirements/uv.txt
	@$(UV) install --quiet --python $(VENV)/bin/python --no-deps --editable .
	@rm -f $(VENV)/.installed-dev; touch $@

$(VENV)/.installed-dev: $(VENV)/bin/uv requirements/dev.txt pyproject.toml
	@$(UV) sync --quiet --python $(VENV)/bin/python --require-hashes requirements/dev.txt requirements/uv.txt
	@$(UV) install --quiet --python $(VENV)/bin/python --no-deps --editable .
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build
