/*
 * page.c - reads the sections and prints them for people.
 *
 *   attention: 2 things stand still          or      ok
 *   at 2026-03-02T09:15:07Z
 *
 *   partitions: 8, 2 stand still
 *     (a table; "!" marks what stands still, its words below it)
 */
#include "base/clock.h"
#include "status.h"

enum { STATUS_PARAMS_MAX = 64 * 1024 };

/* ---- reading ---- */

static enum status section_read(struct status_page *page, size_t index, struct db *db,
                                struct error *error)
{
    const struct section *section = &status_sections[index];
    struct params params;

    params_init(&params, STATUS_PARAMS_MAX);
    section->params(&params, page);
    return db_run_once(db, section->sql, &params, error, &page->answers[index]);
}

enum status status_page_read(struct status_page *page, struct db *db, struct error *error)
{
    enum status status = db_script(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", error);

    for (size_t i = 0; status == OK && i < STATUS_SECTIONS; i++)
        status = section_read(page, i, db, error);
    tx_rollback(db);
    return status;
}

void status_page_done(struct status_page *page)
{
    for (size_t i = 0; i < STATUS_SECTIONS; i++) {
        result_free(page->answers[i]);
        page->answers[i] = NULL;
    }
}

int64_t status_section_total(const struct result *answer)
{
    return result_rows(answer) == 0 ? 0 : result_int64(answer, 0, ANSWER_TOTAL);
}

int64_t status_section_still(const struct result *answer)
{
    return result_rows(answer) == 0 ? 0 : result_int64(answer, 0, ANSWER_STILL);
}

int64_t status_still(const struct status_page *page)
{
    int64_t still = 0;

    for (size_t i = 0; i < STATUS_SECTIONS; i++)
        still += status_section_still(page->answers[i]);
    return still;
}

/* ---- printing ---- */

static void print_first_line(const struct status_page *page, struct buffer *out)
{
    int64_t still = status_still(page);
    char now[INSTANT_TEXT_SIZE];

    if (still == 0)
        buffer_string(out, "ok\n");
    else
        buffer_format(out, "attention: %lld thing%s still\n", (long long)still,
                      still == 1 ? " stands" : "s stand");
    instant_format(page->now_us, now);
    buffer_format(out, "at %.19sZ\n", now);
}

static void print_section(const struct status_page *page, size_t index, struct buffer *out)
{
    const struct section *section = &status_sections[index];
    const struct result *answer = page->answers[index];
    int64_t still = status_section_still(answer);

    buffer_format(out, "\n%s: %lld", section->summary, (long long)status_section_total(answer));
    if (still > 0)
        buffer_format(out, ", %lld stand%s still", (long long)still, still == 1 ? "s" : "");
    buffer_byte(out, '\n');
    grid_print(section, answer, page, out);
}

void status_page_text(const struct status_page *page, struct buffer *out)
{
    print_first_line(page, out);
    for (size_t i = 0; i < STATUS_SECTIONS; i++)
        print_section(page, i, out);
}
