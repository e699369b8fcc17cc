/*
 * members.c - see members.h. The library is asked for zip and gzip and nothing else that it knows.
 */
#include "codec/members/members.h"

#include "base/buffer.h"
#include "domain/finding.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

const struct members_limits members_limits_default = {
    .count_max = 1000,
    .size_max = INT64_C(4) << 30,
    .ratio_max = 200,
};

static const int64_t ratio_from = INT64_C(64) << 20;

enum { NAME_SIZE_MAX = 1024 };
enum { BLOCK_SIZE = 64 * 1024, HEAD_SIZE_MAX = 64 * 1024 * 1024 };

enum kind { KIND_PLAIN, KIND_ZIP, KIND_GZIP };

struct members {
    const struct members_source *source;
    const struct members_limits *limits;
    const struct members_taker *taker;
    struct archive *archive;
    struct buffer head; /* the pieces that told the kind */
    struct text first;  /* what of them was not used yet */
    int32_t count;
    int64_t size;
    bool has_ended;            /* the source has no more bytes */
    char *block;               /* what the library is given next */
    enum status source_status; /* the source's own failure passes through the library */
    struct error *error;
};

static enum kind kind_of(struct text head)
{
    if (head.size >= 4 && memcmp(head.data, "PK\x03\x04", 4) == 0)
        return KIND_ZIP;
    if (head.size >= 4 && memcmp(head.data, "PK\x05\x06", 4) == 0)
        return KIND_ZIP; /* an empty one */
    return head.size >= 2 && memcmp(head.data, "\x1f\x8b", 2) == 0 ? KIND_GZIP : KIND_PLAIN;
}

bool members_is_package(struct text head)
{
    return kind_of(head) != KIND_PLAIN;
}

static enum status refuse(struct members *members, enum finding_code code, const char *detail)
{
    struct error *error = members->error;

    error_set(error, REJECT, "could not open the package: %s", finding_name(code));
    error_detail(error, "%s", detail == NULL ? "" : detail);
    text_copy(text_of(finding_name(code)), error->subject, sizeof error->subject);
    error->exit_code = EXIT_REFUSED;
    return REJECT;
}

/* ---- a file as it is ---- */

static enum status plain_read(struct members *members)
{
    struct text piece = members->first;
    enum status status = members->taker->begin(members->taker->context, TEXT(""), members->error);

    while (status == OK && piece.size > 0) {
        status = members->taker->piece(members->taker->context, piece, members->error);
        if (status == OK)
            status = members->source->read(members->source->context, &piece, members->error);
    }
    return status == OK || status == REJECT
               ? members->taker->end(members->taker->context, members->error)
               : status;
}

/* ---- a package ---- */

/* The next piece of the source where the last is used up. False: the source failed. */
static bool source_next(struct members *members)
{
    if (members->first.size > 0 || members->has_ended)
        return true;
    members->source_status =
        members->source->read(members->source->context, &members->first, members->error);
    members->has_ended = members->source_status == OK && members->first.size == 0;
    return members->source_status == OK;
}

/* Blocks of one size: what the library makes of a damaged package depends on where they end, and
 * must not depend on the pieces of the source. */
static la_ssize_t on_read(struct archive *archive, void *context, const void **ret_bytes)
{
    struct members *members = context;
    size_t size = 0;

    while (size < BLOCK_SIZE && !members->has_ended) {
        struct text piece;

        if (!source_next(members)) {
            archive_set_error(archive, EIO, "could not read");
            return -1;
        }
        piece = text_first(members->first, BLOCK_SIZE - size);
        if (piece.size > 0)
            memcpy(members->block + size, piece.data, piece.size);
        members->first = text_from(members->first, piece.size);
        size += piece.size;
    }
    *ret_bytes = members->block;
    return (la_ssize_t)size;
}

/* What the library found wrong, or what its source had said. */
static enum status damaged(struct members *members)
{
    if (members->source_status != OK)
        return members->source_status;
    return refuse(members, members->has_ended ? REFUSED_CUT_SHORT : REFUSED_UNDECODABLE,
                  archive_error_string(members->archive));
}

static struct text name_of(struct archive_entry *entry)
{
    struct text name = text_of(archive_entry_pathname(entry));

    return name.size > 0 && text_is_utf8(name) ? name : TEXT("?");
}

/* NULL: it can be a statement (2). */
static const char *why_not(struct archive_entry *entry)
{
    if (archive_entry_filetype(entry) != AE_IFREG)
        return "no file";
    return archive_entry_is_encrypted(entry) ? "encrypted" : NULL;
}

static enum status check_size(struct members *members)
{
    int64_t packed = archive_filter_bytes(members->archive, -1);

    if (members->size > members->limits->size_max)
        return refuse(members, REFUSED_LIMIT_EXCEEDED, "its members are too large together");
    if (members->size > ratio_from && members->size / members->limits->ratio_max > packed)
        return refuse(members, REFUSED_LIMIT_EXCEEDED, "it unpacks to too many times its size");
    return OK;
}

static bool block_next(struct members *members, struct text *ret_block, enum status *ret_status)
{
    const void *bytes;
    size_t size;
    la_int64_t offset;
    int answer = archive_read_data_block(members->archive, &bytes, &size, &offset);

    *ret_status = OK;
    if (answer == ARCHIVE_EOF)
        return false;
    *ret_block = (struct text){bytes, size};
    if (answer == ARCHIVE_OK) {
        members->size += (int64_t)size;
        *ret_status = check_size(members);
    } else {
        *ret_status = damaged(members);
    }
    return *ret_status == OK;
}

/* The first blocks, until they tell whether it is a package, or end. */
static enum status member_head(struct members *members, struct buffer *head)
{
    struct text block;
    enum status status = OK;

    while (head->size < MEMBERS_MARK_SIZE && block_next(members, &block, &status))
        buffer_text(head, block);
    assert(!buffer_failed(head));
    return status;
}

static enum status member_take(struct members *members, struct text name, struct text head)
{
    const struct members_taker *taker = members->taker;
    enum status status = taker->begin(taker->context, name, members->error);
    enum status read = OK;
    struct text block = head;

    while (status == OK) {
        if (block.size > 0)
            status = taker->piece(taker->context, block, members->error);
        if (status == OK && !block_next(members, &block, &read))
            break;
    }
    if (read != OK)
        return read; /* (3) */
    return status == OK || status == REJECT ? taker->end(taker->context, members->error) : status;
}

static enum status member_read(struct members *members, struct text name)
{
    struct buffer head;
    enum status status;

    buffer_init(&head, HEAD_SIZE_MAX);
    status = member_head(members, &head);
    if (status == OK && kind_of(buffer_view(&head)) != KIND_PLAIN)
        members->taker->passed_over(members->taker->context, name, "a package in a package");
    else if (status == OK)
        status = member_take(members, name, buffer_view(&head));
    buffer_done(&head);
    return status;
}

static enum status entry_read(struct members *members, struct archive_entry *entry, enum kind kind)
{
    const char *why = why_not(entry);
    char name[NAME_SIZE_MAX]; /* the library's own lives until it reads on */

    text_show(name_of(entry), name, sizeof name);
    if (++members->count > members->limits->count_max)
        return refuse(members, REFUSED_LIMIT_EXCEEDED, "it has too many members");
    if (archive_entry_filetype(entry) == AE_IFDIR)
        return OK;
    if (why == NULL)
        return member_read(members, kind == KIND_ZIP ? text_of(name) : TEXT(""));
    members->taker->passed_over(members->taker->context, text_of(name), why);
    return OK;
}

static enum status entries_read(struct members *members, enum kind kind)
{
    struct archive_entry *entry;
    enum status status = OK;
    int answer = ARCHIVE_OK;

    while (status == OK) {
        answer = archive_read_next_header(members->archive, &entry);
        if (answer == ARCHIVE_EOF)
            break;
        status = answer == ARCHIVE_OK || answer == ARCHIVE_WARN ? entry_read(members, entry, kind)
                                                                : damaged(members);
    }
    if (status == OK && members->count == 0)
        return refuse(members, REFUSED_UNDECODABLE, "it holds no file");
    return status;
}

static enum status package_read(struct members *members, enum kind kind)
{
    enum status status;

    members->archive = archive_read_new();
    members->block = malloc(BLOCK_SIZE);
    if (members->archive == NULL || members->block == NULL)
        abort();
    if (kind == KIND_ZIP) {
        archive_read_support_format_zip_streamable(members->archive);
    } else {
        archive_read_support_filter_gzip(members->archive);
        archive_read_support_format_raw(members->archive);
        archive_read_support_format_empty(members->archive);
    }
    if (archive_read_open(members->archive, members, NULL, on_read, NULL) == ARCHIVE_OK)
        status = entries_read(members, kind);
    else
        status = damaged(members);
    archive_read_free(members->archive);
    free(members->block);
    return status;
}

/* A pipe may give its first bytes one by one. */
static enum status head_read(struct members *members)
{
    const struct members_source *source = members->source;
    struct text piece = {"", 1};
    enum status status = OK;

    while (status == OK && piece.size > 0 && members->head.size < MEMBERS_MARK_SIZE) {
        status = source->read(source->context, &piece, members->error);
        if (status == OK)
            buffer_text(&members->head, piece);
    }
    assert(!buffer_failed(&members->head));
    members->first = buffer_view(&members->head);
    return status;
}

enum status members_read(const struct members_source *source, const struct members_limits *limits,
                         const struct members_taker *taker, struct error *error)
{
    struct members members = {.source = source, .limits = limits, .taker = taker, .error = error};
    enum status status;

    buffer_init(&members.head, HEAD_SIZE_MAX);
    status = head_read(&members);
    if (status == OK) {
        enum kind kind = kind_of(members.first);

        status = kind == KIND_PLAIN ? plain_read(&members) : package_read(&members, kind);
    }
    buffer_done(&members.head);
    return status;
}
