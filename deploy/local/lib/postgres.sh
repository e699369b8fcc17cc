# shellcheck shell=bash
#
# deploy/local/lib/postgres.sh - a private PostgreSQL cluster.
#
# Own data folder, own socket folder (0700, so `trust` there means "this user or root"), own port
# on the loopback with a password. Durable: fsync and synchronous_commit stay on. Its log carries
# no row of anybody: terse errors, no statements.

postgres_bin() {
    local folder
    folder=${SAWA_PG_BIN:-$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null |
        sort -V | tail -n 1)}
    [[ -x $folder/postgres ]] ||
        die 69 "no PostgreSQL server found" "run deploy/packages, or set SAWA_PG_BIN"
    printf '%s\n' "$folder"
}

postgres_initdb() { # bin
    [[ ! -f $RUN/postgres/data/PG_VERSION ]] || return 0
    install -d -m 0700 -o "$SERVER_USER" -g "$SERVER_GROUP" "$RUN/postgres" "$RUN/postgres/socket"
    rm -rf "$RUN/postgres/data"
    as_server "$1/initdb" -D "$RUN/postgres/data" -U postgres -E UTF8 --locale=C.UTF-8 \
        --auth-local=trust --auth-host=scram-sha-256 >"$RUN/postgres.initdb.log" 2>&1
    printf "include_if_exists = '%s'\n" "$RUN/postgres/local.conf" "$RUN/postgres/extra.conf" \
        >>"$RUN/postgres/data/postgresql.conf"
}

# wal_compression knows lz4 from 15 on, where the build has it; `on` is right everywhere.
postgres_conf() { # bin
    local compression=on
    if grep -qa LZ4_compress_default "$1/postgres"; then compression=lz4; fi
    cat <<CONF
listen_addresses = '127.0.0.1'
port = $(port_of postgres)
unix_socket_directories = '$RUN/postgres/socket'
max_connections = 60
fsync = on
synchronous_commit = on
shared_buffers = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
wal_compression = $compression
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_error_verbosity = terse
log_min_error_statement = panic
log_line_prefix = '%m [%p] %a '
cluster_name = 'sawa-local'
CONF
}

# A killed postmaster may stay a zombie where process 1 reaps late or never, and PostgreSQL takes it
# for a living one. Its number is replaced by one that no process can have; the files stay, because
# the first also names the shared memory by which PostgreSQL notices backends left behind.
postgres_forget_zombie() {
    local lock pid
    for lock in "$RUN/postgres/data/postmaster.pid" "$RUN"/postgres/socket/.s.PGSQL.*.lock; do
        [[ -f $lock ]] || continue
        read -r pid <"$lock"
        [[ -n $(start_of "$pid") ]] || as_server sed -i '1s/.*/99999999/' "$lock"
    done
}

postgres_start() {
    local bin launch
    bin=$(postgres_bin) || return 1
    mapfile -t launch < <(privileges)
    postgres_initdb "$bin" || return 1
    postgres_conf "$bin" >"$RUN/postgres/local.conf"
    printf '%s\n' "${PG_SETTINGS[@]}" >>"$RUN/postgres/extra.conf"
    postgres_forget_zombie
    server_launch postgres "${launch[@]}" "$bin/postgres" -D "$RUN/postgres/data"
}

postgres_sql() { # database: statements on standard input
    "$(postgres_bin)/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h "$RUN/postgres/socket" \
        -p "$(port_of postgres)" -U postgres -d "$1"
}

postgres_ready() {
    "$(postgres_bin)/pg_isready" -q -h "$RUN/postgres/socket" \
    -p "$(port_of postgres)" -U postgres -d postgres
}

postgres_after() {
    secret pg_password 24
    printf "ALTER ROLE postgres PASSWORD '%s';\n" "$(<"$STATE/secret/pg_password")" |
        postgres_sql postgres
    [[ -n $(postgres_sql postgres <<<"SELECT 1 FROM pg_database WHERE datname = 'sawa'") ]] ||
        postgres_sql postgres <<<'CREATE DATABASE sawa'
}

postgres_env() {
    local socket=$RUN/postgres/socket port
    port=$(port_of postgres)
    export_line PGHOST "$socket"
    export_line PGPORT "$port"
    export_line PGUSER postgres
    export_line PGDATABASE sawa
    export_line SAWA_DATABASE_DSN "host=$socket port=$port user=postgres dbname=sawa"
    export_line SAWA_PG_PASSWORD_FILE "$STATE/secret/pg_password"
}

postgres_signal() { printf 'INT\n'; } # "fast": TERM would wait for the clients
