# shellcheck shell=bash disable=SC2154 # variables of test-checks
# check-purity: a core of one planted file, compiled as the Makefile does.

planted_object=build/release/coordinator/core/planted.o

# purity CASE REGEX: compiles the planted core, as the Makefile does; REGEX as in caught, '' = passed.
purity() {
    local found output
    cases=$((cases + 1))
    if ! output=$(env -u MAKEFLAGS make -s -C "$copy" MODE=release "$planted_object" 2>&1); then
        fail "check-purity: $1: did not compile" "$output"
    fi
    found=$(new_findings check-purity "$copy/build/release")
    if [ -z "$2" ] && [ -n "$found" ]; then
        fail "check-purity: $1: expected no finding, found:" "$found"
    fi
    if [ -n "$2" ] && ! grep -qE "$2" <<<"$found"; then
        fail "check-purity: $1: expected '$2', found:" "$found"
    fi
    rm "$copy/coordinator/core/planted.c"
}

# core: makes standard input the only source of the core.
core() {
    { echo '/* Planted. */' && echo 'long planted(long i);' && cat; } >"$copy/coordinator/core/planted.c"
}

test_purity() {
    find "$copy/coordinator/core" -name '*.c' -delete
    core <<<'long planted(long i) { static const char *const w[] = {"a", "b"}; return (long)strlen(w[i]); }'
    purity 'constants and string functions' ''
    core <<<'static long x; long planted(long i) { x += i; return x; }'
    purity 'a variable' 'planted.o: holds variables: \.bss '
    core <<<'static long x = 7; long planted(long i) { x += i; return x; }'
    purity 'a variable with a value' 'planted.o: holds variables: \.data '
    core <<<'static _Thread_local long x; long planted(long i) { x += i; return x; }'
    purity 'a variable of the thread' 'planted.o: holds variables: \.tbss '
    core <<<'static const char *w[] = {"a", "b"}; long planted(long i) { w[i] = "c"; return (long)w[!i][0]; }'
    purity 'a table that is not constant' 'planted.o: holds variables: \.data\.rel'
    core <<<'long planted(long i) { return i + time(NULL); }'
    purity 'a clock' 'planted.o: needs time; allowed'
    core <<<'long planted(long i) { return malloc((size_t)i) != NULL; }'
    purity 'memory' 'planted.o: needs malloc; allowed'
    core <<<'long planted(long i) { return i; }'
    cases=$((cases + 1))
    rm -f "$copy/$planted_object"
    if ! new_findings check-purity "$copy/build/release" | grep -q 'planted.o: missing or older'; then
        fail 'check-purity: an object that was not built'
    fi
    replant
}
