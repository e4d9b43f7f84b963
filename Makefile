# Two commands: `make demo` and `make test`. Each installs what is missing first (apt-get, dnf, apk, pacman or brew).
# What is built and downloaded stays in a cache outside of the checkout, so that a fresh clone is quick.

CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/stockade
export CARGO_TARGET_DIR ?= $(CACHE)/target
CARGO ?= cargo
# How long `make fuzz` runs, all targets together.
SECONDS ?= 3600
# How many statements `make random` sends.
STATEMENTS ?= 100000
# Arguments for `stockade demo`, for instance ARGS=--exit; the parts of `make growth`, for instance ARGS="text rules".
ARGS ?=

.PHONY: help demo test lint bench growth budgets fuzz random picture cargo

help:
	@echo "make demo      an agent's rampage against a scratch PostgreSQL behind Stockade (ARGS=--exit to leave after it)"
	@echo "make test      every test, against a real PostgreSQL and foreign drivers"
	@echo "make lint      format, clippy, documentation, Prometheus rules"
	@echo "make bench     Stockade beside a bare relay, PgBouncer and HAProxy (where they are installed): a table, in some minutes"
	@echo "make growth    how cost grows with texts, rules, connections and tables: tables, in some four minutes (ARGS=idle for a part)"
	@echo "make budgets   what judging costs in instructions, against benches/cost.toml (where valgrind is installed)"
	@echo "make fuzz      an hour of fuzzing, one target after the other (SECONDS=600 for less); see tests/fuzz"
	@echo "make random    100,000 random statements through Stockade and directly (STATEMENTS=1000000 for more); see tests/integration/random.rs"
	@echo "make picture   the README's picture, from the demo's real output"

demo: cargo
	@sh .ci/install compiler postgresql
	@$(CARGO) build --locked --bin stockade
	@"$(CARGO_TARGET_DIR)/debug/stockade" demo $(ARGS)

test: cargo
	@sh .ci/install compiler postgresql python node
	@sh .ci/drivers "$(CACHE)"
	STOCKADE_TEST_PYTHON="$(CACHE)/python/bin/python" STOCKADE_TEST_NODE="$(CACHE)/node/node_modules" \
		$(CARGO) test --locked --all
	@bin=$$(sh .ci/postgresql 18 "$(CACHE)"); \
	if [ -z "$$bin" ]; then echo "PostgreSQL 18 cannot be had here: tested on this machine's PostgreSQL alone"; else \
		STOCKADE_PG_BIN="$$bin" $(CARGO) test --locked --test integration -- refuse:: readonly:: protocol:: observe:: server:: blocks:: hidden:: \
		temporary:: lexing:: corpus:: timeouts:: standby:: witness:: commit:: evasion:: procedures:: counted:: transparent::; fi
	@for major in 16 17; do bin=$$(sh .ci/postgresql $$major "$(CACHE)"); \
	if [ -n "$$bin" ]; then STOCKADE_PG_BIN="$$bin" $(CARGO) test --locked --test integration -- server:: witness:: commit:: || exit 1; fi; done

lint: cargo
	@sh .ci/install compiler
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps
	@promtool=$$(sh .ci/promtool "$(CACHE)"); \
	if [ -z "$$promtool" ]; then echo "no promtool here: the Prometheus rules are not checked"; [ -z "$$CI" ]; else \
		$$promtool check rules config/prometheus/alerts.yml && $$promtool test rules config/prometheus/alerts_test.yml; fi

bench: cargo
	@sh .ci/install compiler postgresql
	$(CARGO) bench --locked --bench compare | tee "$(CARGO_TARGET_DIR)/compare.md"

growth: cargo
	@sh .ci/install compiler postgresql
	$(CARGO) bench --locked --bench growth -- $(ARGS) | tee "$(CARGO_TARGET_DIR)/growth.md"

budgets: cargo
	@if ! command -v valgrind >/dev/null; then echo "no valgrind here: the budgets of benches/cost.toml are not checked"; else \
		sh .ci/install compiler && $(CARGO) bench --locked --bench cost; fi

fuzz: cargo
	@sh .ci/install compiler postgresql
	STOCKADE_FUZZ_OPTIMIZED=1 STOCKADE_FUZZ_SECONDS=$(SECONDS) \
		$(CARGO) test --locked --profile fuzz --test fuzz -- --test-threads=1 --nocapture

random: cargo
	@sh .ci/install compiler postgresql
	STOCKADE_RANDOM_STATEMENTS=$(STATEMENTS) $(CARGO) test --locked --test integration -- random:: --nocapture

picture: cargo
	@sh .ci/install compiler postgresql
	@$(CARGO) build --locked --bin stockade
	"$(CARGO_TARGET_DIR)/debug/stockade" demo --exit --picture src/manual/demo.svg

cargo:
	@command -v $(CARGO) >/dev/null || { echo "Rust is missing: see https://rustup.rs" >&2; exit 1; }
