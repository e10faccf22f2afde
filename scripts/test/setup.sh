# shellcheck shell=bash disable=SC2154,SC2016 # variables of test-checks; dollars that are planted
# setup among fake programs, and .ci/run beside a toy project.

# fake NAME: a program of that name, standard input its text, in front of the real one in test_setup.
fake() {
    { echo '#!/bin/bash' && cat; } >"$temp/bin/$1"
    chmod +x "$temp/bin/$1"
}

# setup_says CASE STATUS REGEX ARGUMENT...: runs scripts/setup among the fakes.
setup_says() {
    local case=$1 status=$2 regex=$3 said=0 output
    shift 3
    cases=$((cases + 1))
    output=$(PATH="$temp/bin:$PATH" OS_RELEASE="$temp/os-release" "$scripts/setup" "$@" 2>&1) || said=$?
    if [ "$said" != "$status" ] || ! grep -qE "$regex" <<<"$output"; then
        fail "setup: $case: expected exit $status and '$regex', found exit $said and:" "$output"
    fi
}

test_setup() {
    mkdir -p "$temp/bin"
    printf 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n' >"$temp/os-release"
    fake id <<<'echo 0'
    fake apt-get <<<'echo "called: apt-get $*"'
    fake dpkg-query <<<'printf "%s installed\n" "${@:4}"'
    setup_says 'all is there' 0 '^setup: all [0-9]+ packages are installed$'
    fake dpkg-query <<<'printf "%s installed\n" "${@:4}" | sed "s/valgrind.*/valgrind config-files/"; exit 1'
    setup_says 'one is missing' 0 '^called: apt-get install .* --no-install-recommends valgrind$'
    setup_says 'only for building' 0 '^setup: all [0-9]+ packages are installed$' --build
    fake apt-get <<<'exit 100'
    setup_says 'no network' 100 '^setup: missing, installing: valgrind$'
    fake id <<<'echo 1000'
    fake sudo <<<'echo "as root: $*"'
    setup_says 'through sudo' 0 '^as root: .*apt-get install .*valgrind$'
    setup_says 'an unknown option' 2 '^usage: ' --everything
    printf 'ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04 LTS"\n' >"$temp/os-release"
    setup_says 'another distribution' 1 '^setup: this is Ubuntu 24.04 LTS'
}

# ci_says CASE STATUS REGEX: runs a copy of .ci/run beside a toy project.
ci_says() {
    local said=0 output
    cases=$((cases + 1))
    output=$(bash "$temp/ci/.ci/run" <&- 2>&1) || said=$?
    if [ "$said" != "$2" ] || ! grep -qE "$3" <<<"$output"; then
        fail ".ci/run: $1: expected exit $2 and '$3', found exit $said and:" "$output"
    fi
}

test_ci() {
    mkdir -p "$temp/ci/.ci" "$temp/ci/scripts"
    cp "$scripts/../.ci/run" "$temp/ci/.ci/run"
    printf '#!/bin/sh\necho set up\n' >"$temp/ci/scripts/setup"
    chmod +x "$temp/ci/scripts/setup"
    printf 'test:\n\t@echo tested\n' >"$temp/ci/Makefile"
    printf 'Run it:\n\n    make\n' >"$temp/ci/README.md"
    ci_says 'a README that says something else' 1 'README.md does not say'
    printf '```sh\nscripts/setup && make test\n```\n' >"$temp/ci/README.md"
    ci_says 'a project that passes' 0 '^tested$'
    printf 'test:\n\tfalse\n' >"$temp/ci/Makefile"
    ci_says 'a project that fails' 2 '^\+ scripts/setup && make test$'
}
