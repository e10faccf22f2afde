# Shared libraries, manual pages and installation; included by the Makefile.

VERSION := $(shell sed -n 's/^\#define BELAY_VERSION "\(.*\)"/\1/p' coordinator/base/version.h)
# The number in the sonames: changes when a program that was linked before would not run any more.
SO := 0
SHARED := $(BUILD)/shared
# Every library, its folder, and what it links: all link libbelay.
SDK_LIBRARIES := belay belay-sqlite belay-postgres belay-outbox belay-serve belay-curl belay-crypto \
                 $(if $(wildcard participant-sdk/conformance/*.c),belay-conformance)
sdk_folder = participant-sdk/$(if $(filter belay,$(1)),src,$(patsubst belay-%,%,$(1)))
SDK_LINK_belay-sqlite := -lsqlite3
SDK_LINK_belay-postgres := -lpq
SDK_LINK_belay-outbox := -lpthread
SDK_LINK_belay-serve := -lmicrohttpd -lpthread
SDK_LINK_belay-curl := -lcurl
SDK_LINK_belay-crypto := -lcrypto
SDK_LINK_belay-conformance := -lcurl -lpthread
SDK_USES_belay-conformance := belay-crypto
SHARED_LIBRARIES := $(patsubst %,$(SHARED)/lib%.so.$(SO),$(SDK_LIBRARIES))

$(SHARED)/participant-sdk/postgres/%: SDK_FLAGS += $(SDK_POSTGRES_FLAGS)
$(SHARED)/participant-sdk/%.o: participant-sdk/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -fPIC -fvisibility=hidden $(SDK_FLAGS) -include $(<D)/public.inc -MMD -MP -c $< -o $@

define shared_library
$(SHARED)/lib$(1).so.$(SO): $(patsubst %.c,$(SHARED)/%.o,$(filter-out %/main.c,$(wildcard $(call sdk_folder,$(1))/*.c))) \
        $(patsubst %,$(SHARED)/lib%.so.$(SO),$(if $(filter belay,$(1)),,belay) $(SDK_USES_$(1))) | participant-sdk/libbelay.map
	$$(Q)$$(CC) -shared -Wl,-z,defs,-z,relro,-z,now -Wl,-soname,$$(@F) \
	  -Wl,--version-script=participant-sdk/libbelay.map $$^ $(SDK_LINK_$(1)) -o $$@
endef
$(foreach library,$(SDK_LIBRARIES),$(eval $(call shared_library,$(library))))

shared: $(SHARED_LIBRARIES) ## build the SDK's shared libraries

man: $(PROGRAMS) $(SDK_PROGRAMS) ## write the manual pages of the programs, from what their --help says
	scripts/man $(BUILD) $(VERSION) $(BUILD)/man/man1

docs: ## write the SDK's manual pages and HTML, from the comments of its headers
	scripts/docs $(VERSION) $(BUILD)

# Where what is installed goes; DESTDIR is put before it while packaging.
bindir := $(DESTDIR)$(PREFIX)/bin
libdir := $(DESTDIR)$(PREFIX)/lib
docdir := $(DESTDIR)$(PREFIX)/share/doc/belay
mandir := $(DESTDIR)$(PREFIX)/share/man
INSTALLED_SAGAS := $(sort $(patsubst %/,%,$(dir $(SAGA_SRC))))
INSTALLED_PROGRAMS := $(PROGRAMS) $(filter %/belay-conformance,$(SDK_PROGRAMS))

# The SDK's manual needs doxygen; without it everything else is installed.
install: all shared man $(if $(shell command -v doxygen),docs) ## install below DESTDIR and PREFIX: programs, libraries, headers, manual, example sagas
	install -d $(bindir) $(libdir)/pkgconfig $(libdir)/cmake/belay $(mandir)/man1 $(DESTDIR)$(PREFIX)/include/belay
	install $(INSTALLED_PROGRAMS) $(bindir)
	install -m 644 $(patsubst %,$(BUILD)/lib%.a,$(SDK_LIBRARIES)) $(libdir)
	install -m 644 participant-sdk/include/belay/*.h $(DESTDIR)$(PREFIX)/include/belay
	for library in $(SDK_LIBRARIES); do \
	  install -m 644 $(SHARED)/lib$$library.so.$(SO) $(libdir)/lib$$library.so.$(VERSION) && \
	  ln -sf lib$$library.so.$(VERSION) $(libdir)/lib$$library.so.$(SO) && \
	  ln -sf lib$$library.so.$(SO) $(libdir)/lib$$library.so && \
	  sed 's/@VERSION@/$(VERSION)/' participant-sdk/pkgconfig/$$library.pc.in \
	    > $(libdir)/pkgconfig/$$library.pc || exit 1; done
	for file in belayConfig belayConfigVersion; do sed 's/@VERSION@/$(VERSION)/' \
	  participant-sdk/cmake/$$file.cmake.in > $(libdir)/cmake/belay/$$file.cmake || exit 1; done
	install -m 644 $(BUILD)/man/man1/*.1 $(mandir)/man1
	if [ -d $(BUILD)/man/man3 ]; then \
	  install -d $(mandir)/man3 $(docdir)/html && \
	  install -m 644 $(BUILD)/man/man3/*.3 $(mandir)/man3 && \
	  install -m 644 $$(find $(BUILD)/html -maxdepth 1 -type f) $(docdir)/html; fi
	install -d $(addprefix $(libdir)/belay/,$(INSTALLED_SAGAS))
	install -m 644 sagas/participants.json sagas/README.md $(libdir)/belay/sagas
	for saga in $(INSTALLED_SAGAS); do install -m 644 $$saga/*.json $$saga/README.md $(libdir)/belay/$$saga || exit 1; done
	for program in $(patsubst $(BUILD)/%,%,$(SAGA_PROGRAMS)); do \
	  install $(BUILD)/$$program $(libdir)/belay/$$program || exit 1; done

check-api: ## the SDK as its users meet it: headers alone, symbols, out-of-tree builds, ABI
	scripts/check-api

.PHONY: shared man docs install check-api
