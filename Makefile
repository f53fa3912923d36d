# make            the release binary, .build/release/skafka
# make test       everything that is tested; installs what it needs from Debian and PyPI
# make help       the rest

SHELL := /bin/bash
SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=

BUILD_PACKAGES := zlib1g-dev liblz4-dev libzstd-dev libsnappy-dev libssl-dev libreadline-dev \
	binutils
TEST_PACKAGES := kcat python3-venv valgrind openssl mandoc zsh fish
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

# One set of flags everywhere: others would build everything again.
RELEASE := -c release --static-swift-stdlib --product skafka
BINARY := .build/release/skafka
VENV := .build/venv
WRITTEN := find Sources Tests -name '*.swift' -not -path '*/Generated/*' -print0
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: build test unit integration conformance sim deps deps-build install demo bench sanitize \
	format lint generate docs clean help

.NOTPARALLEL:

build: deps-build
	$(SWIFT) build $(RELEASE)

test: deps unit build integration

# One after another: what waits for an answer should not wait for a processor as well.
unit: deps-build
	$(SWIFT) test --no-parallel

integration: deps build $(VENV)/installed
	SKAFKA=$(BINARY) $(VENV)/bin/python -m pytest -p no:cacheprovider Tests/Integration

# Against bytes that a real Kafka wrote: set KAFKA_FIXTURES to where they lie.
conformance: deps-build
	REQUIRE_FIXTURES=1 $(SWIFT) test --filter Conformance

$(VENV)/installed: Tests/Integration/requirements.txt | deps
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

# What is missing of the named Debian packages, and nothing when none is.
define install-packages
	@command -v dpkg-query >/dev/null || { echo "not Debian: needed are $(1)"; exit 0; }; \
	missing=(); \
	for package in $(1); do \
		dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null | grep -q 'ok installed' \
			|| missing+=("$$package"); \
	done; \
	[ "$${#missing[@]}" = 0 ] && exit 0; \
	echo "installing $${missing[*]}"; \
	$(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends "$${missing[@]}"
endef

deps-build:
	$(call install-packages,$(BUILD_PACKAGES))

deps:
	$(call install-packages,$(BUILD_PACKAGES) $(TEST_PACKAGES))

# Without the symbols, which are two thirds of the file.
install: build
	install -D -s -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/skafka
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -D -m 644 completions/skafka.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/skafka
	install -D -m 644 completions/_skafka \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_skafka
	install -D -m 644 completions/skafka.fish \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/skafka.fish

# A log file through the embedded broker and back, byte for byte: make demo FILE=/var/log/syslog
demo: build
	SKAFKA=$(BINARY) Tests/Demo/demo $(FILE)

# Seeded runs on a faulty disk, many more than in every test run: make sim SIM_SEEDS=100000
sim: deps-build
	SIM_SEEDS=$${SIM_SEEDS:-10000} $(SWIFT) test --no-parallel --filter Simulation

bench: build $(VENV)/installed
	$(SWIFT) build -c release --static-swift-stdlib --product limits
	SKAFKA=$(BINARY) $(VENV)/bin/python Tests/Benchmarks/bench.py $(BENCH)

sanitize: deps-build
	$(SWIFT) test --no-parallel --scratch-path .build-thread --sanitize=thread
	ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test --no-parallel --scratch-path .build-address \
		--sanitize=address

format:
	$(WRITTEN) | xargs -0 $(SWIFT) format --in-place --parallel

lint:
	$(WRITTEN) | xargs -0 $(SWIFT) format lint --strict --parallel

# All that is generated: the messages from their definitions, and the documents.
generate: docs
	$(SWIFT) build --product wiregen
	.build/debug/wiregen Sources/KafkaWire/Definitions Sources/KafkaWire/Generated

# The completion scripts and the manual, from the definition of the commands.
docs:
	$(SWIFT) build --product skafka
	.build/debug/skafka generate-docs .

clean:
	rm -rf .build .build-thread .build-address

help:
	@grep -E '^[a-z-]+:' Makefile | cut -d: -f1 | grep -v '^deps' | paste -sd' '
