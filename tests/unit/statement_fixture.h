/*
 * statement_fixture.h - small statements in, canonical JSON or a refusal out: for the tests
 * of the statement readers. Include it in one test program each.
 */
#ifndef SAWA_TESTS_UNIT_STATEMENT_FIXTURE_H
#define SAWA_TESTS_UNIT_STATEMENT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/json/statement_json.h"
#include "codec/statement.h"

#include <stdio.h>
#include <string.h>

enum { ANSWER_SIZE = 64 * 1024 };

/* What the last reading gave: JSON lines, or "refused CODE". */
static char answer[ANSWER_SIZE];

/* A statement as JSON, twice: as a whole, and put together of entries that came one by one. */
struct gathered {
    struct buffer json;
    struct buffer entries;
};

static enum status collect(void *context, const struct statement *statement, struct error *error)
{
    struct gathered *gathered = context;

    (void)error;
    statement_json_write(statement, &gathered->json);
    buffer_byte(&gathered->json, '\n');
    return OK;
}

static enum status collect_entry(void *context, const struct statement *statement,
                                 const struct statement_entry *entry, struct error *error)
{
    struct gathered *gathered = context;

    (void)error;
    assert_in_range(entry->position, 1, statement->entry_count);
    statement_json_entry(entry, &gathered->entries);
    return OK;
}

static enum status collect_rest(void *context, const struct statement *statement,
                                struct error *error)
{
    struct gathered *gathered = context;

    (void)error;
    assert_null(statement->entries);
    statement_json_head(statement, &gathered->json);
    buffer_text(&gathered->json, buffer_view(&gathered->entries));
    statement_json_tail(statement, &gathered->json);
    buffer_byte(&gathered->json, '\n');
    buffer_clear(&gathered->entries);
    return OK;
}

/* Feeds bytes cut at cut, and after that in pieces of piece bytes; the answer into ret_answer. */
static inline void read_into(struct text bytes, const struct statement_limits *limits,
                             const struct statement_profile *profile, size_t cut, size_t piece,
                             bool one_by_one, char ret_answer[ANSWER_SIZE])
{
    struct gathered gathered;
    struct statement_sink sink = {.context = &gathered,
                                  .entry = one_by_one ? collect_entry : NULL,
                                  .statement = one_by_one ? collect_rest : collect};
    struct statement_reader *reader = statement_reader_new(limits, profile, &sink);
    struct error error;
    enum status status = OK;
    size_t at = 0;

    buffer_init(&gathered.json, ANSWER_SIZE - 1);
    buffer_init(&gathered.entries, ANSWER_SIZE - 1);
    while (status == OK && at < bytes.size) {
        size_t size = at == 0 && cut > 0 ? cut : piece;

        size = size < bytes.size - at ? size : bytes.size - at;
        status = statement_reader_feed(reader, (struct text){bytes.data + at, size}, &error);
        at += size;
    }
    if (status == OK)
        status = statement_reader_end(reader, &error);
    assert_false(buffer_failed(&gathered.json));
    buffer_byte(&gathered.json, 0);
    if (status == OK)
        memcpy(ret_answer, gathered.json.data, gathered.json.size);
    else
        snprintf(ret_answer, ANSWER_SIZE, "refused %s", error.subject);
    buffer_done(&gathered.json);
    buffer_done(&gathered.entries);
    statement_reader_free(reader);
}

/* Both ways, which must agree. */
static inline const char *read_by(struct text bytes, const struct statement_limits *limits,
                                  const struct statement_profile *profile, size_t cut, size_t piece)
{
    static char other[ANSWER_SIZE];

    read_into(bytes, limits, profile, cut, piece, true, other);
    read_into(bytes, limits, profile, cut, piece, false, answer);
    assert_string_equal(answer, other);
    return answer;
}

static inline const char *read_cut(struct text bytes, const struct statement_limits *limits,
                                   const char *profile, size_t cut, size_t piece)
{
    return read_by(bytes, limits, statement_profile_find(text_of(profile)), cut, piece);
}

static inline const char *read_as(const char *bytes, const char *profile)
{
    return read_cut(text_of(bytes), &statement_limits_default, profile, 0, SIZE_MAX);
}

static inline const char *read_all(const char *bytes)
{
    return read_as(bytes, "default");
}

/* The answer holds the fragment. */
static inline void has(const char *fragment)
{
    if (strstr(answer, fragment) == NULL)
        print_message("missing: %s\nin: %s\n", fragment, answer);
    assert_non_null(strstr(answer, fragment));
}

static inline void has_not(const char *fragment)
{
    if (strstr(answer, fragment) != NULL)
        print_message("unwanted: %s\nin: %s\n", fragment, answer);
    assert_null(strstr(answer, fragment));
}

static inline size_t count_of(const char *fragment)
{
    size_t count = 0;

    for (const char *at = strstr(answer, fragment); at != NULL; at = strstr(at + 1, fragment))
        count++;
    return count;
}

/* However the bytes are cut, the answer is the same. */
static inline void same_at_every_cut(const char *bytes)
{
    static char whole[ANSWER_SIZE];

    memcpy(whole, read_all(bytes), sizeof whole);
    assert_string_equal(read_cut(text_of(bytes), &statement_limits_default, "default", 0, 1),
                        whole);
    for (size_t cut = 1; cut < strlen(bytes); cut++)
        assert_string_equal(read_cut(text_of(bytes), &statement_limits_default, "default", cut,
                                     SIZE_MAX),
                            whole);
}

#endif
