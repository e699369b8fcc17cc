/*
 * bai_record.c - see bai_record.h. Numbers in brackets are rules of the statement formats.
 */
#include "codec/bai2/bai_record.h"

#include "base/buffer.h"

enum { DISTRIBUTIONS_MAX = 100, CODE_SIZE = 3 }; /* "16," */

/* ---- pieces of a line ---- */

/* A sign perhaps, and a digit: how totals begin. */
static bool is_number(struct text text)
{
    if (text.size > 0 && (text.data[0] == '+' || text.data[0] == '-'))
        text = text_from(text, 1);
    return text_has_digits(text, 1);
}

static bool has_shape(enum bai_code code, struct text content)
{
    switch (code) {
    case BAI_ENTRY:
        return text_has_digits(content, 3) && content.size > 3 &&
               (content.data[3] == ',' || content.data[3] == '/');
    case BAI_ACCOUNT_END:
    case BAI_GROUP_END:
    case BAI_FILE_END: return is_number(content);
    default: return true;
    }
}

static enum bai_code code_of(struct text text)
{
    static const struct {
        char digits[CODE_SIZE];
        enum bai_code code;
    } codes[] = {{"01", BAI_FILE},      {"02", BAI_GROUP},       {"03", BAI_ACCOUNT},
                 {"16", BAI_ENTRY},     {"49", BAI_ACCOUNT_END}, {"88", BAI_MORE},
                 {"98", BAI_GROUP_END}, {"99", BAI_FILE_END}};

    if (text.size < CODE_SIZE || text.data[2] != ',')
        return BAI_TEXT;
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        if (text_is(text_first(text, 2), codes[i].digits))
            return has_shape(codes[i].code, text_from(text, CODE_SIZE)) ? codes[i].code : BAI_TEXT;
    return BAI_TEXT;
}

/* Whether a piece ends before what follows a slash. */
static bool ends_before(struct text rest, bool in_text)
{
    struct text next = text_trim(rest);

    if (next.size == 0)
        return true;
    return (!in_text || next.data > rest.data) && code_of(next) != BAI_TEXT;
}

static bool has_text(struct text content)
{
    struct bai_entry entry;
    size_t unused;

    return bai_entry_of(content, &entry, &unused) && entry.has_text;
}

/* The same of an entry that is continued: before a 88 it may end within its fields. */
static bool has_text_continued(struct text entry, struct text content)
{
    struct buffer joined;
    bool answer;

    if (has_text(entry))
        return true;
    buffer_init(&joined, entry.size + content.size + 1);
    buffer_text(&joined, entry);
    buffer_byte(&joined, ',');
    buffer_text(&joined, content);
    answer = has_text(buffer_view(&joined));
    buffer_done(&joined);
    return answer;
}

/* True when the text of an entry has begun within the first size bytes of a piece. */
static bool is_in_text(const struct bai_piece *piece, size_t size, const struct text *entry)
{
    struct text content = text_from(text_first(piece->raw, size), CODE_SIZE);

    switch (piece->code) {
    case BAI_ENTRY: return has_text(content);
    case BAI_MORE: return entry != NULL && has_text_continued(*entry, content);
    case BAI_TEXT: return entry != NULL;
    default: return false;
    }
}

struct bai_piece bai_take_piece(struct text *line, const struct text *entry)
{
    struct bai_piece piece = {.code = code_of(*line), .raw = *line};
    struct text rest = *line;

    while (rest.size > 0 && !piece.ended) {
        size_t size;

        text_take(&rest, '/');
        size = (size_t)(rest.data - line->data) - 1;
        piece.ended = rest.data[-1] == '/' && ends_before(rest, is_in_text(&piece, size, entry));
    }
    piece.raw.size = (size_t)(rest.data - line->data);
    *line = text_trim(rest);
    piece.content = text_from(piece.raw, piece.code == BAI_TEXT ? 0 : CODE_SIZE);
    piece.content.size -= piece.ended ? 1 : 0;
    piece.content = text_trim(piece.content); /* lines are padded */
    return piece;
}

/* ---- fields ---- */

struct text bai_field(struct bai_fields *fields)
{
    size_t before = fields->rest.size;
    struct text field = text_take(&fields->rest, ',');

    fields->ended = fields->ended || field.size == before;
    return text_trim(field);
}

bool bai_amount_of(struct text field, int64_t *ret_minor)
{
    bool is_negative = field.size > 0 && field.data[0] == '-';
    struct text digits = text_from(field, is_number(field) && !text_has_digits(field, 1) ? 1 : 0);

    if (!text_has_digits(digits, 1) || !text_to_int64(digits, ret_minor))
        return false;
    if (is_negative)
        *ret_minor = -*ret_minor;
    return true;
}

/* So many fields are passed over. */
static void pass(struct bai_fields *fields, int64_t count)
{
    for (; count > 0 && !fields->ended; count--)
        (void)bai_field(fields);
}

struct bai_funds bai_funds_of(struct bai_fields *fields)
{
    struct text type = bai_field(fields);
    struct bai_funds funds = {.is_known = true};
    int64_t count;

    if (type.size == 0)
        return funds;
    funds.type = type.data[0];
    funds.is_known = type.size == 1 && strchr("012SVDZ", type.data[0]) != NULL;
    if (!funds.is_known)
        return funds;
    switch (funds.type) {
    case 'V':
        funds.value_date = bai_field(fields);
        pass(fields, 1); /* the time */
        break;
    case 'S': pass(fields, 3); break; /* amounts of today, tomorrow, later */
    case 'D':                         /* days and amount, so many times */
        funds.is_known =
            text_to_int64(bai_field(fields), &count) && count >= 0 && count <= DISTRIBUTIONS_MAX;
        if (funds.is_known)
            pass(fields, 2 * count);
        break;
    default: break;
    }
    return funds;
}

bool bai_entry_of(struct text content, struct bai_entry *ret_entry, size_t *ret_text_at)
{
    struct bai_fields fields = {.rest = content};
    bool is_whole;

    *ret_entry = (struct bai_entry){.type = bai_field(&fields)};
    ret_entry->amount = bai_field(&fields);
    ret_entry->funds = bai_funds_of(&fields);
    ret_entry->bank_reference = bai_field(&fields);
    is_whole = !fields.ended;
    ret_entry->customer_reference = bai_field(&fields);
    ret_entry->has_text = !fields.ended && text_trim(fields.rest).size > 0;
    *ret_text_at = content.size - fields.rest.size;
    return is_whole;
}

enum bai_kind bai_kind_of(struct text type, bool customised)
{
    static const struct {
        int64_t last;
        enum bai_kind kind, customised;
    } ranges[] = {
        {0, BAI_UNKNOWN, BAI_UNKNOWN},   {99, BAI_BALANCE, BAI_BALANCE},
        {399, BAI_CREDIT, BAI_CREDIT},   {699, BAI_DEBIT, BAI_DEBIT},
        {889, BAI_UNKNOWN, BAI_UNKNOWN}, {890, BAI_INFORMATION, BAI_INFORMATION},
        {899, BAI_UNKNOWN, BAI_UNKNOWN}, {919, BAI_UNKNOWN, BAI_BALANCE},
        {959, BAI_UNKNOWN, BAI_CREDIT},  {999, BAI_UNKNOWN, BAI_DEBIT},
    };
    int64_t number;

    if (type.size != 3 || !text_has_digits(type, 3) || !text_to_int64(type, &number))
        return BAI_UNKNOWN;
    for (size_t i = 0; i < COUNT_OF(ranges); i++)
        if (number <= ranges[i].last)
            return customised ? ranges[i].customised : ranges[i].kind;
    return BAI_UNKNOWN;
}
