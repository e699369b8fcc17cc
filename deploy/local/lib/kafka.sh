# shellcheck shell=bash
#
# deploy/local/lib/kafka.sh - a private single-node Kafka in KRaft mode.
#
# No Debian package exists, so the JARs come through Maven by the pinned pom.xml, once per version
# of that file, into a cache folder that all state folders share.

readonly KAFKA_POM=${BASH_SOURCE[0]%/*}/../kafka/pom.xml
readonly KAFKA_PLAIN=org.apache.kafka.common.security.plain.PlainLoginModule

kafka_libs() {
    local digest
    digest=$(sha256sum "$KAFKA_POM")
    printf '%s/kafka-%s\n' "$(cache_folder)" "${digest:0:12}"
}

kafka_copy() { # folder: fills it
    local log
    log=$(kafka_libs).log
    if ! mvn -q -B -C -f "$KAFKA_POM" dependency:copy-dependencies -DoutputDirectory="$1" \
        >"$log" 2>&1; then
        grep -m 3 ERROR "$log" >&2 || true
        die 1 "kafka: Maven could not fetch the JARs" "its log is $log"
    fi
}

kafka_fetch() {
    cache_fill "$(kafka_libs)" "kafka: fetching its JARs through Maven (once, 54 MB)" kafka_copy
}

# Records are kept for ever: tests and the demo send events of past days with their own times, and
# half a minute after its start the broker would begin to delete those older than a week. The second
# listener wants user sawa with the password of DIR/secret/kafka_password as it is at the start. By
# PLAIN, because Kafka 4 refuses the SCRAM of librdkafka before 2.6.1, as Debian 12 has it.
kafka_properties() {
    local broker sasl controller password protocols
    password=$(<"$STATE/secret/kafka_password")
    broker=127.0.0.1:$(port_of kafka)
    sasl=127.0.0.1:$(port_of kafka-sasl)
    controller=127.0.0.1:$(port_of kafka-controller)
    protocols=PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
    cat <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@$controller
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://$broker,SASL_PLAINTEXT://$sasl,CONTROLLER://$controller
advertised.listeners=PLAINTEXT://$broker,SASL_PLAINTEXT://$sasl
listener.security.protocol.map=$protocols
sasl.enabled.mechanisms=PLAIN
listener.name.sasl_plaintext.plain.sasl.jaas.config=$KAFKA_PLAIN required user_sawa="$password";
log.dirs=$RUN/kafka/data
auto.create.topics.enable=false
log.retention.ms=-1
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=500
num.network.threads=2
num.io.threads=2
log.cleaner.dedupe.buffer.size=4194304
PROPERTIES
    cat "$RUN/kafka/extra.properties" # the last of two lines counts
}

kafka_data() { sed -n 's/^log\.dirs=//p' "$RUN/kafka/server.properties" | tail -n 1; }

# 16 random bytes in base64url without padding. One that began with a dash would be read as an
# option, so Kafka itself makes none.
kafka_cluster_id() {
    local id
    id=$(head -c 16 /dev/urandom | base64 | tr '+/' '-_')
    id=${id:0:22}
    printf '%s\n' "${id/#-/A}"
}

kafka_format() { # launch words...
    local data
    data=$(kafka_data)
    [[ ! -f $data/meta.properties ]] || return 0
    install -d -m 0700 -o "$SERVER_USER" -g "$SERVER_GROUP" "$data"
    "$@" java -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
        -cp "$(kafka_libs)/*" kafka.tools.StorageTool format -t "$(kafka_cluster_id)" \
        -c "$RUN/kafka/server.properties" >"$RUN/kafka.format.log" 2>&1
}

kafka_start() {
    local launch
    mapfile -t launch < <(privileges)
    kafka_fetch || return 1
    "${launch[@]}" test -r "$(kafka_libs)" ||
        die 69 "user $SERVER_USER cannot read $(kafka_libs)" \
            "set SAWA_CACHE to a folder it can read"
    install -d -m 0700 -o "$SERVER_USER" -g "$SERVER_GROUP" "$RUN/kafka"
    secret kafka_password 24
    printf '%s\n' "${KAFKA_PROPERTIES[@]}" >>"$RUN/kafka/extra.properties"
    kafka_properties >"$RUN/kafka/server.properties"
    kafka_format "${launch[@]}" || return 1
    server_launch kafka "${launch[@]}" java -Xms128m -Xmx384m -XX:+UseSerialGC \
        -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Djava.io.tmpdir="$RUN/kafka" \
        -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$(kafka_libs)/*" \
        kafka.Kafka "$RUN/kafka/server.properties"
}

# A Metadata request, version 0, of all topics (size 14, key 3, version 0, correlation 1, no client
# id, no topics): ready when the answer (size, correlation, count) counts a broker.
kafka_ready() {
    local answer
    answer=$(
        exec 2>/dev/null
        exec 7<>"/dev/tcp/127.0.0.1/$(port_of kafka)" || exit 1
        printf '\0\0\0\016\0\03\0\0\0\0\0\01\377\377\0\0\0\0' >&7
        timeout 1 head -c 12 <&7 | od -An -v -tx1 | tr -d ' \n'
    ) || return 1
    [[ $answer =~ ^[0-9a-f]{8}00000001[0-9a-f]{7}[1-9a-f]$ ]]
}

kafka_after() { :; }

# Not SAWA_KAFKA_..: programs take those for properties of their client.
kafka_env() {
    export_line SAWA_KAFKA_BROKERS "127.0.0.1:$(port_of kafka)"
    export_line SAWA_SASL_BROKERS "127.0.0.1:$(port_of kafka-sasl)"
    export_line SAWA_SASL_PASSWORD_FILE "$STATE/secret/kafka_password"
}

kafka_signal() { printf 'TERM\n'; }
