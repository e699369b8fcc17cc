# shellcheck shell=bash
#
# deploy/local/lib/rabbitmq.sh - a private RabbitMQ node with an epmd of its own.
#
# epmd is started first, by us, in front and on the loopback: the Erlang VM would otherwise start
# one that belongs to nobody and stays behind.

rabbitmq_start() {
    local launch home=$RUN/rabbitmq
    mapfile -t launch < <(privileges)
    [[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ]] ||
        die 69 "no RabbitMQ found" "run deploy/packages, or use --without rabbitmq"
    install -d -m 0700 -o "$SERVER_USER" -g "$SERVER_GROUP" "$home"
    server_alive epmd || server_launch epmd "${launch[@]}" epmd -address 127.0.0.1 \
        -port "$(port_of rabbitmq-epmd)"
    poll "$READY_WAIT_S" port_taken "$(port_of rabbitmq-epmd)" || return 1
    secret amqp_password 24
    rabbitmq_conf >"$home/rabbitmq.conf"
    printf '[].\n' >"$home/enabled_plugins"
    chown "$SERVER_USER" "$home/rabbitmq.conf" "$home/enabled_plugins"
    rabbitmq_launch "$home" "${launch[@]}"
}

# The user is made when the node is born; a later `up` finds the same password in DIR/secret.
rabbitmq_conf() {
    cat <<CONF
listeners.tcp.1 = 127.0.0.1:$(port_of rabbitmq)
default_user = sawa
default_pass = $(<"$STATE/secret/amqp_password")
loopback_users = none
disk_free_limit.absolute = 64MB
vm_memory_high_watermark.absolute = 512MB
log.file.level = warning
CONF
}

# RUNNING_UNDER_SYSTEMD makes the script become the VM instead of watching over it, so the pidfile
# names the server itself and one TERM stops it in order.
rabbitmq_launch() { # home launch-words...
    local home=$1
    shift
    server_launch rabbitmq RUNNING_UNDER_SYSTEMD=1 \
        ERL_EPMD_PORT="$(port_of rabbitmq-epmd)" ERL_EPMD_ADDRESS=127.0.0.1 \
        RABBITMQ_NODENAME="sawa$(port_of rabbitmq)@localhost" \
        RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$(port_of rabbitmq)" \
        RABBITMQ_DIST_PORT="$(port_of rabbitmq-dist)" \
        RABBITMQ_MNESIA_BASE="$home/mnesia" RABBITMQ_LOG_BASE="$home/log" \
        RABBITMQ_PID_FILE="$home/node.pid" RABBITMQ_CONFIG_FILE="$home/rabbitmq.conf" \
        RABBITMQ_ENABLED_PLUGINS_FILE="$home/enabled_plugins" \
        RABBITMQ_CONF_ENV_FILE=/dev/null \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}' \
        "$@" /usr/lib/rabbitmq/bin/rabbitmq-server
}

port_taken() { ! port_free "$1"; }

# The protocol header; a broker that takes connections answers Connection.Start: a method frame on
# channel 0.
rabbitmq_ready() {
    local answer
    answer=$(
        exec 2>/dev/null
        exec 7<>"/dev/tcp/127.0.0.1/$(port_of rabbitmq)" || exit 1
        printf 'AMQP\0\0\011\01' >&7
        timeout 1 head -c 3 <&7 | od -An -v -tx1 | tr -d ' \n'
    ) || return 1
    [[ $answer == 010000 ]]
}

rabbitmq_after() { :; }

rabbitmq_env() {
    export_line SAWA_AMQP_URL \
        "amqp://sawa:$(<"$STATE/secret/amqp_password")@127.0.0.1:$(port_of rabbitmq)/%2f"
}

rabbitmq_signal() { printf 'TERM\n'; }

epmd_signal() { printf 'TERM\n'; }
