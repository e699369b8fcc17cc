/*
 * log.h - one line per event, for machines first.
 *
 * ECS-shaped JSON on stdout; plain text where the output is a terminal or by
 * option. Libraries return, programs log: who can act on an error logs it, once.
 *
 *   log_info("batch_committed", "batch committed",
 *            LOG_INT("records", count), LOG_TEXT("topic", topic));
 *
 *   {"@timestamp":"2026-11-21T08:09:10.123456Z","log.level":"info",
 *    "event.action":"batch_committed","message":"batch committed",
 *    "service.name":"sawa-ingest","process.pid":17,"sawa.records":500,
 *    "sawa.topic":"payments"}                              (one line)
 *
 * (1) Action and message are literals: what varies is a field. So nothing a bank
 *     or a customer wrote reaches a log by way of a sentence (I12).
 * (2) A text field must stand in the table log_text_names (log.c), else its value
 *     is withheld: free text is where personal data hides. Numbers are free.
 * (3) Control bytes and malformed UTF-8 never reach the line: no event can forge
 *     a second line or steer a terminal.
 * (4) A line has a ceiling (LOG_TEXT_MAX per text, LOG_FIELD_MAX fields) and is one
 *     write(2), whatever thread it comes from.
 */
#ifndef SAWA_BASE_LOG_H
#define SAWA_BASE_LOG_H

#include "base/error.h"
#include "base/text.h"

enum log_level { LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARN, LEVEL_ERROR };
enum log_format { LOG_FORMAT_AUTO, LOG_FORMAT_JSON, LOG_FORMAT_TEXT };
enum { LOG_TEXT_MAX = 512, LOG_FIELD_MAX = 24 };

enum log_kind { LOG_KIND_INT, LOG_KIND_BOOL, LOG_KIND_TEXT };

struct log_field {
    const char *name; /* lower_case, becomes sawa.<name> or its ECS key; unit last: wait_ms */
    enum log_kind kind;
    int64_t number;
    struct text text; /* borrowed for the call */
};

/* Before the first line and before threads. service is kept by reference ("sawa-ingest").
 * Without it lines are JSON on fd 1, level info. */
void log_init(const char *service, int fd, enum log_format format);
void log_level_set(enum log_level level); /* any time, any thread */

/* debug, info, warn, error; json, text, auto. False: none of them. */
must_use bool log_level_of(struct text name, enum log_level *ret_level);
must_use bool log_format_of(struct text name, enum log_format *ret_format);

#define LOG_INT(field_name, value)                                                                 \
    ((struct log_field){.name = (field_name), .kind = LOG_KIND_INT, .number = (int64_t)(value)})
#define LOG_BOOL(field_name, value)                                                                \
    ((struct log_field){.name = (field_name), .kind = LOG_KIND_BOOL, .number = (value) ? 1 : 0})

/* value is a struct text or a terminated string (NULL is the empty text). */
#define LOG_TEXT(field_name, value)                                                                \
    ((struct log_field){.name = (field_name), .kind = LOG_KIND_TEXT, .text = LOG_AS_TEXT(value)})

#define log_debug(action, ...) LOG_AT(LEVEL_DEBUG, action, __VA_ARGS__)
#define log_info(action, ...) LOG_AT(LEVEL_INFO, action, __VA_ARGS__)
#define log_warn(action, ...) LOG_AT(LEVEL_WARN, action, __VA_ARGS__)
#define log_error(action, ...) LOG_AT(LEVEL_ERROR, action, __VA_ARGS__)

/* The three parts of an error: primary is the message; detail, hint, code, subject, line and the
 * status are fields. RETRY is a warning, the rest are errors. */
void log_error_of(const char *action, const struct error *error);

/*
 * Says "away" once and "back" once, however often the attempt fails in between. A gate
 * belongs to one thread and starts as {0}. It speaks again while away only when the error
 * has another code, so "refused" that becomes "password wrong" is not lost.
 */
struct log_gate {
    bool away;
    int64_t away_since_us; /* monotonic */
    int64_t attempts;      /* failed ones since then */
    char code[8];          /* of the error last said */
};

/* server names it in the line ("postgresql", "kafka"): actions server_away, server_back. */
void log_gate_away(struct log_gate *gate, const char *server, const struct error *error);
void log_gate_back(struct log_gate *gate, const char *server);

/* What the macros become; not called by hand. */
void log_event(enum log_level level, const char *action, const char *message,
               const struct log_field *fields, size_t field_count);

static inline struct text log_text_same(struct text text)
{
    return text;
}

/* clang-format off */
#define LOG_AS_TEXT(value)                                                                         \
    _Generic((value), struct text: log_text_same, char *: text_of, const char *: text_of)(value)

/* The leading {0} lets the field list be empty; it is not passed on. */
#define LOG_FIELDS(...) ((const struct log_field[]){{0}, __VA_ARGS__})
#define LOG_AT(level, action, message, ...)                                                        \
    log_event((level), "" action, "" message, LOG_FIELDS(__VA_ARGS__) + 1,                         \
              sizeof LOG_FIELDS(__VA_ARGS__) / sizeof(struct log_field) - 1)
/* clang-format on */

#endif
