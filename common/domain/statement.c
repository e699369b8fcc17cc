/*
 * statement.c - see statement.h: building a statement inside its arena, and its digests.
 */
#include "domain/statement.h"

#include <stdarg.h>
#include <stdio.h>

enum { ARENA_BLOCK_SIZE = 64 * 1024 };

void statement_init(struct statement *statement, size_t text_size_max, int32_t findings_max)
{
    assert(text_size_max > 0);
    assert(findings_max > 0);
    memset(statement, 0, sizeof *statement);
    arena_init(&statement->arena, ARENA_BLOCK_SIZE, text_size_max);
    arena_init(&statement->entry_arena, ARENA_BLOCK_SIZE, text_size_max);
    statement->entries_digest = sha256_new();
    statement->findings_max = findings_max;
    statement_clear(statement);
}

void statement_done(struct statement *statement)
{
    if (statement == NULL)
        return;
    arena_done(&statement->arena);
    arena_done(&statement->entry_arena);
    sha256_free(statement->entries_digest);
    statement->entries_digest = NULL;
}

void statement_clear(struct statement *statement)
{
    struct statement empty = {
        .arena = statement->arena,
        .entry_arena = statement->entry_arena,
        .entries_digest = statement->entries_digest,
        .findings_max = statement->findings_max,
        .from = DATE_NONE,
        .to = DATE_NONE,
        .opening.date = DATE_NONE,
        .closing.date = DATE_NONE,
    };

    arena_reset(&empty.arena);
    arena_reset(&empty.entry_arena);
    sha256_begin(empty.entries_digest);
    *statement = empty;
}

const char *statement_format_name(enum statement_format format)
{
    static const char *const names[FORMAT_COUNT] = {
        "unknown",  "mt940", "mt942", "mt950", "camt.052",     "camt.053",
        "camt.054", "bai2",  "csv",   "ofx",   "mobile_money",
    };

    assert(format >= 0 && format < FORMAT_COUNT);
    return names[format];
}

const char *entry_status_name(enum entry_status status)
{
    static const char *const names[] = {"BOOK", "PDNG", "INFO", "FUTR", "OTHER"};

    assert((size_t)status < COUNT_OF(names));
    return names[status];
}

struct text statement_entry_status(const struct statement_entry *entry)
{
    return entry->status == STATUS_OTHER ? entry->status_text
                                         : text_of(entry_status_name(entry->status));
}

void statement_texts_join(const struct statement_text *texts, struct buffer *out)
{
    for (const struct statement_text *one = texts; one != NULL; one = one->next) {
        if (one != texts)
            buffer_byte(out, ' ');
        buffer_text(out, one->text);
    }
}

static struct arena *arena_of(struct statement *statement)
{
    return statement->in_entry ? &statement->entry_arena : &statement->arena;
}

/* Memory from an arena, or exhausted (4). */
static void *alloc_from(struct statement *statement, struct arena *arena, size_t size)
{
    void *memory = statement->exhausted ? NULL : arena_alloc(arena, size);

    if (memory == NULL)
        statement->exhausted = true;
    return memory;
}

void *statement_alloc(struct statement *statement, size_t size)
{
    return alloc_from(statement, arena_of(statement), size);
}

void statement_begin_entry(struct statement *statement)
{
    statement->in_entry = true;
}

void statement_end_entry(struct statement *statement)
{
    statement->in_entry = false;
}

void statement_drop_entries(struct statement *statement)
{
    assert(statement->uncounted == NULL);
    assert(!statement->in_entry);
    statement->entries = NULL;
    statement->last_entry = NULL;
    arena_reset(&statement->entry_arena);
}

void *statement_alloc_lasting(struct statement *statement, size_t size)
{
    return alloc_from(statement, &statement->arena, size);
}

/* A copy in an arena, or exhausted (4). */
static struct text copy_to(struct statement *statement, struct arena *arena, struct text text)
{
    struct text copy = {NULL, 0};

    if (text.size == 0 || statement->exhausted)
        return copy; /* (1) */
    copy = arena_text(arena, text);
    if (copy.data == NULL)
        statement->exhausted = true;
    return copy;
}

struct text statement_copy(struct statement *statement, struct text text)
{
    return copy_to(statement, arena_of(statement), text);
}

struct text statement_join(struct statement *statement, struct text left, const char *separator,
                           struct text right)
{
    size_t between = strlen(separator);
    char *joined;

    if (left.size == 0 || right.size == 0)
        return statement_copy(statement, left.size == 0 ? right : left);
    joined = statement_alloc(statement, left.size + between + right.size);
    if (joined == NULL)
        return (struct text){NULL, 0};
    memcpy(joined, left.data, left.size);
    memcpy(joined + left.size, separator, between);
    memcpy(joined + left.size + between, right.data, right.size);
    return (struct text){joined, left.size + between + right.size};
}

struct statement_entry *statement_add_entry(struct statement *statement)
{
    struct statement_entry *entry;

    statement_begin_entry(statement);
    entry = statement_alloc(statement, sizeof *entry);
    if (entry == NULL)
        return NULL;
    entry->position = ++statement->entry_count;
    entry->value_date = DATE_NONE;
    entry->booking_date = DATE_NONE;
    if (statement->last_entry == NULL)
        statement->entries = entry;
    else
        statement->last_entry->next = entry;
    if (statement->uncounted == NULL)
        statement->uncounted = entry;
    statement->last_entry = entry;
    return entry;
}

struct statement_detail *statement_add_detail(struct statement *statement,
                                              struct statement_entry *entry)
{
    struct statement_detail *detail = statement_alloc(statement, sizeof *detail);

    if (detail == NULL)
        return NULL;
    detail->position = ++entry->detail_count;
    if (entry->last_detail == NULL)
        entry->details = detail;
    else
        entry->last_detail->next = detail;
    entry->last_detail = detail;
    return detail;
}

/* The list holds a handful of items and has a ceiling: walking to its end is fine. */
struct statement_balance *statement_add_balance(struct statement *statement,
                                                struct statement_balance **list,
                                                const struct statement_balance *balance)
{
    struct statement_balance *copy;

    if (statement->balance_count >= STATEMENT_BALANCES_MAX)
        statement->exhausted = true;
    copy = statement_alloc(statement, sizeof *copy);
    if (copy == NULL)
        return NULL;
    *copy = *balance;
    copy->next = NULL;
    statement->balance_count++;
    while (*list != NULL)
        list = &(*list)->next;
    *list = copy;
    return copy;
}

struct statement_charge *statement_add_charge(struct statement *statement,
                                              struct statement_facts *facts)
{
    struct statement_charge *charge = statement_alloc(statement, sizeof *charge);

    if (charge == NULL)
        return NULL;
    if (facts->last_charge == NULL)
        facts->charges = charge;
    else
        facts->last_charge->next = charge;
    facts->last_charge = charge;
    return charge;
}

struct statement_remittance *statement_add_structured(struct statement *statement,
                                                      struct statement_facts *facts)
{
    struct statement_remittance *structured = statement_alloc(statement, sizeof *structured);

    if (structured == NULL)
        return NULL;
    if (facts->last_structured == NULL)
        facts->structured = structured;
    else
        facts->last_structured->next = structured;
    facts->last_structured = structured;
    return structured;
}

void statement_add_text(struct statement *statement, struct statement_facts *facts,
                        struct text text)
{
    struct statement_text *added;

    if (text.size == 0)
        return;
    added = statement_alloc(statement, sizeof *added);
    if (added == NULL)
        return;
    added->text = statement_copy(statement, text);
    if (facts->last_unstructured == NULL)
        facts->unstructured = added;
    else
        facts->last_unstructured->next = added;
    facts->last_unstructured = added;
}

/* A quotation may have been cut inside a character (3). */
static void keep_utf8(char *text)
{
    if (text_is_utf8(text_of(text)))
        return;
    for (; *text != '\0'; text++)
        if ((unsigned char)*text >= 0x80)
            *text = '?';
}

void statement_find(struct statement *statement, enum finding_code code, int32_t position,
                    int64_t line, const char *format, ...)
{
    struct finding *finding; /* it outlives the entry it is about */
    char text[256];
    va_list arguments;

    assert(!finding_is_refusal(code));
    if (statement->finding_count >= statement->findings_max)
        statement->exhausted = true;
    finding = statement_alloc_lasting(statement, sizeof *finding);
    if (finding == NULL)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    keep_utf8(text);
    *finding = (struct finding){.code = code, .entry = position, .line = line};
    finding->text = copy_to(statement, &statement->arena, text_of(text));
    if (statement->last_finding == NULL)
        statement->findings = finding;
    else
        statement->last_finding->next = finding;
    statement->last_finding = finding;
    statement->finding_count++;
}

void statement_find_date(struct statement *statement, enum date_verdict verdict, const char *name,
                         struct text digits, calendar_date read, int32_t position, int64_t line)
{
    char text[DATE_TEXT_SIZE];

    if (verdict == DATE_IMPOSSIBLE)
        statement_find(statement, FINDING_DATE_IMPOSSIBLE, position, line, "%s %.*s", name,
                       TEXT_ARG(digits));
    if (verdict != DATE_ADJUSTED)
        return;
    date_format(read, text);
    statement_find(statement, FINDING_DATE_ADJUSTED, position, line, "%s %.4s-%.2s-%.2s read as %s",
                   name, text, digits.data + digits.size - 4, digits.data + digits.size - 2, text);
}

bool statement_is_held(const struct statement *statement)
{
    for (const struct finding *finding = statement->findings; finding != NULL;
         finding = finding->next)
        if (finding_severity(finding->code) == SEVERITY_ERROR)
            return true;
    return false;
}
