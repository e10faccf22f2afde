# Belay: one Makefile for everything. `make help` prints the targets, from the comments behind them.
# MODE chooses the build: release (default), asan (address and undefined-behaviour sanitizers), tsan.

MODE ?= release
BUILD := build/$(MODE)
PREFIX ?= /usr/local
DESTDIR ?=
# V=1 prints every command.
Q := $(if $(V),,@)

# A message that does not fit is cut on purpose, hence no-format-truncation.
WARN := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
        -Wvla -Walloca -Werror -Wno-format-truncation
FLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -Wformat -Wformat-security
FLAGS_asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_tsan := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
LINK_release := -pie -Wl,-z,relro,-z,now
LINK_asan := -fsanitize=address,undefined
LINK_tsan := -fsanitize=thread
CFLAGS := $(WARN) $(FLAGS_$(MODE)) $(EXTRA_CFLAGS)
LDFLAGS := $(LINK_$(MODE)) -pthread

COORDINATOR_FLAGS := -Icoordinator -Iparticipant-sdk/include -include coordinator/base/banned.h
SDK_FLAGS := -Iparticipant-sdk/include
SAGAS_FLAGS := -Iparticipant-sdk/include -Isagas
TEST_FLAGS := $(COORDINATOR_FLAGS) -Itest
# The sanitizers have allocators of their own.
ALLOCATOR_release := -lmimalloc
COORDINATOR_LIBS := -lsqlite3 -lcurl -lmicrohttpd -ljansson -lcrypto -lglib-2.0 -lm
SDK_LIBS := -lsqlite3 -lmicrohttpd
# libpq-fe.h lies in a folder of its own; only what is on PostgreSQL sees it.
SDK_POSTGRES_FLAGS := -I/usr/include/postgresql

# Sources: a folder is a unit; a program is a folder of test/, or a file of sagas/NAME/.
LAYERS := base core definition ports engine api adapters config
LAYER_SRC := $(foreach layer,$(LAYERS),$(wildcard coordinator/$(layer)/*.c))
CLI_SRC := $(wildcard coordinator/cli/*.c)
SDK_SRC := $(wildcard participant-sdk/src/*.c)
SDK_SQLITE_SRC := $(wildcard participant-sdk/sqlite/*.c)
SDK_SERVE_SRC := $(wildcard participant-sdk/serve/*.c)
SDK_CURL_SRC := $(wildcard participant-sdk/curl/*.c)
SDK_OUTBOX_SRC := $(wildcard participant-sdk/outbox/*.c)
SDK_CRYPTO_SRC := $(wildcard participant-sdk/crypto/*.c)
SDK_POSTGRES_SRC := $(wildcard participant-sdk/postgres/*.c)
SDK_CONFORMANCE_SRC := $(filter-out %/main.c,$(wildcard participant-sdk/conformance/*.c))
SDK_EXAMPLE_SRC := $(wildcard participant-sdk/examples/*.c)
SAGA_SRC := $(filter-out sagas/common/%,$(wildcard sagas/*/*.c))
SAGA_COMMON_SRC := $(wildcard sagas/common/*.c)
CUNIT_SRC := $(wildcard test/unit/*.c test/contract/*.c test/history/*.c)
TEST_PROGRAMS := $(filter-out unit contract history fuzz harness,$(patsubst test/%/,%,$(sort $(dir $(wildcard test/*/*.c)))))

objects = $(patsubst %.c,$(BUILD)/%.o,$(1))
LAYER_OBJ := $(call objects,$(LAYER_SRC))
COORDINATOR := $(BUILD)/libcoordinator.a
SDK_PARTS := conformance postgres serve outbox curl sqlite crypto
SDK := $(patsubst %,$(BUILD)/libbelay-%.a,$(SDK_PARTS)) $(BUILD)/libbelay.a
SDK_PROGRAMS := $(patsubst participant-sdk/conformance/main.c,$(BUILD)/belay-conformance,$(wildcard participant-sdk/conformance/main.c)) \
                $(patsubst participant-sdk/examples/%.c,$(BUILD)/example-%,$(SDK_EXAMPLE_SRC))
PROGRAMS := $(BUILD)/belayd $(BUILD)/belay
SAGA_PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(SAGA_SRC))
TESTS := $(patsubst %,$(BUILD)/test-%,unit $(TEST_PROGRAMS))

.DEFAULT_GOAL := all
.SUFFIXES:
.SECONDARY:
.DELETE_ON_ERROR:

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile participant-sdk/install.mk

all: $(PROGRAMS) $(SDK) $(SDK_PROGRAMS) $(SAGA_PROGRAMS) ## build belayd, belay, libbelay and the example services

# libcrypto's header has a parameter called rand, and has to be read before that name is banned.
$(BUILD)/coordinator/adapters/sign_libcrypto.o: COORDINATOR_FLAGS := -include openssl/evp.h $(COORDINATOR_FLAGS)

# GLib's headers lie in folders of their own; only the file on it sees them.
$(BUILD)/coordinator/adapters/zone_glib.o: COORDINATOR_FLAGS += $(shell pkg-config --cflags glib-2.0)

$(BUILD)/coordinator/%.o: coordinator/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(COORDINATOR_FLAGS) -MMD -MP -c $< -o $@

$(BUILD)/participant-sdk/%.o: participant-sdk/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(SDK_FLAGS) -MMD -MP -c $< -o $@

$(BUILD)/sagas/%.o: sagas/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(SAGAS_FLAGS) -MMD -MP -c $< -o $@

$(BUILD)/test/%.o: test/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(TEST_FLAGS) -I$(BUILD)/test -MMD -MP -c $< -o $@

$(COORDINATOR): $(LAYER_OBJ)
$(BUILD)/libbelay.a: $(call objects,$(SDK_SRC))
$(BUILD)/libbelay-sqlite.a: $(call objects,$(SDK_SQLITE_SRC))
$(BUILD)/libbelay-serve.a: $(call objects,$(SDK_SERVE_SRC))
$(BUILD)/libbelay-curl.a: $(call objects,$(SDK_CURL_SRC))
$(BUILD)/libbelay-outbox.a: $(call objects,$(SDK_OUTBOX_SRC))
$(BUILD)/libbelay-crypto.a: $(call objects,$(SDK_CRYPTO_SRC))
$(BUILD)/libbelay-postgres.a: $(call objects,$(SDK_POSTGRES_SRC))
$(BUILD)/libbelay-conformance.a: $(call objects,$(SDK_CONFORMANCE_SRC))
$(BUILD)/participant-sdk/postgres/% $(BUILD)/participant-sdk/examples/%: SDK_FLAGS += $(SDK_POSTGRES_FLAGS)
$(BUILD)/test/sdk/%: TEST_FLAGS += $(SDK_POSTGRES_FLAGS)
$(BUILD)/libsagas.a: $(call objects,$(SAGA_COMMON_SRC))
$(BUILD)/libharness.a: $(call objects,$(wildcard test/harness/*.c))
$(BUILD)/%.a:
	@mkdir -p $(@D)
	@rm -f $@
	@$(AR) rcs $@ $^

$(BUILD)/belayd: $(BUILD)/coordinator/main.o $(COORDINATOR)
	$(Q)$(CC) $(LDFLAGS) $^ $(ALLOCATOR_$(MODE)) $(COORDINATOR_LIBS) -o $@

$(BUILD)/belay: $(call objects,$(CLI_SRC)) $(COORDINATOR)
	$(Q)$(CC) $(LDFLAGS) $^ $(COORDINATOR_LIBS) -o $@

$(SAGA_PROGRAMS): $(BUILD)/%: $(BUILD)/%.o $(BUILD)/libsagas.a $(BUILD)/libbelay-curl.a $(BUILD)/libbelay-serve.a $(BUILD)/libbelay-sqlite.a \
                 $(BUILD)/libbelay.a
	$(Q)$(CC) $(LDFLAGS) $^ $(SDK_LIBS) -lcurl -ljansson -o $@

$(BUILD)/belay-conformance: $(BUILD)/participant-sdk/conformance/main.o $(SDK)
	$(Q)$(CC) $(LDFLAGS) $^ -lcurl -lcrypto -o $@

$(BUILD)/example-%: $(BUILD)/participant-sdk/examples/%.o $(SDK)
	$(Q)$(CC) $(LDFLAGS) $^ $(SDK_LIBS) -lpq -lcurl -lcrypto -o $@

# One CUnit program runs every suite of test/unit, test/contract and test/history; it lists them from the
# names of their files: x_test.c holds x_test_suite().
$(BUILD)/test/suites.inc: $(CUNIT_SRC) Makefile
	@mkdir -p $(@D)
	@for file in $(sort $(notdir $(filter %_test.c,$(CUNIT_SRC)))); do echo "SUITE($${file%.c})"; done > $@

$(call objects,$(CUNIT_SRC)): $(BUILD)/test/suites.inc

define test_program
$(BUILD)/test-$(1): $(call objects,$(2)) $(BUILD)/libharness.a $(COORDINATOR) $(SDK)
	$$(Q)$$(CC) $$(LDFLAGS) $$^ $(COORDINATOR_LIBS) -lpq -lcunit -o $$@
endef
$(eval $(call test_program,unit,$(CUNIT_SRC) $(filter-out %/main.c,$(CLI_SRC))))
program_sources = $(filter-out %_preload.c,$(wildcard test/$(1)/*.c))
$(foreach program,$(TEST_PROGRAMS),$(eval $(call test_program,$(program),$(call program_sources,$(program)))))

# A library that is loaded before a program's own, to count or disturb what it asks of the system.
$(BUILD)/%_preload.so: test/bench/%_preload.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(TEST_FLAGS) -fPIC -shared $< -o $@
$(BUILD)/test-bench: | $(BUILD)/syncs_preload.so

# Its allocations go through test/sdk/memory.c.
$(BUILD)/test-sdk: private LDFLAGS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
$(TESTS): | $(SAGA_PROGRAMS) $(SDK_PROGRAMS)

CORE_OBJ := $(filter $(BUILD)/coordinator/core/%,$(LAYER_OBJ))
core: $(CORE_OBJ)
tests: $(TESTS)

demo: all ## coordinator and services on loopback: a saga that completes, one that is undone, two deaths
	scripts/demo $(BUILD)

test: ## everything that must hold, in minutes; `make full` takes longer
	scripts/run-tests

full: ## test, and the long campaigns: thread sanitizer, valgrind, many seeds, many kills, mutants, fuzzing, scale
	scripts/run-tests --full

check: ## layers, style, purity of the core, and that these checks catch what they forbid
	scripts/check-layers
	scripts/check-style
	$(MAKE) MODE=release core
	scripts/check-purity build/release
	scripts/test-checks

bench: bench-build ## sagas per second, latency, CPU, commits: the yardstick; OUT=FILE for JSON
	$(BENCH) speed --revision "$(REVISION)" $(if $(OUT),--out $(OUT)) $(BENCH_OPTIONS)
	build/release/test-sdk-bench

bench-record: bench-build ## the same, kept in test/bench/history.jsonl
	$(BENCH) speed --revision "$(REVISION)" --history test/bench/history.jsonl $(BENCH_OPTIONS)

bench-compare: bench-build ## A=REV B=REV: both in turn, ROUNDS times, and the ratios of their figures
	ROUNDS=$(ROUNDS) scripts/bench-compare $(A) $(B) $(BENCH_OPTIONS)

bench-trouble: bench-build ## a participant hangs, comes back, too many clients, a restart: figures with bars
	$(BENCH) trouble --revision "$(REVISION)" $(if $(OUT),--out $(OUT)) $(BENCH_OPTIONS)

WAITING ?= 1000000
FINISHED ?= 10000000
bench-scale: bench-build ## WAITING=N that wait, FINISHED=N that have ended (10 GB at ten million): figures with bars
	$(BENCH) scale --revision "$(REVISION)" --waiting $(WAITING) --finished $(FINISHED) $(if $(OUT),--out $(OUT)) \
		$(BENCH_OPTIONS)

SECONDS ?= 3600
soak: bench-build ## full load for SECONDS; samples in build/soak.tsv, and nothing may grow
	$(BENCH) soak --revision "$(REVISION)" --seconds $(SECONDS) --out $(or $(OUT),build/soak.tsv) $(BENCH_OPTIONS)

BENCH := build/release/test-bench
ROUNDS ?= 5
REVISION = $(shell git describe --always --dirty 2>/dev/null)
bench-build:
	$(MAKE) MODE=release build/release/belayd build/release/test-bench build/release/test-sdk-bench

# Each target runs for FUZZ_SECONDS on what it found before (build/fuzz/NAME).
FUZZ_SECONDS ?= 60
FUZZ := $(patsubst test/fuzz/%_fuzz.c,%,$(wildcard test/fuzz/*_fuzz.c))
FUZZ_FLAGS := -std=c11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
fuzz: $(addprefix fuzz-,$(FUZZ)) ## run every fuzz target for FUZZ_SECONDS
fuzz-%:
	@mkdir -p build/fuzz/$*
	clang $(FUZZ_FLAGS) $(TEST_FLAGS) test/fuzz/$*_fuzz.c $(filter-out coordinator/adapters/% coordinator/api/% coordinator/config/%,$(LAYER_SRC)) -ljansson -lm -pthread -o build/fuzz/$*_fuzz
	build/fuzz/$*_fuzz -max_total_time=$(FUZZ_SECONDS) -timeout=10 -print_final_stats=1 build/fuzz/$*

clean: ## remove everything that was built
	rm -rf build

include participant-sdk/install.mk

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

.PHONY: help all core tests demo test full check fuzz clean \
        bench bench-build bench-record bench-compare bench-trouble bench-scale soak
