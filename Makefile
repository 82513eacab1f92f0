# The commands of the project; each is a script that can be run by itself.

.DEFAULT_GOAL := help
.PHONY: help run test build dev lint audit sbom fuzz simulate bench million lighthouse walks sqlx clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Install what is missing, build, serve http://127.0.0.1:3000 with demo data
	@exec scripts/run

test: ## Lint and run all tests: unit, property, database, route, end to end
	@exec scripts/test

build: ## Build the release binary and the files it serves
	@scripts/setup build
	@scripts/build

dev: ## Serve a debug build; rebuild and reload when a source changes
	@exec scripts/dev

lint: ## Check format, lints, query data and types
	@scripts/setup test
	@scripts/lint

audit: ## Look for known holes in crates and Node packages (cargo-deny, npm audit); needs the network
	@exec scripts/audit

sbom: ## Write what the program is made of to target/sbom, as CycloneDX
	@scripts/setup build
	@exec node scripts/supply-chain.mjs sbom

fuzz: ## Try a million random inputs of every kind, then requests to every door; compiles for long, then runs some minutes
	@scripts/setup test
	@exec scripts/fuzz

simulate: ## Load a city's year at random, then check every rule of the loop over it; some minutes
	@exec scripts/simulate

bench: ## Measure pages per second and CPU per page; writes docs/BENCHMARKS.md
	@exec scripts/bench

million: ## Measure indicators and queues with a million issues; writes docs/BENCHMARKS.md, fails when one is too slow; takes long
	@exec scripts/bench --million

lighthouse: ## Look at the pages with Lighthouse; writes docs/BENCHMARKS.md, fails when one is too slow
	@exec scripts/lighthouse

walks: ## Walk through the product as four people; prints taps, fields, keys, screens and seconds of waiting
	@exec scripts/walks

sqlx: ## Refresh store/.sqlx after a change to a query or a migration
	@scripts/setup run
	@scripts/sqlx-prepare

clean: ## Remove what was built and installed in this folder (data/ stays)
	@rm -rf target .toolchain node_modules end2end/node_modules lighthouse/node_modules end2end/test-results end2end/playwright-report end2end/screenshots
