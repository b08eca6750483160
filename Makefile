# make run and make test do everything; the rest are parts of them.
PYTHON ?= python3
BIN := .venv/bin
STAFF_PORT ?= 8501
FUNDER_PORT ?= 8502

# Every server and command that is started would compile all of the project again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test setup spark check bench bench-million docs words pictures verify security reliability lock

run: setup
	@test -f data/CURRENT || $(BIN)/python -m etl demo
	@$(BIN)/python serve.py --staff $(STAFF_PORT) --funder $(FUNDER_PORT)

test: setup
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

setup: .venv/.ready

.venv/.ready: uv.lock requirements.txt requirements-dev.txt
	@if command -v uv >/dev/null 2>&1; then uv sync --locked --quiet; \
	else $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "This needs Python 3.11 or newer: say which with make setup PYTHON=python3.11."; exit 1; }; \
	  $(PYTHON) -m venv .venv || { echo "Python has no venv here: apt-get install python3-venv."; exit 1; }; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt; fi
	@touch $@

spark: setup
	@if command -v uv >/dev/null 2>&1; then uv sync --locked --quiet --group spark; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-spark.txt; fi

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m docs.build --check
	$(BIN)/python -m docs.words --check
	$(BIN)/python -m tests.oracles --check
	$(BIN)/python -m tests.attack --check

words: setup
	$(BIN)/python -m docs.words

docs: setup
	$(BIN)/python -m docs.build

pictures: setup
	$(BIN)/python -m tests.browser

verify: setup
	$(BIN)/python -m tests.oracles

security: setup
	$(BIN)/python -m tests.attack

reliability: setup
	$(BIN)/python -m tests.fault

bench: setup
	$(BIN)/python -m bench --write

bench-million: setup
	$(BIN)/python -m bench load --members 1000000 --write

lock:
	uv lock
	uv export --quiet --no-dev --no-hashes --format requirements-txt --output-file requirements.txt
	uv export --quiet --no-hashes --format requirements-txt --output-file requirements-dev.txt
	uv export --quiet --only-group spark --no-hashes --format requirements-txt --output-file requirements-spark.txt
