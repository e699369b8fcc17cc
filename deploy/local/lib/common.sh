# shellcheck shell=bash
#
# deploy/local/lib/common.sh - state folders, processes and ports for deploy/local/*.
#
# Sourced by up, down, status and kafka-topics; never run by itself. Knows no server: those stand
# in postgres.sh, kafka.sh, rabbitmq.sh and registry.sh, each with the same verbs:
#
#   NAME_start   prepares what is missing, then calls server_launch once
#   NAME_ready   true when the server answers its own protocol
#   NAME_after   what to do once it answers (may be empty)
#   NAME_env     prints its lines of the environment file
#   NAME_signal  the signal that stops it in an orderly way
#
# The state folder:
#
#   DIR/env          export lines for programs and tests, mode 0600
#   DIR/servers      one name a line: what `up` was asked for
#   DIR/ports        NAME PORT lines, kept from one `up` to the next
#   DIR/secret/      keys and passwords, 0700; the files 0400
#   DIR/home         a path: where the servers keep their files (RUN), usually DIR/run
#   RUN/NAME.pid     "PID START": the process and its start time in clock ticks since boot
#   RUN/NAME.log     what the server wrote
#   RUN/NAME/        its data
#
# Guarantees:
# (1) A signal goes only to a process whose PID and START both match what we wrote down, so a
#     process that was given a used number again is never touched.
# (2) A server runs as an ordinary user, in a session of its own, with an environment of its own.
# (3) All waiting is polling with a bound.

readonly LOCAL_NAME=${0##*/}
# shellcheck disable=SC2034  # used by who sources this
readonly ALL_SERVERS=(postgres kafka rabbitmq registry)
# shellcheck disable=SC2034
readonly USUAL_SERVERS=(postgres kafka rabbitmq) # of `up` without --with
readonly READY_WAIT_S=${SAWA_LOCAL_READY_WAIT_S:-90} # a cold, busy machine; usually 3 s
readonly STOP_WAIT_S=${SAWA_LOCAL_STOP_WAIT_S:-30}   # then KILL
readonly SOCKET_PATH_MAX=70                          # a unix socket's path holds 107 bytes

say() { printf '%s: %s\n' "$LOCAL_NAME" "$*"; }

die() { # code message hint
    printf '%s: %s\nhint: %s\n' "$LOCAL_NAME" "$2" "$3" >&2
    exit "$1"
}

poll() { # seconds command...: true as soon as the command is, false when the time is over
    local deadline=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
    shift
    until "$@"; do
        [[ -z ${cancelled:-} ]] || return 1
        ((${EPOCHREALTIME/[.,]/} < deadline)) || return 1
        sleep 0.05
    done
}

[[ -r /proc/self/stat ]] || die 69 "/proc is not mounted" "mount -t proc proc /proc"

# ---- the state folder -------------------------------------------------------------------------

default_state() {
    local repository
    repository=$(cd "${BASH_SOURCE[0]%/*}/../../.." && pwd -P)
    printf '%s\n' "${SAWA_STATE:-$repository/.local-state}"
}

cache_folder() {
    if [[ -n ${SAWA_CACHE:-} ]]; then
        printf '%s\n' "$SAWA_CACHE"
    elif ((EUID == 0)); then
        printf '/var/cache/sawa\n' # the servers' user must be able to read it
    else
        printf '%s\n' "${XDG_CACHE_HOME:-$HOME/.cache}/sawa"
    fi
}

# A folder of the cache is complete or not there: a command fills one beside it, which is renamed
# then; one filler at a time. The command gets the name of what it fills.
cache_fill() { # folder words command...
    local folder=$1 words=$2 filled
    shift 2
    [[ ! -d $folder ]] || return 0
    mkdir -p "${folder%/*}"
    (
        umask 022
        exec 8>"$folder.lock"
        flock 8
        [[ ! -d $folder ]] || exit 0
        filled=$(mktemp -d "$folder.XXXXXX")
        chmod 0755 "$filled"
        say "$words"
        if ! ("$@" "$filled"); then
            rm -rf "$filled"
            exit 1
        fi
        mv "$filled" "$folder"
    )
}

server_user() {
    if ((EUID == 0)); then printf '%s\n' "${SAWA_LOCAL_USER:-postgres}"; else id -un; fi
}

as_server() { # command...: as the ordinary user, replacing nothing (2)
    if ((EUID == 0)); then
        setpriv --reuid="$SERVER_USER" --regid="$SERVER_GROUP" --init-groups "$@"
    else
        "$@"
    fi
}

open_state() { # dir: an existing one, or fail
    [[ -f $1/home ]] || return 1
    STATE=$(cd "$1" && pwd -P)
    RUN=$(<"$STATE/home")
    SERVER_USER=$(server_user)
    SERVER_GROUP=$(id -gn "$SERVER_USER")
}

# RUN is DIR/run, unless the server user cannot get there or the path is too long for a socket.
choose_run() {
    local run=$STATE/run
    install -d -m 0700 -o "$SERVER_USER" -g "$SERVER_GROUP" "$run"
    if ((${#run} > SOCKET_PATH_MAX)) || ! as_server test -x "$run"; then
        rmdir "$run"
        run=$(mktemp -d /var/tmp/sawa-local.XXXXXX)
        chown "$SERVER_USER:$SERVER_GROUP" "$run"
    fi
    RUN=$run
    printf '%s\n' "$run" >"$STATE/home"
}

make_state() { # dir
    mkdir -p "$1/secret"
    STATE=$(cd "$1" && pwd -P)
    SERVER_USER=$(server_user)
    SERVER_GROUP=$(id -gn "$SERVER_USER") ||
        die 69 "no user $SERVER_USER to run the servers as" \
            "run deploy/packages, or set SAWA_LOCAL_USER"
    chmod go+x "$STATE"
    chmod 0700 "$STATE/secret"
    [[ -s $STATE/home && -d $(<"$STATE/home") ]] || choose_run
    RUN=$(<"$STATE/home")
    touch "$STATE/servers" "$STATE/ports"
}

lock_state() { # one up or down at a time per state folder
    exec {lock_fd}>"$STATE/lock"
    flock -w "$READY_WAIT_S" "$lock_fd" || die 75 "another up or down works on $STATE" "wait for it"
}

random_hex() { od -An -v -tx1 -N "$1" /dev/urandom | tr -d ' \n'; }

secret() { # name bytes: makes DIR/secret/NAME of random hex once
    local path=$STATE/secret/$1
    [[ -s $path ]] || (umask 0377 && random_hex "$2" >"$path.new" && mv "$path.new" "$path")
}

# ---- ports ------------------------------------------------------------------------------------

# Listening or connected local ports of the machine, in hexadecimal, four digits.
ports_in_use() {
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        awk '$2 ~ /:/ { n = split($2, part, ":"); print part[n] }'
}

port_free() { ! ports_in_use | grep -qix "$(printf '%04X' "$1")"; }

# What connections of a killed server have left behind (TIME_WAIT, or a client that has not noticed)
# keeps nobody from listening there again.
port_listened() {
    awk '$2 ~ /:/ && $4 == "0A" { n = split($2, part, ":"); print part[n] }' \
        /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -qix "$(printf '%04X' "$1")"
}

# Two `up` at once must not choose the same number before either listens: a claim is a file made
# with O_EXCL that names the claiming process; the claim of a dead process counts for nothing.
claim_port() { # port
    local folder=${TMPDIR:-/tmp}/sawa-ports-$EUID owner
    mkdir -p "$folder"
    if owner=$(cat "$folder/$1" 2>/dev/null); then
        if [[ $owner == "$$ "* ]]; then return 0; fi
        # shellcheck disable=SC2086  # PID START
        if alive $owner; then return 1; fi
        rm -f "$folder/$1"
    fi
    (set -o noclobber && printf '%s %s\n' $$ "$(start_of $$)" >"$folder/$1") 2>/dev/null
}

release_ports() {
    local folder=${TMPDIR:-/tmp}/sawa-ports-$EUID name port
    while read -r name port; do
        if [[ $(cat "$folder/$port" 2>/dev/null) == "$$ "* ]]; then rm -f "$folder/$port"; fi
    done <"$STATE/ports"
}

port_usable() { # port, the one of last time
    if [[ $1 == "${2:-}" ]]; then ! port_listened "$1"; else port_free "$1"; fi
}

port_of() { awk -v name="$1" '$1 == name { print $2 }' "$STATE/ports"; }

# Keeps the number of last time when it is free, so that clients find a restarted server again.
choose_port() { # name
    local port kept
    kept=$(port_of "$1")
    for port in $kept $(shuf -i 20000-32000 -n 50); do # below the ephemeral ports
        if port_usable "$port" "$kept" && claim_port "$port"; then break; fi
        port=''
    done
    [[ -n ${port:-} ]] || die 69 "no free port found for $1" "see: ss -ltn"
    sed -i "/^$1 /d" "$STATE/ports"
    printf '%s %s\n' "$1" "$port" >>"$STATE/ports"
}

# ---- processes --------------------------------------------------------------------------------

# Start time of a process in clock ticks since boot; empty when it is gone. The name in the second
# field may hold spaces and brackets: cut at the last one. A zombie with other threads is still
# dying, and still has its ports.
start_of() { # pid
    local stat
    read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
    # shellcheck disable=SC2086
    set -- ${stat##*) }
    if [[ $1 != Z ]] || ((${18} > 1)); then printf '%s\n' "${20}"; fi
}

alive() { # pid start (1)
    [[ -n ${2:-} && $(start_of "$1") == "$2" ]]
}

server_alive() { # name
    local pid start
    read -r pid start 2>/dev/null <"$RUN/$1.pid" && alive "$pid" "$start"
}

# A server that kept our lock, or a pipe of our caller, would hold both for ever.
close_inherited() {
    local fd
    for fd in /proc/self/fd/*; do
        fd=${fd##*/}
        if ((fd > 2)); then eval "exec $fd>&-"; fi
    done
}

# Starts a command in its own session and writes its pidfile. The command must stay in front.
server_launch() { # name command...
    local name=$1 pid
    shift
    (
        cd "$RUN" || exit 1
        close_inherited
        exec setsid env -i HOME="$RUN/$name" PATH=/usr/bin:/bin:/usr/sbin:/sbin \
            LANG=C.UTF-8 TZ=UTC "$@" </dev/null >>"$RUN/$name.log" 2>&1
    ) &
    pid=$!
    printf '%s %s\n' "$pid" "$(start_of "$pid")" >"$RUN/$name.pid"
}

privileges() { # the words in front of a launched command that make it an ordinary user's (2)
    if ((EUID == 0)); then
        printf '%s\n' setpriv --reuid="$SERVER_USER" --regid="$SERVER_GROUP" --init-groups --
    fi
}

# A server and everything below it, as "PID START" lines, the server first.
family_of() { # pid
    local children child
    printf '%s %s\n' "$1" "$(start_of "$1")"
    children=$(cat "/proc/$1/task/"*/children 2>/dev/null || true)
    for child in $children; do family_of "$child"; done
}

family_gone() { # "PID START" lines
    local pid start
    while read -r pid start; do
        if alive "$pid" "$start"; then return 1; fi
    done <<<"$1"
}

signal_family() { # signal, "PID START" lines
    local pid start
    while read -r pid start; do
        if alive "$pid" "$start"; then kill "-$1" "$pid" 2>/dev/null || true; fi # (1)
    done <<<"$2"
}

# Asks, waits, then kills; true when nothing of the server is left.
server_stop() { # name [KILL]: with KILL as a crash would, all of it at once
    local name=$1 pid start family
    if server_alive "$name"; then
        read -r pid start <"$RUN/$name.pid"
        family=$(family_of "$pid")
        if [[ ${2:-} == KILL ]]; then
            signal_family KILL "$family"
        else
            signal_family "$("${name}_signal")" "$pid $start"
        fi
        if ! poll "$STOP_WAIT_S" family_gone "$family"; then
            say "$name did not stop in $STOP_WAIT_S s: killed"
            signal_family KILL "$family"
            poll 5 family_gone "$family" || return 1
        fi
    fi
    rm -f "$RUN/$name.pid"
}
