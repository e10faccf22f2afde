# shellcheck shell=bash disable=SC2154,SC2016 # variables of test-checks; backquotes of Markdown
# check-style: one violation per rule, and what comes close without being one. All in sagas/planted, a folder that
# breaks no rule before.

# uproot: takes back what was planted in these tests.
uproot() {
    rm -rf "$copy/sagas/planted" "$copy/sagas/planted2" "$copy/test/planted"
    cp -a "$original/sagas/planted" "$copy/sagas/planted"
}

# caught CASE REGEX: exactly one new finding, which matches; then uproots.
caught() {
    local found
    cases=$((cases + 1))
    found=$(new_findings check-style)
    if [ "$(grep -c . <<<"$found")" != 1 ] || ! grep -qE "$2" <<<"$found"; then
        fail "check-style: $1: expected one finding with '$2', found:" "$found"
    fi
    uproot
}

# passed CASE: no new finding; then uproots.
passed() {
    local found
    cases=$((cases + 1))
    found=$(new_findings check-style)
    if [ -n "$found" ]; then fail "check-style: $1: expected no finding, found:" "$found"; fi
    uproot
}

# In a repository new files count and ignored ones do not; elsewhere (all other tests) every file but build/.
test_files() {
    echo 'int x;  ' | plant build/ignored.c
    passed 'a file that was built'
    git init -q "$copy"
    echo 'int x;  ' | plant build/ignored.c
    passed 'a file that git ignores'
    echo 'int x; ' | plant sagas/planted/planted.c
    caught 'a file that git does not know yet' '^sagas/planted/planted.c:3: white space'
    rm -rf "$copy/.git" "$copy/build"
}

# times COUNT TEXT: the text so many times, each on a line.
times() {
    local i
    for ((i = 0; i < $1; i++)); do echo "$2"; done
}

test_sizes() {
    local c=sagas/planted/planted.c
    { printf 'int f(void)\n{\n' && times 68 '    f();' && echo '}'; } | plant "$c"
    passed 'a function of 70 lines'
    { printf 'static int long_one(int a,\n    int b)\n{\n' && times 69 '    f();' && echo '}'; } | plant "$c"
    caught 'a function of 71 lines' "^$c:5: long_one has 71 lines; 70 are allowed"
    echo 'int f(void) {' | plant "$c"
    caught 'a brace that hides a function' "^$c:3: the brace"
    times 498 'int x;' | plant "$c"
    passed 'a file of 500 lines'
    times 499 'int x;' | plant "$c"
    caught 'a file of 501 lines' "^$c:501: over 500 lines"
    printf '/* %0109d */\n' 0 | plant "$c"
    passed 'a line of 115 characters'
    printf '/* %0107d\303\244\303\244 */\n' 0 | plant "$c"
    passed 'a line of 115 characters that are more bytes'
    printf '/* %0110d */\n' 0 | plant "$c"
    caught 'a line of 116 characters' "^$c:3: 116 characters"
}

test_bans() {
    local c=sagas/planted/planted.c word
    for word in TO'DO' FIX'ME' X'XX' HA'CK'; do
        echo "/* $word: later */" | plant "$c"
        caught "$word" "^$c:3: a mark of unfinished work"
    done
    echo '/* mkdtemp takes a name that ends in XXXXXX */' | plant "$c"
    passed 'the template of a temporary name'
    printf 'unfinished, %s\n' TO'DO' | plant sagas/planted/README.md
    caught 'a mark in Markdown' '^sagas/planted/README.md:4: a mark'
    echo 'typedef struct planted planted;' | plant "$c"
    caught 'a typedef for a struct' "^$c:3: no typedef"
    echo 'typedef int planted_function(struct planted *planted);' | plant "$c"
    passed 'a typedef for a function'
    echo 'int x; ' | plant "$c"
    caught 'a space at the end' "^$c:3: white space"
    printf 'int x;\r\n' | plant "$c"
    caught 'a carriage return' "^$c:3: white space"
}

# header NAME GUARD DEFINED: plants sagas/planted/NAME, which planted.c includes and the map names.
header() {
    printf '/* Planted. */\n\n#ifndef %s\n#define %s\n#endif\n' "$2" "$3" | plant "sagas/planted/$1"
    echo "#include \"planted/$1\"" | plant sagas/planted/planted.c
    echo "\`$1\`" | plant sagas/planted/README.md
}

test_headers() {
    local h=sagas/planted/zz.h
    header zz.h BELAY_PLANTED_ZZ_H BELAY_PLANTED_ZZ_H
    passed 'a header as it should be'
    header zz.h ZZ_H ZZ_H
    caught 'a wrong guard' "^$h:3: the guard of this header is BELAY_PLANTED_ZZ_H"
    header zz.h BELAY_PLANTED_ZZ_H BELAY_PLANTED_Z_H
    caught 'a guard that guards nothing' "^$h:4: #define BELAY_PLANTED_ZZ_H"
    printf '/* Planted. */\n#ifndef BELAY_PLANTED_PLANTED_H\n#define BELAY_PLANTED_PLANTED_H\n#endif\n' |
        plant test/planted/planted.h
    printf '/* Planted. */\n#include "planted.h"\n' | plant test/planted/planted.c
    echo '`planted.h`' | plant test/planted/README.md
    caught 'a guard that another header has' 'has the same guard'
    printf '/* Planted. */\n#ifndef BELAY_PLANTED_ZZ_H\n#define BELAY_PLANTED_ZZ_H\n#endif\n' | plant "$h"
    echo '`zz.h`' | plant sagas/planted/README.md
    caught 'a header that nobody includes' "^$h:1: nobody includes"
    echo 'int x;' | plant sagas/planted/planted2.c
    echo '`planted2.c`' | plant sagas/planted/README.md
    caught 'a file without its opening comment' '^sagas/planted/planted2.c:1: a file starts with'
}

test_maps() {
    local readme=sagas/planted/README.md
    echo '/* Planted. */' | plant sagas/planted/expr_zz.c
    caught 'a source that the map does not name' "^$readme:1: the map does not name expr_zz.c"
    echo '/* Planted. */' | plant sagas/planted/expr_zz.c
    echo 'All of `*.c` is here.' | plant "$readme"
    caught 'a map that names anything' "^$readme:1: the map does not name expr_zz.c"
    echo '/* Planted. */' | plant sagas/planted/expr_zz.c
    echo '`expr*.c`: the expressions' | plant "$readme"
    passed 'a group in a map'
    echo '/* Planted. */' | plant sagas/planted2/one.c
    echo '/* Planted. */' | plant sagas/planted2/two.c
    caught 'a folder without a map' '^sagas/planted2/README.md:1: missing'
    echo 'See [that](no/such.md#part).' | plant "$readme"
    caught 'a link to nowhere' "^$readme:4: links to no/such.md, which does not exist"
    echo 'See [that](https://example.org/x) [it](#here) [root](/Makefile) [up](../../Makefile), `[x](y)`.' |
        plant "$readme"
    passed 'links that need no file, or have one'
}
