# Each target is one command on a fresh machine: what is missing is set up first.
#
#   make table2                          what Table 2 needs, then the table
#   make table2 PROFILE=paper DEVICES=gpu:0,1
#   make table2 EXECUTOR=slurm
#   make table2 BUDGET=2h
#   make table2 ARGS='--protocol paper --seeds 3'

NODE ?= node
REPRODUCE = @$(NODE) bootstrap/reproduce.mjs
OPTIONS = $(if $(PROFILE),--profile $(PROFILE)) $(if $(BUDGET),--budget $(BUDGET)) $(if $(DEVICES),--devices $(DEVICES)) $(if $(EXECUTOR),--executor $(EXECUTOR)) $(ARGS)

tables = table2 table3 table4 table5 figure2 width seeds readings
# What readers of a paper ask: every table whose name says so.
review = $(basename $(notdir $(wildcard experiments/warpnet/tables/review-*.yaml)))
# A paper's name makes all of its tables.
papers = revnet multilevel shortcut

.PHONY: help setup $(tables) $(papers) all review everything report fit bench doctor package reference test lint format clean
.DEFAULT_GOAL = help

help:
	@echo 'make setup     set up: npm packages, TensorFlow, the addon of tfjs-node-gpu'
	@echo 'make table2    run what Table 2 needs, print it and write the reports'
	@echo 'make table3 table4 table5 figure2 width seeds readings: likewise'
	@echo 'make all       every table and figure of the first paper'
	@echo 'make review    answers to what the review of the first paper asked, on a page of questions'
	@echo 'make revnet    the tables of the paper on reversible networks'
	@echo 'make multilevel  the tables of the paper on networks that grow while they are trained'
	@echo 'make shortcut  the tables of the paper on shortcut connections: no TensorFlow, a minute'
	@echo 'make everything  those of all papers'
	@echo 'make report    the report of what is there'
	@echo 'make fit       explain the printed speed-ups'
	@echo 'make bench     the engine against its peers'
	@echo 'make doctor    what is there, what is missing, how to get it'
	@echo 'make package   the package of the engine and the harness, as a file for npm install'
	@echo 'make reference pages of everything that the package exports, in reports/reference/'
	@echo 'make test lint format clean'
	@echo
	@echo 'PROFILE=quick|paper|auto  BUDGET=2h  DEVICES=cpu:2|gpu:0,1|…  EXECUTOR=local|slurm  ARGS=…'
	@echo 'More commands and options: npm run reproduce -- --help'

$(tables) $(papers):
	$(REPRODUCE) $@ $(OPTIONS)

all:
	$(REPRODUCE) --all $(OPTIONS)

review:
	$(REPRODUCE) $(review) $(OPTIONS)

everything:
	$(REPRODUCE) --all --paper all $(OPTIONS)

report fit bench:
	$(REPRODUCE) $@ $(if $(PROFILE),--profile $(PROFILE)) $(ARGS)

setup doctor:
	$(REPRODUCE) $@ $(ARGS)

# From a clean dist/: what is left of older sources would go along.
package: setup
	rm -rf dist
	$(REPRODUCE) --version > /dev/null
	npm pack

reference: setup
	$(NODE) node_modules/typedoc/bin/typedoc

# In this order, so that the cheapest finding comes first; ARGS goes to vitest.
test: setup lint
	$(NODE) node_modules/typescript/bin/tsc -p tsconfig.test.json
	$(NODE) node_modules/vitest/vitest.mjs run $(ARGS)

lint: setup
	$(NODE) node_modules/eslint/bin/eslint.js . --max-warnings 0
	$(NODE) node_modules/prettier/bin/prettier.cjs --check --log-level warn .

format: setup
	$(NODE) node_modules/prettier/bin/prettier.cjs --write --log-level warn .

# Build products only; runs, data and TensorFlow have `npm run reproduce -- clean`.
clean:
	rm -rf dist reports/test
