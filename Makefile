# Everything a newcomer types. `make` alone says what there is.
SHELL := /bin/sh
NODE_VERSION := 24.21.0
machine_path := $(PATH)
export PATH := $(CURDIR)/.node/node_modules/.bin:$(CURDIR)/node_modules/.bin:$(PATH)
export npm_config_update_notifier := false
export npm_config_fetch_retries := 5

# npm looks for the machine's settings (its registry, its certificates) beside the Node that runs it: say where they are,
# to whatever installs.
.node/ready node_modules/.installed test test-slow test-cluster test-conformance bench: export npm_config_globalconfig = $(shell PATH='$(machine_path)' npm config get globalconfig 2>/dev/null)

.PHONY: help setup demo test test-slow test-cluster test-conformance bench clean

help:
	@echo 'make setup      dependencies, and Node $(NODE_VERSION) into .node/ where the one at hand is older than 24'
	@echo 'make demo       simulate an institution, run the pipeline, write the report in two languages'
	@echo 'make test       types, lint, boundaries, dead code, and every quick test'
	@echo 'make test-slow  the long suites: malformed files, kills, coverage over seeds'
	@echo 'make test-cluster  the same questions to a real Trino of two nodes, which it starts and stops'
	@echo 'make test-conformance  of those, what both engines must agree on, in some minutes'
	@echo 'make bench      ratios against the notebook people write today and against the bare engine'

setup: node_modules/.installed

.node/ready:
	@mkdir -p .node
	@if node -e 'process.exit(+process.versions.node.split(".")[0] >= 24 ? 0 : 1)' 2>/dev/null; then :; \
	else cd .node && echo '{"private": true}' >package.json && \
	  npm install --loglevel=error --no-save --no-package-lock node@$(NODE_VERSION); fi
	@touch $@

node_modules/.installed: .node/ready package-lock.json
	@npm ci --no-fund --no-audit --loglevel=error
	@touch $@

demo: setup
	@bin/tranche demo demo

test: setup
	@node test/run.ts

test-slow: setup
	@node test/run.ts slow

test-cluster: setup
	@node test/run.ts cluster

test-conformance: setup
	@node test/run.ts conformance

bench: setup
	@node --conditions=tranche-source bench/run.ts

clean:
	rm -rf node_modules packages/*/dist .cache demo
