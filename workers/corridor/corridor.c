/*
 * corridor.c - start and end of a command, and the drafts it works on; see corridor.h.
 */
#include "corridor.h"

#include "base/clock.h"
#include "base/zone_file.h"
#include "runtime/book_file.h"

enum { ARENA_BLOCK_SIZE = 1024 * 1024, ARENA_SIZE_MAX = 512 * 1024 * 1024 };

enum status work_start(const struct program_run *run, struct error *error, struct work *ret_work)
{
    struct work work = {
        .now_us = clock_now_us(),
        .horizon_days = (int32_t)config_int(run->config, OPTION_CORRIDOR_HORIZON),
        .approval_hours = (int32_t)config_int(run->config, OPTION_CORRIDOR_APPROVAL),
    };
    enum status status = session_open(run, error, &work.session);

    if (status != OK)
        return status;
    arena_init(&work.arena, ARENA_BLOCK_SIZE, ARENA_SIZE_MAX);
    *ret_work = work;
    return OK;
}

void work_done(struct work *work)
{
    session_done(&work->session);
    arena_done(&work->arena);
}

enum status draft_read_file(struct work *work, const char *path, struct error *error,
                            struct draft *ret_draft)
{
    struct draft draft = {.name = path};
    enum status status = book_read_file(path, &work->arena, error, &draft.document, &draft.book);

    if (status != OK)
        return status;
    draft.digest = book_document_digest(&draft.document);
    *ret_draft = draft;
    return OK;
}

enum status draft_read_stored(struct work *work, const struct book_document *document,
                              const char *name, struct error *error, struct draft *ret_draft)
{
    struct draft draft = {
        .name = name,
        .document = *document,
        .digest = book_document_digest(document),
    };
    enum status status =
        book_document_read(document, name, zone_file_source(), &work->arena, error, &draft.book);

    if (status == OK)
        *ret_draft = draft;
    return status;
}
