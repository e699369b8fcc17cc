/*
 * fuzz_members.c - any bytes as a file or a package: members begin and end, or it is refused; the
 * same however the bytes come.
 *
 * The first byte chooses the pieces of the second reading.
 */
#include "base/buffer.h"
#include "codec/members/members.h"

#include <stdlib.h>

enum { STORY_MAX = 16 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
    struct text left;
    size_t piece;
    bool is_open;
    struct buffer story;
};

static enum status give(void *context, struct text *ret_piece, struct error *error)
{
    struct world *world = context;

    (void)error;
    *ret_piece = text_first(world->left, world->piece);
    world->left = text_from(world->left, ret_piece->size);
    return OK;
}

static enum status begin(void *context, struct text name, struct error *error)
{
    struct world *world = context;

    (void)error;
    if (world->is_open || !text_is_utf8(name))
        abort();
    world->is_open = true;
    buffer_text(&world->story, name);
    buffer_byte(&world->story, '{');
    return OK;
}

static enum status piece(void *context, struct text bytes, struct error *error)
{
    struct world *world = context;

    (void)error;
    if (!world->is_open)
        abort();
    buffer_text(&world->story, bytes);
    return OK;
}

static enum status end(void *context, struct error *error)
{
    struct world *world = context;

    (void)error;
    if (!world->is_open)
        abort();
    world->is_open = false;
    buffer_byte(&world->story, '}');
    return OK;
}

static void passed_over(void *context, struct text name, const char *why)
{
    struct world *world = context;

    buffer_text(&world->story, name);
    buffer_string(&world->story, why);
}

static enum status read_by(struct text bytes, size_t piece_size, struct world *world)
{
    static const struct members_limits limits = {.count_max = 100,
                                                 .size_max = 8 * 1024 * 1024,
                                                 .ratio_max = 200};
    const struct members_source source = {.context = world, .read = give};
    const struct members_taker taker = {.context = world,
                                        .begin = begin,
                                        .piece = piece,
                                        .end = end,
                                        .passed_over = passed_over};
    struct error error;

    *world = (struct world){.left = bytes, .piece = piece_size};
    buffer_init(&world->story, STORY_MAX);
    return members_read(&source, &limits, &taker, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text bytes = {(const char *)data + 1, size - 1};
    struct world whole;
    struct world cut;
    enum status status;

    if (size < 2)
        return 0;
    status = read_by(bytes, SIZE_MAX, &whole);
    if (status != OK && status != REJECT)
        abort();
    if (read_by(bytes, (size_t)data[0] + 1, &cut) != status)
        abort();
    if (status == OK && (whole.is_open || cut.is_open ||
                         !text_equal(buffer_view(&whole.story), buffer_view(&cut.story))))
        abort();
    buffer_done(&whole.story);
    buffer_done(&cut.story);
    return 0;
}
