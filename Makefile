# make test needs Go, git and make; it installs the engines that the tests run (Debian, as root or with sudo).

GO ?= go

# Packages with goroutines: they are tested under the race detector too. The whole program on a terminal is not: the
# library that reads the terminal races with its own end, at the close of its input.
RACE = $(shell $(GO) list ./gitops/... ./providers/... ./ui/... | grep -v /screentest$$)

# What the tests are made with is tested as well; ./... passes it over, as it does all of testdata.
TOOLS = ./testdata/repositories/... ./testdata/bench/...

LINT_VERSION := 2.15.0
LINT := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/plumb/bin/golangci-lint-$(LINT_VERSION)/golangci-lint

.PHONY: build test thorough crash race lint bench microbench clean

build:
	$(GO) build -trimpath -o bin/plumb .

# No engine may be missing here, so no test skips itself but for the long suites that make thorough runs.
test:
	testdata/engines/install.sh
	PLUMB_REQUIRE_ENGINES=1 $(GO) test ./... $(TOOLS)

# Accidents during an apply: runners that are killed, terminals that are closed.
crash:
	$(GO) test -timeout 60m ./ui/screentest -run 'TestAKilledRun|TestADroppedTerminal' -crash 100

# The same with the sizes that are promised, where make test takes a sample: minutes more.
thorough:
	testdata/engines/install.sh
	PLUMB_THOROUGH=1 PLUMB_REQUIRE_ENGINES=1 $(GO) test -timeout 60m ./... $(TOOLS)

# The race detector needs cgo. It makes tests slow: -short leaves out those that only add size.
race:
	testdata/engines/install.sh
	testdata/engines/install.sh cc
	PLUMB_REQUIRE_ENGINES=1 CGO_ENABLED=1 $(GO) test -race -short $(RACE)

lint: $(LINT)
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not formatted, run gofmt -w:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./... $(TOOLS)
	$(LINT) run ./... $(TOOLS)

$(LINT):
	GOBIN=$(dir $(LINT)) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v$(LINT_VERSION)

# The budgets, measured against git and other programs on generated histories: up to a million commits with LARGE=1, on a clone
# with REPO=/path/to/it. BENCH_DIR is where the generated ones are kept.
bench: build
	$(GO) run ./testdata/bench -plumb bin/plumb $(if $(LARGE),-large) $(if $(REPO),-repo "$(REPO)")

microbench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

clean:
	rm -rf bin
