/*
 * input.c - rows of both sides as domain items; see reconcile.h.
 *
 * References are compared in capitals without blanks and punctuation: banks add both. What a bank
 * wrote as free text is searched for words that look like ours: SW and 14 hex digits, or 32 hex
 * digits.
 */
#include "reconcile.h"

#include "reconcile_sql.h"

#include <ctype.h>

enum { OWN_REFERENCE_SIZE = 16, OWN_END_TO_END_SIZE = 32 };

/* ---- references ---- */

/* Capitals and digits only, in the arena. */
static struct text normalised(struct arena *arena, struct text text)
{
    char *bytes = arena_bytes(arena, text.size + 1);
    size_t size = 0;

    if (bytes == NULL)
        return (struct text){NULL, 0};
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];

        if (isalnum(byte))
            bytes[size++] = (char)toupper(byte);
    }
    return (struct text){bytes, size};
}

static void reference_add(struct match_item *item, struct match_reference *references,
                          struct arena *arena, enum match_reference_kind kind, struct text value)
{
    struct text plain = normalised(arena, value);

    if (plain.size == 0 || item->reference_count == MATCH_REFERENCES_MAX)
        return;
    for (size_t i = 0; i < item->reference_count; i++) {
        if (references[i].kind == kind && text_equal(references[i].value, plain))
            return;
    }
    references[item->reference_count++] = (struct match_reference){kind, plain};
}

static bool is_hex(struct text text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (!isxdigit((unsigned char)text.data[i]))
            return false;
    }
    return true;
}

static void word_add(struct match_item *item, struct match_reference *references,
                     struct arena *arena, struct text word)
{
    bool is_own = word.size == OWN_REFERENCE_SIZE && word.data[0] == 'S' && word.data[1] == 'W' &&
                  is_hex((struct text){word.data + 2, word.size - 2});

    if (is_own)
        reference_add(item, references, arena, MATCH_REFERENCE, word);
    else if (word.size == OWN_END_TO_END_SIZE && is_hex(word))
        reference_add(item, references, arena, MATCH_END_TO_END, word);
}

/* The words of a free text: runs of letters and digits. */
static void words_add(struct match_item *item, struct match_reference *references,
                      struct arena *arena, struct text text)
{
    size_t begin = 0;

    for (size_t i = 0; i <= text.size; i++) {
        if (i < text.size && isalnum((unsigned char)text.data[i]))
            continue;
        word_add(item, references, arena, (struct text){text.data + begin, i - begin});
        begin = i + 1;
    }
}

/* ---- rows ---- */

static bool item_common(struct match_item *item, const struct step *step, const struct result *rows,
                        int row)
{
    item->id = result_uuid(rows, row, 0);
    item->account_id = step->account_id;
    item->amount_minor = result_int64(rows, row, 2);
    item->date_from = result_date(rows, row, 3);
    item->date_to = result_date(rows, row, 4);
    return currency_parse(result_text(rows, row, 1), &item->currency);
}

static bool expected_of(struct match_item *item, struct step *step, const struct result *rows,
                        int row)
{
    struct match_reference *references =
        arena_alloc(step->arena, MATCH_REFERENCES_MAX * sizeof *references);

    if (references == NULL || !item_common(item, step, rows, row))
        return false;
    item->references = references;
    reference_add(item, references, step->arena, MATCH_REFERENCE, result_text(rows, row, 6));
    reference_add(item, references, step->arena, MATCH_END_TO_END, result_text(rows, row, 5));
    return true;
}

static bool entry_of(struct match_item *item, struct step *step, const struct result *rows, int row)
{
    struct match_reference *references =
        arena_alloc(step->arena, MATCH_REFERENCES_MAX * sizeof *references);

    if (references == NULL || !item_common(item, step, rows, row))
        return false;
    item->references = references;
    item->is_return = result_bool(rows, row, 5);
    reference_add(item, references, step->arena, MATCH_END_TO_END, result_text(rows, row, 6));
    reference_add(item, references, step->arena, MATCH_END_TO_END, result_text(rows, row, 7));
    reference_add(item, references, step->arena, MATCH_REFERENCE, result_text(rows, row, 8));
    reference_add(item, references, step->arena, MATCH_REFERENCE, result_text(rows, row, 9));
    reference_add(item, references, step->arena, MATCH_UETR, result_text(rows, row, 10));
    words_add(item, references, step->arena, result_text(rows, row, 11));
    return true;
}

typedef bool row_reader(struct match_item *item, struct step *step, const struct result *rows,
                        int row);

static enum status side_fill(struct step *step, const struct result *rows, row_reader *reader,
                             struct error *error, struct side *ret_side)
{
    size_t count = (size_t)result_rows(rows);
    struct match_item *items = arena_alloc(step->arena, (count + 1) * sizeof *items);

    for (size_t i = 0; items != NULL && i < count; i++) {
        if (!reader(&items[i], step, rows, (int)i))
            items = NULL;
    }
    if (items == NULL) {
        error_set(error, FATAL, "an account has more open items than fit, or an unknown currency");
        return error_detail(error, "account %d, %zu items", step->account_id, count);
    }
    *ret_side = (struct side){items, count};
    return OK;
}

static enum status side_read(struct step *step, const char *sql, bool is_open, row_reader *reader,
                             struct error *error, struct side *ret_side)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, RECONCILE_PARAMS_MAX);
    params_int32(&params, step->account_id);
    params_date(&params, step->as_of);
    params_bool(&params, is_open);
    params_int32(&params, step->reconcile->back_days);
    status = db_run_once(step->db, sql, &params, error, &rows);
    if (status == OK)
        status = side_fill(step, rows, reader, error, ret_side);
    result_free(rows);
    return status;
}

enum status input_read(struct step *step, struct error *error)
{
    enum status status =
        side_read(step, reconcile_sql_items, true, expected_of, error, &step->items);

    if (status == OK)
        status = side_read(step, reconcile_sql_entries, true, entry_of, error, &step->entries);
    if (status == OK)
        status =
            side_read(step, reconcile_sql_items, false, expected_of, error, &step->matched_items);
    if (status == OK)
        status =
            side_read(step, reconcile_sql_entries, false, entry_of, error, &step->matched_entries);
    if (status == OK)
        status =
            side_read(step, reconcile_sql_withdrawn, false, expected_of, error, &step->withdrawn);
    return status;
}
