# The door: `make help` lists what there is. Every target begins with bootstrap.py, so a machine with python3 and
# make is enough.
.DEFAULT_GOAL := help
PYTHON := python3
VENV := .venv/bin

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## set up and serve http://localhost:8000 (PORT=, ROOMAI_DATA= for another copy); Ctrl-C stops all
	@exec $(PYTHON) bootstrap.py run

test: ## the whole suite on a real PostgreSQL, Valkey and Chromium; one closing line with the counts
	@exec $(PYTHON) bootstrap.py test

check: tools ## style, types, import fences, templates, migrations, deployment settings, locks
	@$(VENV)/python .ci/check.py

bench: tools ## the figures of docs/performance.md, measured on this machine
	@$(VENV)/python -m bench

eval: tools ## how good the pictures are: cut-outs beside rembg, sheet, gates (MODEL=, NETWORKS=, EVALSET=, JSON=)
	@$(VENV)/python -m bench.eval $(if $(MODEL),--model $(MODEL)) $(if $(NETWORKS),--networks $(NETWORKS)) $(if $(EVALSET),--evalset $(EVALSET)) $(if $(JSON),--json $(JSON))

till: tools ## every order of a purchase's events, duplicates, losses and races, one ledger; SANDBOX=1 asks Stripe's test mode
	@$(VENV)/python -m tests.billing.payments$(if $(SANDBOX),.sandbox) $(if $(SANDBOX),,$(SAMPLES) $(RACES))

hostile: tools ## the long suites of hostile addresses, pictures, keys and calls; one table (SUITES= for some, HOSTILE_SEED=)
	@$(VENV)/python -m tests.hostile $(SUITES)

judge: tools ## outside tools read every page of a copy of its own: axe, Lighthouse, HTML, bytes, times (ARGS=, as ARGS="looks --quick")
	@$(VENV)/python -m tests.judge $(ARGS)

locks: tools ## pin the dependencies of pyproject.toml anew (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements.lock -q
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra embedded -o requirements-embedded.lock -q
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra embedded --extra dev -o requirements-dev.lock -q

tools:
	@$(PYTHON) bootstrap.py install

.PHONY: help run test check bench eval till hostile judge locks tools
