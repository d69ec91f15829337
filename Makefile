# Two commands are enough:
#   make ask Q="what did Russia close on November 1?"
#   make test
# Each sets up whatever it needs, once. `make help` lists the rest.

PYTHON ?= python3
VENV   ?= .venv
Q      ?= what did Russia close on November 1?
# Where to get torch from, for example https://download.pytorch.org/whl/cu128; empty: a CPU build.
TORCH_INDEX ?=
# Folder to read with `make index`.
ARTICLES ?= ../shared/articles
# Evaluation sets, in the format of docs/evaluation.md.
SETS ?= ../shared/data
ANSWER_SETS ?= nato squad2-en norquad-news squad2-sv rgb-en
# Of these, only what the articles answer.
ANSWERABLE_SETS ?= realtimeqa newspolluted
QUESTIONS ?= 150
# Ours, and what tutorials build. That reads its whole prompt for each question, and so is put to some of the sets.
BOTH := --engine default,plain
PLAIN_SETS ?= nato squad2-en
# Where passages that were computed one by one are compared with passages that are read together.
ENGINE_SETS ?= nato rgb-en squad2-en newspolluted
RESUME ?= --resume
RETRIEVAL_SETS ?= squad2-en squad2-sv norquad-news norquad-wiki swequad realtimeqa nato
RELEVANCE_SETS ?= nato squad2-en squad2-sv norquad-news norquad-wiki swequad realtimeqa
SPEED_SETS ?= squad2-en squad2-sv norquad-news norquad-wiki swequad

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
BIN         := $(VENV)/bin
PIP         := $(BIN)/python -m pip --disable-pip-version-check
ANSWERS     = $(BIN)/python -m evals.answers --without-texts $(RESUME)
TORCH       := $(shell sed -n 's/^torch==/torch==/p' constraints.txt)
LLAMA       := $(shell sed -n 's/^llama_cpp_python==/llama-cpp-python==/p' constraints.txt)
CPU_TORCH   := https://download.pytorch.org/whl/cpu

.DEFAULT_GOAL := help
.PHONY: screenshots help install install-dev ask serve index test check format lock clean eval-answers eval-engine \
  eval-nato eval-retrieval eval-speed

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# By way of the environment, so that the shell takes the question for nothing but words.
unexport Q
ask: export QUESTION := $(value Q)
ask: $(VENV)/.installed  ## ask a question: make ask Q="…"
	@$(BIN)/pullquote ask -- "$$QUESTION"

serve: $(VENV)/.installed  ## open the chat in the browser
	@$(BIN)/pullquote serve

index: $(VENV)/.installed  ## index a folder of articles: make index ARTICLES=folder
	@$(BIN)/pullquote index "$(ARTICLES)"

test: $(VENV)/.installed-dev  ## run all tests
	@$(BIN)/python -m pytest

check: $(VENV)/.installed-dev  ## check format, lint, types and import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.installed-dev  ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# Each line writes its own file and goes on where it was interrupted. To measure anew: make eval-answers RESUME=
eval-answers: $(VENV)/.installed-dev  ## measure answers, claims, hidden orders, conversations: evals/results/*.json (hours)
	@$(ANSWERS) $(ANSWER_SETS:%=$(SETS)/%) --limit $(QUESTIONS) --json evals/results/answers.json
	@$(ANSWERS) $(PLAIN_SETS:%=$(SETS)/%) $(BOTH) --limit $(QUESTIONS) --json evals/results/answers-beside-plain.json
	@$(ANSWERS) "$(SETS)/nato" --questions evals/nato-languages.jsonl --json evals/results/nato-languages.json
	@$(ANSWERS) "$(SETS)/rgb-en" --mode mixed --limit $(QUESTIONS) --json evals/results/answers-mixed.json
	@$(ANSWERS) "$(SETS)/rgb-en" --mode noise --limit $(QUESTIONS) --json evals/results/answers-noise.json
	@$(ANSWERS) $(ANSWERABLE_SETS:%=$(SETS)/%) --mode answerable $(BOTH) --limit $(QUESTIONS) \
	  --json evals/results/answers-plain.json
	@$(BIN)/python -m evals.citations "$(SETS)/attribution" "$(SETS)/attribution-sv" $(RESUME) \
	  --json evals/results/citations.json
	@$(BIN)/python -m evals.injection "$(SETS)/injection/attacks.jsonl" "$(SETS)/squad2-en" $(RESUME) \
	  --json evals/results/injection.json
	@$(BIN)/python -m evals.injection evals/attacks.jsonl "$(SETS)/squad2-en" $(RESUME) \
	  --json evals/results/injection-own.json
	@$(BIN)/python -m evals.dialogues --data "$(SETS)" $(RESUME) --json evals/results/dialogues.json
	@$(BIN)/python -m evals.relevance $(RELEVANCE_SETS:%=$(SETS)/%) --json evals/results/relevance.json
	@$(BIN)/python -m evals.ways --data "$(SETS)" --json evals/results/dialogues-ways.json
	@$(BIN)/python -m evals.risk evals/results/answers.json evals/results/answers-mixed.json \
	  --svg docs/images/risk-coverage.svg
	@$(BIN)/python -m evals.report

eval-nato: $(VENV)/.installed-dev  ## ask the questions of the set nato and write evals/results/nato.json
	@$(BIN)/python -m evals.answers "$(SETS)/nato" --without-texts --json evals/results/nato.json
	@$(BIN)/python -m evals.report

eval-retrieval: $(VENV)/.installed-dev  ## measure search on all sets and write evals/results/retrieval*.json
	@$(BIN)/python -m evals.retrieval $(RETRIEVAL_SETS:%=$(SETS)/%) --json evals/results/retrieval.json
	@$(BIN)/python -m evals.retrieval "$(SETS)/squad2-sv" --distractors "$(SETS)/realtimeqa" \
	  --json evals/results/retrieval-among-news.json
	@$(BIN)/python -m evals.precision "$(SETS)/squad2-en" "$(SETS)/squad2-sv" --json evals/results/precision.json
	@$(BIN)/python -m evals.report

eval-engine: $(VENV)/.installed-dev  ## measure the language model's engine and write docs/performance.md (hours)
	@$(BIN)/python -m evals.engine "$(SETS)/rgb-en" "$(SETS)/nato" --json evals/results/engine.json
	@$(ANSWERS) "$(SETS)/rgb-en" --engine spliced,full --mode mixed --limit 200 --json evals/results/engines-mixed.json
	@$(ANSWERS) $(ENGINE_SETS:%=$(SETS)/%) --engine spliced,full --mode answerable --limit 200 \
	  --json evals/results/engines.json
	@$(BIN)/python -m evals.performance

eval-speed: $(VENV)/.installed-dev  ## measure embedding and search and write evals/results/speed-*.json
	@$(BIN)/python -m evals.speed index $(SPEED_SETS:%=$(SETS)/%) --json evals/results/speed-index.json
	@$(BIN)/python -m evals.speed search $(SPEED_SETS:%=$(SETS)/%) --json evals/results/speed-search.json
	@$(BIN)/python -m evals.report

screenshots: $(VENV)/.installed-dev  ## take the pictures of the page in docs/images
	@PYTHONPATH=. $(BIN)/python docs/screenshots.py

lock:  ## renew constraints.txt from what pip finds today
	@rm -rf $(VENV)-lock && $(PYTHON) -m venv $(VENV)-lock
	@$(VENV)-lock/bin/pip install --quiet $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX),) -e ".[dev]"
	@echo "# Exact versions that the Makefile installs; renewed by: make lock" > constraints.txt
	@$(VENV)-lock/bin/pip freeze --all --exclude pip --exclude-editable | sed -E 's/\+(cpu|cu[0-9]+)$$//' >> constraints.txt
	@rm -rf $(VENV)-lock

clean:  ## remove the virtual environment and all build products (models and libraries stay)
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

install: $(VENV)/.installed  ## set up the virtual environment
install-dev: $(VENV)/.installed-dev  ## set it up with the tools for development

# --- set-up, step by step; a step is done again when what it depends on has changed

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Pullquote needs Python 3.11 or newer: make PYTHON=python3.11 …"; exit 1; }
	@echo "── 1/4 a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "python3 cannot make one: apt install python3-venv"; exit 1; }

# PyPI's torch for Linux may be a CUDA build of several GB; if so, the CPU build is taken from its makers' own index.
$(VENV)/.torch: constraints.txt | $(BIN)/python
	@echo "── 2/4 torch, the CPU build (about 200 MB)"
	@if [ -n "$(TORCH_INDEX)" ]; then \
	  $(PIP) install --quiet --index-url "$(TORCH_INDEX)" "$(TORCH)"; \
	elif $(PIP) install --quiet --dry-run --report $(VENV)/torch.json "$(TORCH)" && \
	  grep -qE '"name": "(nvidia|triton)' $(VENV)/torch.json; then \
	  $(PIP) install --quiet --index-url $(CPU_TORCH) "$(TORCH)" || \
	    { echo "No CPU build of torch could be had; name an index: make TORCH_INDEX=https://… ask"; exit 1; }; \
	else \
	  $(PIP) install --quiet "$(TORCH)"; \
	fi
	@touch $@

# Only the library itself is built: no multimodal part, tools, examples, server, and none of llama.cpp's common code.
$(VENV)/.llama: constraints.txt | $(BIN)/python
	@command -v c++ >/dev/null || command -v g++ >/dev/null || command -v clang++ >/dev/null || \
	  { echo "Building llama.cpp needs a C++ compiler: apt install g++"; exit 1; }
	@echo "── 3/4 llama.cpp, built for this CPU: 2 to 5 minutes on two cores, once; pip keeps the result"
	@echo 'set(LLAMA_BUILD_COMMON OFF)' > $(VENV)/without-common.cmake
	@began=$$(date +%s); \
	CMAKE_BUILD_PARALLEL_LEVEL=$$(getconf _NPROCESSORS_ONLN) CMAKE_ARGS="$${CMAKE_ARGS:-} -DGGML_NATIVE=ON -DLLAVA_BUILD=OFF \
	  -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_SERVER=OFF -DLLAMA_BUILD_TESTS=OFF \
	  -DCMAKE_PROJECT_llama.cpp_INCLUDE=$(abspath $(VENV))/without-common.cmake" \
	  $(PIP) install --quiet -c constraints.txt "$(LLAMA)"; \
	echo "      done in $$(( $$(date +%s) - began )) s"
	@touch $@

$(VENV)/.installed: pyproject.toml constraints.txt $(VENV)/.torch $(VENV)/.llama
	@echo "── 4/4 Pullquote and the other libraries"
	@$(PIP) install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "── tools for tests and checks"
	@$(PIP) install --quiet -c constraints.txt -e ".[dev]"
	@touch $@
