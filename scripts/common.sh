# shellcheck shell=bash
# What the checks share: which files there are, and how a check ends. Sourced by them.
# shellcheck disable=SC2034 # the variables are for them

shopt -s inherit_errexit # a check that breaks must not look like a check that found nothing
export LC_ALL=C          # the same bytes, order and speed everywhere

# Where an #include is looked for, after the folder of the file that includes; as in the Makefile.
include_roots=(coordinator participant-sdk/include sagas test)

# enter ROOT: goes there and lists its files. In a repository: the tracked and the new ones, not the ignored.
# Elsewhere (an unpacked archive): all but build/.
enter() {
    cd "$1" || exit 2
    local name
    all_files=()
    while read -r name; do
        if [ -f "$name" ]; then all_files+=("$name"); fi
    done < <(if ! git ls-files -co --exclude-standard 2>/dev/null; then
        find . -type f -not -path './build/*' -not -path './.git/*' | sed 's|^\./||'
    fi | sort -u)
    if ! files '\.[ch]$' | grep -q .; then
        echo "$0: no C sources under $PWD" >&2
        exit 2
    fi
}

# files REGEX: the files whose path matches, one a line.
files() {
    printf '%s\n' "${all_files[@]}" | grep -E "$1" || true
}

# verdict NAME FINDINGS: prints the findings (one a line) and ends the script; 1 when there are any.
verdict() {
    if [ -n "$2" ]; then
        printf '%s\n' "$2"
        echo "$1: $(printf '%s\n' "$2" | wc -l) finding(s)" >&2
        exit 1
    fi
    echo "$1: ok"
}
