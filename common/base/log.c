/*
 * log.c - see log.h.
 *
 * A line is built in a buffer of its own, so threads share only the settings (set
 * before there are threads) and the mutex around write(2): a pipe keeps a write
 * whole only up to PIPE_BUF.
 */
#include "base/log.h"

#include "base/buffer.h"
#include "base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { LINE_MAX_SIZE = 128 * 1024 };

/* (2) The text fields that may be logged, and their ECS key where it has one. A new row is a
 * decision: can this text ever hold what a customer or a bank wrote about a person? */
static const struct log_text_name {
    const char *name;
    const char *key; /* NULL: sawa.<name> */
} log_text_names[] = {
    {"business_date", NULL},
    {"cluster", NULL},
    {"code", "error.code"},
    {"command", NULL},
    {"corridor", NULL},
    {"currency", NULL},
    {"detail", "error.detail"},
    {"digest", NULL},
    {"file", "file.path"},
    {"format", NULL},
    {"from", NULL},
    {"hint", "error.hint"},
    {"key", NULL},
    {"listen", "server.address"},
    {"message_id", NULL}, /* of our own messages: digits of a digest */
    {"mode", NULL},
    {"outcome", NULL},
    {"owner", NULL},
    {"participant", NULL},
    {"reason", "event.reason"},
    {"rule", NULL},
    {"schema", NULL},
    {"server", NULL},
    {"source", NULL},
    {"state", NULL},
    {"status", "error.type"},
    {"subject", "error.subject"},
    {"table", NULL},
    {"to", NULL},
    {"topic", NULL},
    {"version", "service.version"},
    {"window", NULL},
    {"worker", "service.node.name"},
};

static const char *const level_names[] = {"debug", "info", "warn", "error"};
static const char *const format_names[] = {"auto", "json", "text"};

static struct {
    const char *service;
    int fd;
    bool plain;
    atomic_int level;
    pthread_mutex_t writing;
} log_state = {.service = "sawa",
               .fd = STDOUT_FILENO,
               .level = LEVEL_INFO,
               .writing = PTHREAD_MUTEX_INITIALIZER};

void log_init(const char *service, int fd, enum log_format format)
{
    assert(service != NULL);
    assert(fd >= 0);
    log_state.service = service;
    log_state.fd = fd;
    log_state.plain = format == LOG_FORMAT_TEXT || (format == LOG_FORMAT_AUTO && isatty(fd) == 1);
}

void log_level_set(enum log_level level)
{
    assert((size_t)level < COUNT_OF(level_names));
    atomic_store_explicit(&log_state.level, (int)level, memory_order_relaxed);
}

bool log_level_of(struct text name, enum log_level *ret_level)
{
    for (size_t i = 0; i < COUNT_OF(level_names); i++) {
        if (text_is(name, level_names[i])) {
            *ret_level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

bool log_format_of(struct text name, enum log_format *ret_format)
{
    for (size_t i = 0; i < COUNT_OF(format_names); i++) {
        if (text_is(name, format_names[i])) {
            *ret_format = (enum log_format)i;
            return true;
        }
    }
    return false;
}

/* How many bytes at text must not reach a line though they are UTF-8: DEL, the C1 controls
 * (U+0085 is a line end to some readers), U+2028, U+2029 and the direction overrides. */
static size_t hostile_size(const unsigned char *bytes, size_t size)
{
    if (bytes[0] == 0x7f)
        return 1;
    if (size >= 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0)
        return 2;
    if (size < 3 || bytes[0] != 0xe2)
        return 0;
    if (bytes[1] == 0x80 && bytes[2] >= 0xa8 && bytes[2] <= 0xae)
        return 3;
    return bytes[1] == 0x81 && bytes[2] >= 0xa6 && bytes[2] <= 0xa9 ? 3 : 0;
}

/* (3) Appends text as a JSON string, in both formats: a quoted string is also what a terminal
 * shows safely. Characters below U+0020 are escaped by buffer_json. */
static void line_text(struct buffer *line, struct text whole)
{
    struct text text = text_cut(whole, LOG_TEXT_MAX);
    bool utf8 = text_is_utf8(text);
    char clean[LOG_TEXT_MAX];
    size_t hostile = 0;

    for (size_t i = 0; i < text.size; i++) {
        if (hostile == 0)
            hostile = hostile_size((const unsigned char *)text.data + i, text.size - i);
        clean[i] =
            hostile > 0 || (!utf8 && (unsigned char)text.data[i] >= 0x80) ? '?' : text.data[i];
        hostile -= hostile > 0;
    }
    buffer_json(line, (struct text){clean, text.size});
}

static const struct log_text_name *text_name_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(log_text_names); i++) {
        if (strcmp(log_text_names[i].name, name) == 0)
            return &log_text_names[i];
    }
    return NULL;
}

static void line_value(struct buffer *line, const struct log_field *field, bool allowed)
{
    switch (field->kind) {
    case LOG_KIND_INT: buffer_format(line, "%lld", (long long)field->number); break;
    case LOG_KIND_BOOL: buffer_string(line, field->number != 0 ? "true" : "false"); break;
    case LOG_KIND_TEXT: line_text(line, allowed ? field->text : TEXT("(withheld)")); break;
    }
}

static void json_field(struct buffer *line, const struct log_field *field)
{
    const struct log_text_name *known = text_name_find(field->name);

    if (known != NULL && known->key != NULL && field->kind == LOG_KIND_TEXT)
        buffer_format(line, ",\"%s\":", known->key);
    else
        buffer_format(line, ",\"sawa.%s\":", field->name);
    line_value(line, field, known != NULL);
}

static void line_json(struct buffer *line, enum log_level level, const char *action,
                      const char *message, const struct log_field *fields, size_t field_count)
{
    char now[INSTANT_TEXT_SIZE];

    instant_format(clock_now_us(), now);
    buffer_format(line, "{\"@timestamp\":\"%s\",\"log.level\":\"%s\",\"event.action\":", now,
                  level_names[level]);
    line_text(line, text_of(action));
    buffer_string(line, ",\"message\":");
    line_text(line, text_of(message));
    buffer_format(line, ",\"service.name\":\"%s\",\"process.pid\":%d,\"ecs.version\":\"8.11.0\"",
                  log_state.service, (int)getpid());
    for (size_t i = 0; i < field_count; i++)
        json_field(line, &fields[i]);
    buffer_string(line, "}\n");
}

/* 08:09:10.123 info  batch_committed: "batch committed" records=500 topic="payments" */
static void line_plain(struct buffer *line, enum log_level level, const char *action,
                       const char *message, const struct log_field *fields, size_t field_count)
{
    char now[INSTANT_TEXT_SIZE];

    instant_format(clock_now_us(), now);
    buffer_format(line, "%.12s %-5s %s: ", now + sizeof "2026-11-21", level_names[level], action);
    line_text(line, text_of(message));
    for (size_t i = 0; i < field_count; i++) {
        buffer_format(line, " %s=", fields[i].name);
        line_value(line, &fields[i], text_name_find(fields[i].name) != NULL);
    }
    buffer_byte(line, '\n');
}

/* (4) One write; the loop is for a pipe that takes a part. Where the log itself cannot be
 * written there is nobody left to tell. */
static void line_write(struct text line)
{
    pthread_mutex_lock(&log_state.writing);
    while (line.size > 0) {
        ssize_t written = write(log_state.fd, line.data, line.size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            break;
        line.data += written;
        line.size -= (size_t)written;
    }
    pthread_mutex_unlock(&log_state.writing);
}

void log_event(enum log_level level, const char *action, const char *message,
               const struct log_field *fields, size_t field_count)
{
    struct buffer line;

    assert((size_t)level < COUNT_OF(level_names));
    if ((int)level < atomic_load_explicit(&log_state.level, memory_order_relaxed))
        return;
    if (field_count > LOG_FIELD_MAX)
        field_count = LOG_FIELD_MAX;
    buffer_init(&line, LINE_MAX_SIZE);
    if (log_state.plain)
        line_plain(&line, level, action, message, fields, field_count);
    else
        line_json(&line, level, action, message, fields, field_count);
    line_write(buffer_failed(&line) ? TEXT("{\"log.level\":\"error\",\"event.action\":\"log_line_"
                                           "lost\",\"message\":\"no memory for a log line\"}\n")
                                    : buffer_view(&line));
    buffer_done(&line);
}

enum { ERROR_FIELD_MAX = 6 };

/* What an error has beside its primary text, as fields; empty parts are left out. */
static size_t error_fields(const struct error *error, struct log_field fields[ERROR_FIELD_MAX])
{
    const struct log_field parts[] = {
        LOG_TEXT("detail", error->detail),  LOG_TEXT("hint", error->hint),
        LOG_TEXT("code", error->code),      LOG_TEXT("subject", error->subject),
        LOG_INT("error_line", error->line), LOG_TEXT("status", status_name(error->status)),
    };
    size_t count = 0;

    static_assert(COUNT_OF(parts) == ERROR_FIELD_MAX, "every part has a place");
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i].text.size > 0 || parts[i].number != 0)
            fields[count++] = parts[i];
    }
    return count;
}

void log_error_of(const char *action, const struct error *error)
{
    struct log_field fields[ERROR_FIELD_MAX];
    size_t count = error_fields(error, fields);

    log_event(error->status == RETRY ? LEVEL_WARN : LEVEL_ERROR, action, error->primary, fields,
              count);
}

/* The gate closes, or the reason has changed: worth a line. */
static bool gate_has_news(const struct log_gate *gate, const struct error *error)
{
    return !gate->away || strcmp(gate->code, error->code) != 0;
}

void log_gate_away(struct log_gate *gate, const char *server, const struct error *error)
{
    struct log_field fields[ERROR_FIELD_MAX + 1] = {LOG_TEXT("server", server)};
    bool news = gate_has_news(gate, error);
    size_t count = 1 + error_fields(error, fields + 1);

    if (!gate->away)
        *gate = (struct log_gate){.away = true, .away_since_us = clock_monotonic_us()};
    gate->attempts++;
    if (!news)
        return;
    memcpy(gate->code, error->code, sizeof gate->code);
    log_event(LEVEL_WARN, "server_away", error->primary, fields, count);
}

void log_gate_back(struct log_gate *gate, const char *server)
{
    if (!gate->away)
        return;
    log_info("server_back", "the server answers again", LOG_TEXT("server", server),
             LOG_INT("away_ms", (clock_monotonic_us() - gate->away_since_us) / 1000),
             LOG_INT("attempts", gate->attempts));
    *gate = (struct log_gate){0};
}
