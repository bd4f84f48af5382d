# The commands that people and CI run. `make` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PREFIX ?= /usr/local
DESTDIR ?=
INSTALL_ROOT := $(DESTDIR)$(PREFIX)

SOURCES := Package.swift $(wildcard Sources Tests Examples Benchmarks Fuzz)
PACKAGES := libyaml-dev libsqlite3-dev pkg-config
NETWORK := nftables iproute2 curl python3
# Tests that block threads while packets are on their way; the others would wait for theirs.
PACKETS := ^(NetlinkTests|StagingTests)
# Tests of the process that writes the kernel. One of them puts another nft in its place, which all of a process would use.
ENFORCEMENT := ^EnforcementTests
# Tests of who waits how long for whom: beside a thousand others they would wait for those.
NAMES := ^DNSForwarderTests
BROWSER := chromium fonts-dejavu-core python3
LIBRARIES := Kubernetes KubernetesAPI PolicyModel Dialects PolicyEngine Review Merlon MerlonTesting MerlonCommand

LOAD ?=

.PHONY: help demo demo-gateway test examples quickstart gateway api page build bench fuzz format lint docs install packages

help: ## List the commands.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: packages ## Build merlon and check the example shop, which has two mistakes.
	@Scripts/demo

demo-gateway: packages ## A gateway between two networks that a cluster's policy holds: curl is allowed and denied. Needs root.
	@Scripts/require-packages $(NETWORK)
	@Scripts/demo-gateway

test: packages ## Run all tests.
	@Scripts/require-packages $(NETWORK)
	@echo "==> swift test"
	@swift test --skip '$(PACKETS)' --skip '$(ENFORCEMENT)' --skip '$(NAMES)'
	@echo "==> swift test, those that wait for real packets"
	@swift test --filter '$(PACKETS)'
	@swift test --filter '$(ENFORCEMENT)'
	@swift test --filter '$(NAMES)'
	@$(MAKE) examples
	@$(MAKE) quickstart
	@$(MAKE) gateway
	@$(MAKE) page

examples: packages ## Test and run the packages under Examples, imported Swift and the tutorial; a part of make test.
	@Scripts/require-packages python3
	@echo "==> swift build --product merlon"
	@swift build --product merlon
	@echo "==> Scripts/check-examples"
	@Scripts/check-examples
	@echo "==> Scripts/check-imported-source"
	@Scripts/check-imported-source
	@echo "==> Scripts/check-tutorial"
	@Scripts/check-tutorial

quickstart: packages ## Run the lines of the README that follow a cluster; a part of make test.
	@Scripts/require-packages python3 curl
	@echo "==> swift build --product merlon --product fake-apiserver"
	@swift build --product merlon
	@swift build --product fake-apiserver
	@echo "==> Scripts/check-quickstart"
	@Scripts/check-quickstart

gateway: packages ## Kill what a gateway consists of, and look who gets through; a part of make test. Without root it is passed over.
	@Scripts/require-packages $(NETWORK)
	@if ((EUID == 0)); then Scripts/check-gateway; else echo "==> Scripts/check-gateway needs root: passed over"; fi

api: packages ## Hold the control plane to its OpenAPI document with schemathesis, and load it for LOAD (60) seconds.
	@Scripts/require-packages python3 python3-venv
	@echo "==> swift build --product merlon --product fake-apiserver"
	@swift build --product merlon
	@swift build --product fake-apiserver
	@echo "==> Scripts/check-api"
	@Scripts/check-api $(LOAD)

page: packages ## Look at the HTML page in headless Chromium; a part of make test.
	@Scripts/require-packages $(BROWSER)
	@echo "==> swift build --product merlon"
	@swift build --product merlon
	@echo "==> Scripts/check-html"
	@Scripts/check-html

build: packages ## Build the optimised merlon: .build/release/merlon.
	@echo "==> swift build -c release"
	@swift build -c release --product merlon
	@echo "merlon is .build/release/merlon"

bench: packages ## Measure speed and memory, and print the table.
	@echo "==> merlon as it is installed, and merlon-bench, release build in .build-bench"
	@MERLON_BENCHMARKS=1 swift build -c release --scratch-path .build-bench --static-swift-stdlib --product merlon
	@MERLON_BENCHMARKS=1 swift build -c release --scratch-path .build-bench --static-swift-stdlib --product fake-apiserver
	@MERLON_BENCHMARKS=1 swift run -c release --scratch-path .build-bench --static-swift-stdlib merlon-bench
	@Scripts/require-packages python3
	@Scripts/measure-live .build-bench/release/merlon .build-bench/release/fake-apiserver

fuzz: packages ## Feed the parsers with random input.
	@echo "==> Fuzz/run"
	@Fuzz/run

format: ## Format the sources in place.
	@echo "==> swift format --in-place"
	@swift format format --in-place --recursive --parallel $(SOURCES)

lint: ## Check formatting, and that imports point one way.
	@echo "==> swift format lint --strict"
	@swift format lint --strict --recursive --parallel $(SOURCES)
	@echo "==> Scripts/check-imports"
	@Scripts/check-imports

docs: packages ## Check the examples in the documentation; write the modules' reference to .build-docs/reference.
	@Scripts/require-packages python3 jq $(NETWORK)
	@echo "==> swift build --product merlon"
	@swift build --product merlon
	@echo "==> Scripts/check-readme"
	@Scripts/check-readme
	@Scripts/reference .build-docs $(LIBRARIES)

install: packages ## Install merlon, kubectl-merlon, completions and manual under PREFIX (/usr/local); DESTDIR counts.
	@Scripts/install "$(INSTALL_ROOT)"

packages:
	@Scripts/require-packages $(PACKAGES)
