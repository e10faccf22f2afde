# shellcheck shell=bash disable=SC2154 # variables of test-checks
# check-layers: what each folder may include ("may") and may not ("not"), one line per arrow. All are planted, each
# behind the last in its file, and then one run must find exactly the lines that it should.

test_layers() {
    local verb file header line rows=() found
    plant coordinator/cli/the_first.c <<<'#include <curl/curl.h>'
    while read -r verb file header; do
        plant "$file" <<<"#include $header"
        rows+=("$verb $file:$(wc -l <"$copy/$file"): $header")
    done <<'END'
not coordinator/base/x.c          "core/core.h"
may coordinator/core/x.c          "base/limits.h"
may coordinator/core/x.c          "core/core.h"
not coordinator/core/x.c          "base/buf.h"
not coordinator/core/x.c          <base/buf.h>
not coordinator/core/x.c          "definition/definition.h"
may coordinator/definition/x.c    "core/plan.h"
not coordinator/definition/x.c    "ports/store.h"
not coordinator/definition/x.c    "engine/engine.h"
may coordinator/ports/x.c         "base/error.h"
not coordinator/ports/x.c         "core/fact.h"
may coordinator/engine/x.c        "ports/store.h"
may coordinator/engine/x.c        "belay/protocol.h"
not coordinator/engine/x.c        "belay/barrier.h"
not coordinator/engine/x.c        "api/exchange.h"
not coordinator/engine/x.c        "adapters/system.h"
may coordinator/api/x.c           "engine/engine.h"
not coordinator/api/x.c           "adapters/server_mhd.h"
may coordinator/adapters/x.c      "ports/store.h"
not coordinator/adapters/x.c      "core/core.h"
not coordinator/adapters/x.c      "engine/engine.h"
not coordinator/adapters/x.c      "api/exchange.h"
may coordinator/adapters/server_x.c "api/exchange.h"
not coordinator/adapters/server_x.c "engine/engine.h"
may coordinator/cli/x.c           "definition/definition.h"
not coordinator/cli/x.c           "engine/engine.h"
may coordinator/main.c            "adapters/system.h"
may coordinator/main.c            "engine/engine.h"
not coordinator/elsewhere/x.c     "base/buf.h"
may participant-sdk/src/x.c       "belay/protocol.h"
not participant-sdk/src/x.c       "base/mem.h"
not participant-sdk/include/belay/x.h "coordinator/base/mem.h"
may sagas/planted/planted.c       "belay/protocol.h"
not sagas/planted/planted.c       "base/mem.h"
not sagas/planted/planted.c       "../planted/planted.h"
not coordinator/engine/x.c        "no_such.h"
not coordinator/engine/x.c        A_MACRO
may test/unit/x.c                 "adapters/system.h"
not coordinator/engine/x.c        <sqlite3.h>
not coordinator/engine/x.c        "sqlite3.h"
may coordinator/adapters/store_sqlite_x.c <sqlite3.h>
not participant-sdk/src/x.c       <sqlite3.h>
may participant-sdk/sqlite/x.c    <sqlite3.h>
not coordinator/engine/x.c        <curl/curl.h>
not coordinator/api/x.c           <curl/multi.h>
may coordinator/adapters/caller_curl_x.c <curl/curl.h>
not coordinator/api/x.c           <microhttpd.h>
not coordinator/adapters/server_mhd_x.c <microhttpd.h>
not participant-sdk/src/x.c       <microhttpd.h>
may participant-sdk/serve/x.c     <microhttpd.h>
not coordinator/core/x.c          <jansson.h>
not coordinator/engine/x.c        <jansson.h>
may coordinator/engine/payload_x.c <jansson.h>
may coordinator/definition/x.c    <jansson.h>
not coordinator/api/x.c           <pthread.h>
not coordinator/core/x.c          <pthread.h>
may coordinator/engine/inbox_x.c  <pthread.h>
may coordinator/engine/x.c        <stdio.h>
not coordinator/cli/zz.c          <curl/curl.h>
END
    found=$(new_findings check-layers)
    while read -r verb line header; do
        cases=$((cases + 1))
        if [ "$verb" = not ] && ! grep -q "^${line}.*; allowed" <<<"$found"; then
            fail "check-layers: $line includes $header: not found"
        elif [ "$verb" = may ] && grep -q "^$line" <<<"$found"; then
            fail "check-layers: $line includes $header: found, but allowed"
        fi
    done < <(printf '%s\n' "${rows[@]}")
    replant
}
