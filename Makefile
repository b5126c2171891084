# What can be done here. Each line calls a script that can be called without make just as well.
.DEFAULT_GOAL := help
.PHONY: help run test torture bench package fmt lint ui openapi clean

help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

run: ## Build Terrier and run it for real on this host, data in ./data
	@packaging/dev/run

test: ## Run all tests, on both databases and in a browser
	@packaging/dev/test

torture: ## Kill, fill, cut off and hold up the server, over and over; COUNT=5 does five percent
	@COUNT=$(or $(COUNT),100) packaging/dev/torture

bench: ## Measure agent and server, and print BENCHMARKS.md's tables
	@packaging/dev/bench

package: ## Build the .deb packages into ./dist
	@packaging/dev/package check

fmt: ## Format the Rust code
	@cargo fmt --all

lint: ## What CI checks before it tests
	@.ci/lint

ui: ## Build the user interface
	@packaging/dev/ui build

openapi: ## Write server/openapi.json and the UI's client anew
	@packaging/dev/openapi

clean: ## Remove what was built; ./data stays
	@cargo clean
	@rm -rf server/ui/dist server/ui/node_modules tests/browser/node_modules tests/artefacts dist
