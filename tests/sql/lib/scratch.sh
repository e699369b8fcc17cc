# shellcheck shell=bash
#
# tests/sql/lib/scratch.sh - scratch databases on the server of the PG* environment, and TAP lines.
#
# Sourced by run and the tests beside it. Databases it made are dropped when the script
# ends, however it ends.

# shellcheck disable=SC2034  # used by who sources this
repository=$(cd "${BASH_SOURCE[0]%/*}/../../.." && pwd -P)
readonly repository
# shellcheck disable=SC2034
readonly SCHEMA=$repository/deploy/schema SQL=$repository/schemas/postgres
scratch_made=()

scratch_drop() {
    local name
    for name in "${scratch_made[@]}"; do dropdb --force --if-exists "$name" || true; done
}
trap scratch_drop EXIT
trap 'exit 130' INT TERM

scratch_make() { # word: an empty database, from now on PGDATABASE
    local name="sawa_test_${1}_$$"
    createdb "$name" || exit 69
    scratch_made+=("$name")
    export PGDATABASE=$name
}

sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }

# shellcheck disable=SC2034
failed=0
ok() { # description command...: true is ok; what the command said is shown when it is not
    local description=$1 said
    shift
    if said=$("$@" 2>&1); then
        printf 'ok - %s\n' "$description"
    else
        printf 'not ok - %s\n' "$description"
        printf '# %s\n' "${said//$'\n'/$'\n# '}"
        failed=1
    fi
}

is() { # description have want
    if [[ $2 == "$3" ]]; then
        printf 'ok - %s\n' "$1"
    else
        printf 'not ok - %s\n#   have: %s\n#   want: %s\n' "$1" "${2//$'\n'/ | }" "${3//$'\n'/ | }"
        failed=1
    fi
}

has() { # description text part
    if [[ $2 == *"$3"* ]]; then
        printf 'ok - %s\n' "$1"
    else
        printf 'not ok - %s\n#   have: %s\n#   want in it: %s\n' "$1" "${2//$'\n'/ | }" "$3"
        failed=1
    fi
}
