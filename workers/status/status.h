/*
 * status.h - one page on what stands still, since when, and why.
 *
 *   sections.c   what is asked: a row per section, its SQL and its columns
 *   words.c      what a reason means and what an operator can do
 *   grid.c       the rows of one section as an aligned table
 *   page.c       all sections as text
 *   page_json.c  the same as JSON
 *   show.c       the command
 *
 * Every section's SQL answers in one form: how many rows there are, how many things of them stand
 * still, and per row whether it is one of them; then the columns of its table. All sections are
 * read in one read-only transaction of one snapshot: the page shows one moment.
 */
#ifndef SAWA_STATUS_STATUS_H
#define SAWA_STATUS_STATUS_H

#include "base/buffer.h"
#include "runtime/program.h"
#include "store/db.h"

enum { STATUS_PAGE_MAX = 64 * 1024 * 1024 };
enum { STATUS_TOPICS_MAX = 32, STATUS_LIMIT = 20, STATUS_LIMIT_MAX = 10000, STATUS_SECTIONS = 10 };

/* Where the columns of a section begin in its answer, and what stands before them. */
enum { ANSWER_TOTAL, ANSWER_STILL, ANSWER_IS_STILL, ANSWER_COLUMNS };

enum cell { CELL_TEXT, CELL_INT, CELL_INSTANT, CELL_DATE };

struct column {
    const char *key;
    enum cell cell;
};

/* What a word of ours means, for people. */
struct words {
    const char *name;
    const char *meaning;
    const char *remedy;
};

struct status_page;

struct section {
    const char *key;
    const char *summary; /* what total counts: "open breaks" */
    bool by_row;         /* total counts the rows of the table */
    const char *sql;
    void (*params)(struct params *params, const struct status_page *page);
    const struct column *columns;
    size_t column_count;
    /* Explains column words_at; NULL: nothing is explained. */
    const struct words *(*words)(struct text name);
    size_t words_at;
};

extern const struct section status_sections[STATUS_SECTIONS];

struct status_page {
    int64_t now_us;
    int32_t limit; /* rows per section */
    struct text topics[STATUS_TOPICS_MAX];
    size_t topic_count;
    struct result *answers[STATUS_SECTIONS];
};

/* Reads every section at one moment. The caller ends page with status_page_done. */
must_use enum status status_page_read(struct status_page *page, struct db *db, struct error *error);
void status_page_done(struct status_page *page); /* half-read is fine */

/* How many things stand still, over all sections or in one. */
int64_t status_still(const struct status_page *page);
int64_t status_section_still(const struct result *answer);
int64_t status_section_total(const struct result *answer);

void status_page_text(const struct status_page *page, struct buffer *out);
void status_page_json(const struct status_page *page, struct buffer *out);

/* The rows of one answer as lines. */
void grid_print(const struct section *section, const struct result *answer,
                const struct status_page *page, struct buffer *out);

/* The words of a row; NULL where there are none. */
const struct words *row_words(const struct section *section, const struct result *answer, int row);

const struct words *halt_words(struct text name);
const struct words *corridor_words(struct text name);
const struct words *window_words(struct text name);
const struct words *payment_file_words(struct text name);
const struct words *approval_words(struct text name);
const struct words *statement_words(struct text name);
const struct words *parked_words(struct text name);
const struct words *suspense_words(struct text name);

int show_command(struct program_run *run, int argc, char **argv);

/* Every reason to park as a table of Markdown: what schemas/README.md holds. */
void reasons_page(struct buffer *out);

#endif
