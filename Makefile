# Two commands are enough: `make demo` and `make test`. The rest is for those who change the code.
PY ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
OUT ?= demo
SEED ?= 2026
EXTRAS := --extra postgres --extra fast-evm --extra parquet
COMPILE := $(UV) pip compile pyproject.toml $(EXTRAS) --universal --generate-hashes --no-emit-index-url --no-header --quiet

.PHONY: demo test check format serve bench lock docs clean

demo: .venv/run          ## one firm from application to decision; report and bundle under demo/
	$(BIN)/sandrail demo --out $(OUT) --seed $(SEED)

test: .venv/dev          ## every test
	$(BIN)/pytest -n auto --dist loadfile

check: .venv/dev         ## format, lint, types, layers
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m tests.architecture --check
	$(BIN)/python -m tests.reference --check

format: .venv/dev        ## let the tools tidy up
	$(BIN)/ruff format src tests bench
	$(BIN)/ruff check --fix src tests bench

serve: .venv/run         ## read demo/report.html in a browser, on this machine only
	$(BIN)/sandrail serve

bench: .venv/dev         ## every benchmark, quick form
	for name in $$(ls bench/*.py | xargs -n1 basename | sed 's/\.py$$//' | grep -v '^_'); do $(BIN)/python -m bench.$$name --quick || exit 1; done

docs: .venv/dev          ## redraw what is generated from code
	$(BIN)/python -m tests.architecture --write
	$(BIN)/python -m tests.reference --write

lock: $(UV)              ## recompute the hash-pinned requirements
	$(COMPILE) -o requirements/run.txt
	$(COMPILE) --group dev -o requirements/dev.txt

$(UV):
	$(PY) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

.venv/run: requirements/run.txt pyproject.toml | $(UV)
	$(UV) pip install --quiet --require-hashes -r requirements/run.txt
	$(UV) pip install --quiet --no-deps -e .
	touch $@

.venv/dev: requirements/dev.txt .venv/run
	$(UV) pip install --quiet --require-hashes -r requirements/dev.txt
	touch $@

clean:
	rm -rf .venv demo dist build
