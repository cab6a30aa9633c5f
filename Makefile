# make help lists every target. Go is all that is needed; what a target needs beside it, it says.

GO          ?= go
BIN         ?= bin/hookswitch
VERSION     ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS     := -s -w -X main.version=$(VERSION)
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

# In CI (CI=true) the tests run under the race detector, which needs a C compiler, and after the static checks.
ifeq ($(CI),true)
RACE := -race
PRE  := staticcheck govulncheck
endif

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## build the binary into bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/hookswitch

.PHONY: run
run: build ## run the demo: a contact center with calls, agents and streams, on this machine
	$(BIN) demo

.PHONY: serve
serve: build ## serve on 127.0.0.1:4566 with data in ./hookswitch-data
	$(BIN) serve

.PHONY: test
test: vet $(PRE) ## run all tests
	$(GO) test $(RACE) -timeout 25m ./...

.PHONY: test-short
test-short: ## run the quick tests
	$(GO) test -short ./...

.PHONY: vet
vet: ## go vet and gofmt
	@unformatted=$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l); \
	if [ -n "$$unformatted" ]; then echo "not gofmt-ed:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...

.PHONY: staticcheck
staticcheck: ## static analysis (fetches staticcheck)
	$(GO) run $(STATICCHECK) ./...

.PHONY: govulncheck
govulncheck: ## known vulnerabilities in what we call (fetches govulncheck; asks vuln.go.dev)
	@if $(GO) run ./tools/reachable https://vuln.go.dev/index/db.json 2>/dev/null; then \
		$(GO) run $(GOVULNCHECK) ./...; \
	else \
		echo "govulncheck: SKIPPED, the vulnerability database vuln.go.dev cannot be reached from here"; \
	fi

.PHONY: generate
generate: ## write internal/api and docs/compat anew from models/
	$(GO) generate ./internal/api/...

.PHONY: bench
bench: ## the benchmarks that compare both sides in one run
	$(GO) test -run '^$$' -bench . -benchtime 2s ./internal/storage/embedded ./internal/switchboard ./internal/service/kinesis ./internal/api/apitest ./internal/center/machine ./internal/simulate

.PHONY: day
day: ## a day of 1,000 agents and 50,000 contacts, every agent event held against every contact record
	$(GO) test -run '^$$' -bench Day -benchtime 1x ./internal/simulate/audit

.PHONY: bench-limit
bench-limit: build ## the Kinesis load, beside a server that does only what none can leave out
	$(GO) run ./test/load -url hookswitch -against limit -mode putN -c 4 -repeat 5 -label PutRecords
	$(GO) run ./test/load -url hookswitch -against limit -mode put1 -c 64 -repeat 5 -label PutRecord
	$(GO) run ./test/load -url hookswitch -against limit -mode sub -fan 20 -repeat 5 -label SubscribeToShard
	$(GO) run ./test/load -url hookswitch -mode get -c 2 -repeat 3 -label GetRecords

.PHONY: bench-peers
bench-peers: build ## the same load on kinesalite and kinesis-local (npm installs them; skipped without Node)
	$(GO) run ./test/load -url hookswitch -against kinesalite -mode putN -c 4 -repeat 3
	$(GO) run ./test/load -url hookswitch -against kinesis-local -mode putN -c 4 -repeat 3

.PHONY: footprint
footprint: build ## time from start to Ready., idle memory; with 1 GB, 1,000 shards, 1,000 subscriptions, a slow subscriber, 10 GiB
	$(GO) run ./test/footprint -binary $(BIN)
	@for s in restart shards subscriptions slow retained; do $(GO) run ./test/footprint -binary $(BIN) -scenario $$s || exit 1; done

.PHONY: e2e
e2e: build ## whole flows with the AWS CLI, boto3 and aws-sdk-go-v2
	$(GO) test -count 1 -v ./test/e2e/...

.PHONY: kcl
kcl: ## the Java Kinesis Client Library against our server (Java 17 and Maven; skipped without)
	HOOKSWITCH_KCL=1 $(GO) test -count 1 -v -timeout 30m -run TestKCL ./test/e2e

.PHONY: torture
torture: ## kill -9 at 200 random moments under 64 writers (TORTURE_ROUNDS=200)
	HOOKSWITCH_TORTURE_ROUNDS=$${TORTURE_ROUNDS:-200} $(GO) test -count 1 -v -timeout 60m -run TestKilledWhilePutting ./test/e2e

.PHONY: fuzz
fuzz: ## fuzz every decoder for a while each (FUZZTIME=30s)
	@for dir in $$(grep -rl --include='*_test.go' '^func Fuzz' cmd internal tools test | xargs -n 1 dirname | sort -u); do \
		for f in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' $$dir/*_test.go); do \
			$(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $${FUZZTIME:-30s} ./$$dir || exit 1; \
		done; \
	done

.PHONY: clean
clean: ## remove what was built (never data)
	rm -rf bin
