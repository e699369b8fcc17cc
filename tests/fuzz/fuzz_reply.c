/*
 * fuzz_reply.c - any bytes as a bank's answer: lines of texts within bounds, or refused; and the
 * X set of any text in it.
 */
#include "codec/iso20022/payment_reply.h"
#include "domain/payment_file.h"
#include "domain/x_set.h"

#include <stdlib.h>

enum { FOLDED_MAX = 140, ID_MAX = 36, INFORMATION_MAX = 210 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* What a person may see of it goes into a payment file's characters, whatever it was. */
static void check_text(struct text text, size_t size_max)
{
    struct buffer folded;

    require(text.size <= size_max);
    require(text_is_utf8(text));
    buffer_init(&folded, 4096);
    x_set_fold(text, FOLDED_MAX, &folded);
    require(folded.size <= FOLDED_MAX);
    require(x_set_holds(buffer_view(&folded)));
    buffer_done(&folded);
}

static void check_line(const struct reply_line *line)
{
    enum instruction_status status = INSTRUCTION_SENT;

    require(line->status.size > 0);
    check_text(line->original_message_id, ID_MAX);
    check_text(line->original_instruction_id, ID_MAX);
    check_text(line->original_end_to_end_id, ID_MAX);
    check_text(line->original_transaction_id, ID_MAX);
    check_text(line->original_uetr, ID_MAX);
    check_text(line->status, ID_MAX);
    check_text(line->reason, ID_MAX);
    check_text(line->information, INFORMATION_MAX);
    check_text(line->return_id, ID_MAX);
    require(line->returned_amount.minor >= 0);
    if (payment_status_read(line->status, &status))
        require(instruction_move(INSTRUCTION_SETTLED, status) != STATUS_APPLIED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct payment_reply reply;
    struct arena arena;
    struct error error;

    arena_init(&arena, 64 * 1024, 256 * 1024 * 1024);
    if (payment_reply_read((struct text){(const char *)data, size}, &arena, &error, &reply) == OK) {
        check_text(reply.message_id, ID_MAX);
        for (size_t i = 0; i < reply.line_count; i++)
            check_line(&reply.lines[i]);
    }
    arena_done(&arena);
    return 0;
}
