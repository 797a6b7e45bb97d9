# Each target makes its own .venv and installs what it needs, so that a fresh clone needs no other step.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
JOBS ?= 3
# A comma would end an argument of $(call ...).
DEMO := .[inference,speech]

.PHONY: demo test lint format translations chaos fuzz mutants lock pictures bench clean help

help:  ## Say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 16

# The stamps depend on pyproject.toml: a changed dependency installs again, an unchanged one costs nothing.
$(VENV)/.demo: pyproject.toml
	@$(call install,$(DEMO),1.4 GB)
	@touch $@

$(VENV)/.dev: pyproject.toml
	@$(call install,.[dev],2 GB)
	@touch $@ $(VENV)/.demo

# $(call install,WHAT,SIZE ON THE DISK): pip's own progress is shown, for it takes minutes.
define install
$(PYTHON) -c 'import sys; sys.exit("vqabot needs Python 3.11 or newer: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
echo "Installing what is needed into $(VENV): about $(2) on the disk, some minutes, only this time."
test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
$(BIN)/python -m pip install --disable-pip-version-check -e '$(1)'
endef

demo: $(VENV)/.demo  ## Try the whole bot here; make demo ARGS="--once" runs one conversation and ends
	@$(BIN)/vqabot demo $(ARGS)

test: $(VENV)/.dev  ## Lint, types, import rules, tests; make test ARGS="tests/storage" narrows it, three at a time (JOBS=0: one)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --numprocesses $(JOBS) --dist worksteal $(ARGS) || $(BIN)/pytest --last-failed --last-failed-no-failures none --exitfirst $(ARGS)

lint: $(VENV)/.dev  ## Only lint, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev  ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

chaos: $(VENV)/.dev  ## 100 kills over 1,200 questions, nothing lost; SEED=2 QUESTIONS=3000 KILLS=300
	$(BIN)/python tests/chaos/chaos.py --seed $(or $(SEED),1) --questions $(or $(QUESTIONS),1200) --kills $(or $(KILLS),100) $(ARGS)

fuzz: $(VENV)/.dev  ## 10,000 damaged pictures, 10,000 odd updates; ARGS="--seed 2 --number 500"
	$(BIN)/python tests/fuzz/fuzz_pictures.py $(ARGS)
	$(BIN)/python tests/fuzz/fuzz_updates.py $(ARGS)

translations: $(VENV)/.dev  ## Bring the catalogues of all languages to what the code says now (docs/translating.md)
	mkdir -p build
	$(BIN)/pybabel -q extract -w 110 --no-location --no-default-keywords -k _ -k N_ -k plural:1,2 -o build/vqabot.pot bot/texts
	for catalogue in bot/texts/locale/*.po; do $(BIN)/pybabel -q update -w 110 --no-fuzzy-matching --ignore-obsolete \
		--ignore-pot-creation-date -i build/vqabot.pot -l $$(basename $$catalogue .po) -o $$catalogue || exit 1; done

mutants: $(VENV)/.dev  ## Break lines one at a time: do the tests notice? ARGS="--only bot/answering/delivery.py"
	$(BIN)/python tests/mutants/mutants.py $(ARGS)

# uv reads no index but the public one here, so that the lock is the same whoever makes it.
LOCK := pip compile pyproject.toml --upgrade --generate-hashes --no-config --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock" --quiet
lock: $(VENV)/.dev  ## Pin what the images and deploy/gpu/check.sh install, with hashes, to the newest releases allowed
	$(BIN)/uv $(LOCK) --extra inference --extra speech --extra telemetry --universal --python-version 3.11 \
		--output-file deploy/requirements.txt
	$(BIN)/uv $(LOCK) deploy/build.in --extra telemetry --universal --python-version 3.11 \
		--constraints deploy/requirements.txt --output-file deploy/requirements-bot.txt
	$(BIN)/uv $(LOCK) deploy/cpu-torch-needs.in --extra inference --extra speech --extra telemetry --universal --python-version 3.11 \
		--constraints deploy/requirements.txt --excludes deploy/cpu-left-out.txt --output-file deploy/requirements-cpu.txt
	$(BIN)/uv $(LOCK) --extra training --python-version 3.12 --python-platform x86_64-manylinux_2_28 \
		--excludes deploy/gpu/left-out.txt --output-file deploy/gpu/requirements.txt

pictures: $(VENV)/.dev  ## Draw docs/images anew: the demo in Chromium, with today's model
	$(BIN)/python docs/images/draw.py

bench: $(VENV)/.dev  ## Time vqabot ask; ARGS="answer" measures something else, ARGS=--help lists all
	$(BIN)/vqabot bench $(or $(ARGS),ask)

clean:  ## Remove what was built; data stays
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
