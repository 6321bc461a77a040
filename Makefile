# Everything a newcomer types. Each target makes .venv by itself and repeats cheaply; paths are relative, so spaces are fine.
PYTHON ?= python3
PY = .venv/bin/python
READY = .venv/.ready
# one thread a process: two processes of two threads each would wait for one another
PYTEST = OMP_NUM_THREADS=1 $(PY) -m pytest -n 2

.PHONY: demo test fast check bench docs clean

demo: $(READY)
	$(PY) -m calltune demo

test: $(READY)
	$(PYTEST)

fast: $(READY)
	$(PYTEST) -m "not slow"

check: $(READY)
	$(PY) -m ruff format --check src tests bench examples
	$(PY) -m ruff check src tests bench examples
	$(PY) -m mypy
	$(PYTEST)

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

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache
