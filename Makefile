# Each target makes what it needs. The environment is .venv, with the versions of constraints.txt.
#
#   make bench    prove the ports, time them, record the commit, build the site, print the table
#   make test     run the whole suite
#   make test-fast KERNEL=lif PORT=jax   prove the ports of one kernel whose names start so
#   make install  make the environment, and no more
#   make history  measure a range of commits, in environments that asv builds

PYTHON ?= python3
BENCH ?=
DTYPE ?= float64
THREADS ?=
DEVICE ?= cpu
MACHINE ?=
OUT ?= gpu.json
A ?= HEAD^
B ?= HEAD
RANGE ?= -n 5 HEAD
JOBS ?= 2
KERNEL ?= lif
PORT ?= numpy

BIN := .venv/bin
READY := .venv/ready
SIMULATORS := .venv-simulators
SETTINGS := --dtype $(DTYPE) --device $(DEVICE) $(if $(THREADS),--threads $(THREADS))

.PHONY: bench install test test-fast simulators test-simulators verdict mutants where history compare prune gpu report publish study notes lint format types check smoke wheel clean

bench: $(READY)
	$(BIN)/python -m portstudy.cli.history bench $(SETTINGS) $(BENCH)

install: $(READY)

test: $(READY)
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup $(TEST)

# For whoever writes a port, in a minute or so: the ports of KERNEL whose names start with PORT (with
# nothing: all) are proven and tested, their known-wrong versions caught, their names understood.
test-fast: $(READY)
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup \
	  -k "[$(KERNEL)-$(PORT) or [$(KERNEL)] or test_discovery" \
	  tests/ports/test_ports.py tests/ports/test_wrong_ports.py tests/ports/test_names.py \
	  tests/ports/test_discovery.py $(wildcard tests/kernels/test_$(KERNEL).py)

# Brian2 and NEST have an environment of their own, because Brian2 needs an older NumPy. Once it
# exists, `make bench` measures their ports in it; their tests run nowhere else.
simulators: $(SIMULATORS)/ready

test-simulators: $(SIMULATORS)/ready
	PORTSTUDY_REQUIRE=brian2,nest $(SIMULATORS)/bin/python -m pytest -n $(JOBS) --dist loadgroup \
	  -k "simulators or brian2_ or nest_" tests/ports tests/kernels/test_lif.py tests/kernels/test_brunel.py

# How often the verdict is wrong, in some minutes: right functions accused, mistakes that pass.
# VERDICT="--every --seeds 5": every mistake; five draws of inputs for each right function.
verdict: $(READY)
	$(BIN)/python -m tests.verdict $(VERDICT)

# Is the proof a proof? Mistakes made by rote in the ports, each proven as `portstudy check` does.
# MUTANTS="lif brunel/numba --every": of these ports, all of them; by default a sample of 500.
mutants: $(READY)
	$(BIN)/python -m tests.mutants $(MUTANTS)

# How often `portstudy where` names the line of a mistake that was made by rote, in some minutes.
where: $(READY)
	PYTHONPATH=common $(BIN)/python -m tests.where $(WHERE)

# asv over commits, with the tested libraries and with the oldest that are supported. An interrupted
# run resumes. MACHINE=name: what this machine is called in the history.
history: $(READY)
	$(BIN)/python -m portstudy.cli.history record $(SETTINGS) --machine "$(MACHINE)" --range "$(RANGE)" $(BENCH)

# Is commit B slower than commit A? Exits 1 (make itself: 2) if any port is.
compare: $(READY)
	$(BIN)/python -m portstudy.cli.history compare $(SETTINGS) "$(A)" "$(B)" $(BENCH)

prune: $(READY)
	$(BIN)/python -m portstudy.cli.history prune

# report/: everything on one page, from the recorded results.
report: $(READY)
	$(BIN)/python -m portstudy.pages.report

# On a machine with a GPU, with whatever Python and libraries it has: prove, measure, write one file.
# MINUTES=7: end by itself. COMMIT=...: what the code is of, where there is no git.
# Then here: `.venv/bin/python -m portstudy.history.gpu add gpu.json`, and commit the results.
gpu:
	@$(PYTHON) scripts/need numpy psutil rich scikit-learn
	PYTHONPATH=common $(PYTHON) -m portstudy.history.gpu --out "$(OUT)" \
	  $(if $(MINUTES),--minutes $(MINUTES)) $(if $(COMMIT),--commit $(COMMIT)) $(BENCH)

publish: $(READY)
	$(BIN)/python -m portstudy.cli.history publish

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/cog --check README.md notes/*.md
	$(BIN)/python -m portstudy.pages.report check
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY)
	$(BIN)/mypy

# Pictures, tables, diffs and claims in the README and the notes; the report; the notes as a site.
notes: $(READY)
	$(BIN)/python -m portstudy.pages.readme
	$(BIN)/python -m portstudy.pages.lif_study draw
	$(BIN)/python -m portstudy.pages.device_study draw
	$(BIN)/cog -r README.md notes/*.md
	$(BIN)/python -m portstudy.pages.report
	$(BIN)/python -m portstudy.pages.book

# The LIF case study, which notes/lif.md and the report show: half an hour on a quiet machine.
study: $(READY)
	$(BIN)/python -m portstudy.pages.lif_study measure
	$(BIN)/python -m portstudy.pages.device_study measure

# asv imports the suite and counts the arguments of its benchmarks.
check: $(READY)
	$(BIN)/asv check

# A few figures, all the way through asv to a site; nothing is recorded.
smoke: $(READY)
	$(BIN)/asv machine --yes
	$(BIN)/asv run --dry-run --show-stderr \
	  --bench "Lif\.track_(relative_time|first_call).*'(numpy_event|numba_event|jax_scan_event|torch_eager)', 'small'"
	$(BIN)/python -m portstudy.cli.history publish

# What users install: a wheel, in an environment that has nothing else. The kernels are inside.
wheel: $(READY)
	scripts/try-wheel $(BIN)/python

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "portstudy needs Python 3.11 or later: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --constraint constraints.txt --editable ".[jax,numba,cuda,torch,peers,try,dev]"
	@touch $@

$(SIMULATORS)/ready: pyproject.toml constraints-simulators.txt
	$(PYTHON) -m venv $(SIMULATORS)
	$(SIMULATORS)/bin/python -m pip install --constraint constraints-simulators.txt --editable ".[simulators]"
	@touch $@

clean:
	rm -rf .venv $(SIMULATORS) .asv build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
