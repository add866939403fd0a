# MyFSIO: every task of the repository. `make help` lists them.
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh

NODE_OK := $(shell node -e 'const [a,b]=process.versions.node.split(".").map(Number);console.log((a==20&&b>=19)||(a==22&&b>=12)||a>22?1:0)' 2>/dev/null)
DIST := backend/internal/webui/dist
UI := $(shell find frontend openapi/client -type f -not -path '*/node_modules/*' -not -path '*/out/*' 2>/dev/null)
GO := $(shell find backend -type f \( -name '*.go' -o -name go.mod -o -name go.sum \) -not -path 'backend/tools/*' 2>/dev/null) go.work
COMPAT := $(shell find e2e/s3compat e2e/bench -name '*.go' 2>/dev/null)
GOBUILD := CGO_ENABLED=0 go build -trimpath -ldflags='-s -w'
LINT := GOWORK=off go tool -modfile=$(CURDIR)/backend/tools/go.mod golangci-lint run --config $(CURDIR)/backend/.golangci.yml
FUZZTIME ?= 20s

.PHONY: help run dev build test test-go test-ui e2e lint gen check-gen cross bench fuzz soak interop docker-steps clean node
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

node:
	@test "$(NODE_OK)" = 1 || { echo "MyFSIO's console needs Node 20.19+, 22.12+ or newer to build; found: $$(node --version 2>/dev/null || echo none)" >&2; exit 1; }

# npm writes this file at the end of an install, so it is the stamp.
node_modules/.package-lock.json: package-lock.json package.json frontend/package.json openapi/package.json e2e/package.json | node
	npm ci --no-fund --no-audit
	@touch $@

$(DIST)/index.html: node_modules/.package-lock.json $(UI)
	npm run build -w frontend
	@touch $@

bin/myfsio: $(DIST)/index.html $(GO)
	cd backend && $(GOBUILD) -o ../bin/myfsio ./cmd/myfsio

build: bin/myfsio ## build bin/myfsio, one static binary with the console in it

run: bin/myfsio ## build everything and start with the embedded store
	./bin/myfsio serve

dev: node_modules/.package-lock.json ## backend, and the console with live reload on :5173
	@trap 'trap - INT TERM EXIT; kill 0' INT TERM EXIT; (cd backend && go build -o ../bin/myfsio-dev ./cmd/myfsio) && ./bin/myfsio-dev serve & \
	npm run dev -w frontend

test: test-go test-ui e2e ## everything, browser tests included

test-go: bin/myfsio ## Go tests with the race detector
	cd backend && go vet ./... && go test -race ./...
	cd e2e/bench && go vet ./... && go test -race ./...
	cd e2e/s3compat && go vet ./... && MYFSIO_BIN="$(CURDIR)/bin/myfsio" go test -race ./...

test-ui: node_modules/.package-lock.json ## type check and unit tests of the console
	npm run typecheck -w frontend
	npm test -w frontend

bin/idp: $(COMPAT) go.work
	cd e2e/s3compat && $(GOBUILD) -o ../../bin/idp ./idp/serve

e2e: bin/myfsio bin/idp ## browser and API tests against the real binary
	CHROMIUM="$$(sh scripts/chromium.sh)" npm test -w e2e

lint: node_modules/.package-lock.json ## golangci-lint, tsc, Biome, lock file, secrets in the tree
	sh scripts/secrets.sh
	cd backend && $(LINT) ./...
	cd e2e/bench && $(LINT) ./...
	cd e2e/s3compat && $(LINT) ./...
	npx biome ci .
	npm run typecheck -w frontend
	node frontend/scripts/check-lock.mjs

gen: node_modules/.package-lock.json ## rewrite generated files
	cd backend && go run ./cmd/openapi -write ..
	npm run generate -w openapi
	cd backend && go run ./cmd/docs ../docs

check-gen: gen ## fail when a generated file is not current
	git diff --exit-code -- openapi docs

cross: $(DIST)/index.html ## cross-compile; darwin and windows are compiled only
	@for t in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64; do \
	  echo "$$t"; (cd backend && GOOS=$${t%/*} GOARCH=$${t#*/} $(GOBUILD) -o ../bin/cross/myfsio-$${t%/*}-$${t#*/} ./cmd/myfsio) || exit 1; done

bench: bin/myfsio ## speed and memory against a bare reference server in the same run
	cd e2e/bench && go run . -bin "$(CURDIR)/bin/myfsio" $(BENCH)

fuzz: ## every fuzz target for FUZZTIME (20s)
	sh scripts/fuzz.sh $(FUZZTIME)

soak: bin/myfsio ## 1,000 rounds of kill -9 under load, and the long random tests
	cd e2e/s3compat && MYFSIO_BIN="$(CURDIR)/bin/myfsio" MYFSIO_CRASH_ROUNDS=1000 go test -count=1 -timeout 8h -run Crash ./...
	cd backend && MYFSIO_SOAK=1 go test -count=1 -timeout 8h ./internal/kv/... ./internal/blob/... ./internal/object/...
	cd backend && MYFSIO_SOAK=1 go test -count=1 -run TestDefaultsDoNotLimitTraffic ./internal/server

interop: bin/myfsio ## AWS CLI, boto3, s3cmd, rclone, restic, minio-go, s3fs, Terraform against a fresh server
	MYFSIO_BIN="$(CURDIR)/bin/myfsio" sh e2e/interop/run.sh

docker-steps: ## run the steps of docker/Dockerfile without a Docker engine
	sh docker/steps.sh

clean: ## remove what was built
	rm -rf bin e2e/out $(DIST)/assets $(DIST)/index.html
