# Everything a newcomer types. Each target makes .venv by itself and repeats cheaply; paths are relative, so spaces are fine.
PYTHON ?= python3
PY = .venv/bin/python
READY = .venv/.ready
# one thread a process: two processes of two threads each would wait for one another
PYTEST = OMP_NUM_THREADS=1 $(PY) -m pytest -n 2

.PHONY: demo test fast check fuzz bench docs clean

demo: $(READY)
	$(PY) -m calltune demo

test: $(READY)
	$(PYTEST)

fast: $(READY)
	$(PYTEST) -m "not slow"

# An outside judge for the calls that the guard lets through; without npm the tests do without it.
AJV = tests/ajv/node_modules/.ready

# The other back end for grammars, without what it needs on GPUs only.
XGRAMMAR = .venv/.xgrammar

check: $(READY) $(AJV) $(XGRAMMAR)
	$(PY) -m ruff format --check src tests bench examples
	$(PY) -m ruff check src tests bench examples
	$(PY) -m mypy
	$(PYTEST)

COMPLETIONS ?= 1000000

fuzz: $(READY) $(AJV)
	$(PY) -m bench.fuzz --completions $(COMPLETIONS)

bench: $(READY)
	$(PY) -m bench

TOKENIZER ?= Qwen/Qwen3-0.6B

docs: $(READY)
	$(PY) -m calltune.render.survey --tokenizer $(TOKENIZER) --out docs/templates.md

$(READY): requirements.txt pyproject.toml base-model/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("calltune needs Python 3.11 or newer, $(PYTHON) is " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . -e ./base-model
	touch $@

$(AJV): tests/ajv/package.json
	mkdir -p $(@D)
	if command -v npm >/dev/null; then npm install --prefix tests/ajv --silent; else echo "no npm: left out Ajv"; fi
	touch $@

$(XGRAMMAR): $(READY)
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps xgrammar==0.2.8 apache-tvm-ffi==0.1.15.post2
	touch $@

clean:
	rm -rf .venv tests/ajv/node_modules build dist .pytest_cache .mypy_cache .ruff_cache
