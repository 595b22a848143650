# make help lists the targets. Nothing here needs a C compiler but `make race`.
SHELL := /bin/bash
GO    ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT  ?= $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)

export CGO_ENABLED := 0

.DEFAULT_GOAL := help
.PHONY: help run build generate test race check chromium bench crash faults soak attack pictures deb deb-test

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: build ## build and start the console on http://localhost:8080, its data in ./data
	@./bin/breakwater serve

build: ## build the one static binary, bin/breakwater (GOARCH=arm64 for the other kind)
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/breakwater .

# Debian wants a version that begins with a digit and grows; a commit without a tag has its date.
DEBVERSION ?= $(shell git describe --tags --exact-match 2>/dev/null | sed -n 's/^v//p' | grep . || echo "0~$$(TZ=UTC0 git log -1 --date=format-local:%Y%m%d%H%M%S --format=%cd).$(COMMIT)")
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct)

deb: ## build Debian packages for amd64 and arm64 in ./dist
	@for arch in amd64 arm64; do \
		GOARCH=$$arch $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o dist/breakwater-$$arch . && \
		packaging/deb.sh $$arch dist/breakwater-$$arch '$(DEBVERSION)' "dist/breakwater_$(DEBVERSION)_$$arch.deb" || exit 1; \
	done

deb-test: deb ## install, upgrade, remove and purge the package in a throw-away Debian (root; debootstrap)
	packaging/test.sh "dist/breakwater_$(DEBVERSION)_$$(dpkg --print-architecture).deb"

generate: ## make the Go code of the views after a change of a .templ file
	$(GO) generate ./...

test: chromium ## run every test, those in a headless Chromium included
	$(GO) test -timeout 30m ./...

# The look of the pages, and what Chromium makes of hostile strings, are no matter of races and take long:
# `make test` alone tests them.
race: chromium ## run the tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -timeout 45m -skip '^(TestEveryPageHasItsPicture|TestHostileStringsDoNothing)$$' ./...

check: ## generated code fresh, gofmt, go mod tidy, vet, staticcheck, arrows, every word in both languages
	@d=$$(mktemp -d) && trap 'rm -rf "$$d"' EXIT && cp -r views "$$d/views" && $(GO) generate ./... && \
		diff -rq views "$$d/views" >/dev/null || { echo "generated code was stale: commit what make generate has made"; exit 1; }
	@test -z "$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go'))" || { echo "not formatted:"; gofmt -l $$(git ls-files -co --exclude-standard '*.go'); exit 1; }
	$(GO) mod tidy -diff
	$(GO) vet ./...
	$(GO) vet -tags proof .
	$(GO) tool staticcheck ./...
	$(GO) test -run '^TestArrows$$' -count=1 .
	$(GO) test -count=1 ./views

# The same tests run in `make test`, each with less. What is printed: what was tried, how often, what got through.
attack: chromium ## attack Breakwater at length: times of 20,000 keys, bombs, slow clients, other sites
	@set -o pipefail; BREAKWATER_ATTACK=long $(GO) test -timeout 60m -run '^TestAttack' -count=1 -v ./handlers ./store 2>&1 | \
		awk -F'[|]' 'BEGIN { printf "%-80s %9s %s\n", "attack", "tries", "got through" } /ATTACK[|]/ { printf "%-80s %9d %d\n", $$2, $$3, $$4; next } \
		/^(--- FAIL|FAIL|panic)/ || /_test.go:[0-9]+: / && !/below .*t = |bytes: status/ { print }'

bench: ## measure the receiving path, pages, start and memory (bench_test.go says how to make it shorter)
	$(GO) test -timeout 6h -run '^$$' -bench '^BenchmarkTable$$' -benchtime 1x .

crash: ## 200 times kill -9 in a burst, 200 power cuts by replaying a recorded trace; prints a table (strace)
	@command -v strace >/dev/null || { echo "make crash needs strace: sudo apt-get install -y strace"; exit 1; }
	set -o pipefail; BREAKWATER_CRASH_ROUNDS=200 $(GO) test -tags proof -count=1 -v -timeout 1h -run '^(TestKillLosesNothingAcknowledged|TestPowerLoss)' . | grep -Ev '^ *(===|--- PASS)'

faults: ## full, failing and read-only disks, failing syncs, damage, a clock that jumps, slow clients, bombs; prints a table (root, strace)
	@for tool in strace losetup mkfs.ext4 e2fsck fstrim; do command -v $$tool >/dev/null || \
		{ echo "make faults needs $$tool: sudo apt-get install -y strace mount util-linux e2fsprogs"; exit 1; }; done
	@[ "$$(id -u)" = 0 ] || { echo "make faults mounts small disks, which only root may"; exit 1; }
	set -o pipefail; BREAKWATER_SLOW_CONNECTIONS=2000 $(GO) test -tags proof -count=1 -v -timeout 1h -parallel 4 -run '^(TestFullDisk|TestBelowTheFloor|TestFailingSync|TestDyingDisk|TestReadOnlyDisk|TestDamageAtRandom|TestClockThatJumps|TestDoorUnderMalice)$$' . | \
		grep -Ev '^ *(===|--- PASS)'

SOAK ?= 30m
soak: ## half an hour (SOAK=2h: another time) of steady load: memory, descriptors, goroutines and the log must not grow
	set -o pipefail; BREAKWATER_SOAK=$(SOAK) $(GO) test -count=1 -v -timeout 0 -run '^TestSoak$$' . | grep -Ev '^ *(===|--- PASS)'

# Debian's package where none is found and this user may install it.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
		{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -q && apt-get install -qy --no-install-recommends chromium fonts-liberation; } || \
		{ echo "the browser tests need Chromium: sudo apt-get install -y chromium"; exit 1; }

pictures: chromium ## keep a picture of every page in ./pictures, and renew README's
	@mkdir -p pictures
	BREAKWATER_PICTURES=$(CURDIR)/pictures $(GO) test -count=1 -run TestEveryPageHasItsPicture ./handlers
	@for p in setup ocean referrals referral person audit set-up document rehearsal; do cp pictures/$$p-en-light-wide-top.png .readme/$$p.png; done
