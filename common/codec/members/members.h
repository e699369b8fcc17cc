/*
 * members.h - a file, or the files that a zip or gzip holds (formats, rule 47).
 *
 *   bytes ──┬─ neither: one member without a name
 *           ├─ gzip:    one member without a name
 *           └─ zip:     each file in it, with its name
 *
 * (1) Members come one after the other, each in pieces: memory stays flat.
 * (2) What can be no statement is passed over and told: members that are encrypted, or packages
 *     themselves. Packages in packages are not opened; folders are no members.
 * (3) Past a limit, or where a package is damaged, nothing more is read: REJECT, with the code of
 *     the refusal in error.subject. The member at hand does not end; those before it stand.
 */
#ifndef SAWA_CODEC_MEMBERS_MEMBERS_H
#define SAWA_CODEC_MEMBERS_MEMBERS_H

#include "base/error.h"
#include "base/text.h"

/* Ceilings of a package; a file that is none has those of its reader. */
struct members_limits {
    int32_t count_max; /* members, those passed over too                       */
    int64_t size_max;  /* bytes of all members together                        */
    int32_t ratio_max; /* unpacked to packed, from the first 64 MiB on         */
};

extern const struct members_limits members_limits_default;

struct members_source {
    void *context;
    /* The next piece of the file, up to 32 MiB, valid until the next call; no bytes at its end. */
    enum status (*read)(void *context, struct text *ret_piece, struct error *error);
};

struct members_taker {
    void *context;
    /* name is empty for a file that is no zip; it is UTF-8, and fit to be shown (text_show). */
    enum status (*begin)(void *context, struct text name, struct error *error);
    /* REJECT: no more of this member, go on with its end. */
    enum status (*piece)(void *context, struct text bytes, struct error *error);
    enum status (*end)(void *context, struct error *error);
    void (*passed_over)(void *context, struct text name, const char *why); /* (2) */
};

enum { MEMBERS_MARK_SIZE = 4 };

/* True when a file that begins with these bytes, MEMBERS_MARK_SIZE of them, is a zip or gzip. */
bool members_is_package(struct text head);

/* OK, REJECT (3), or what source and taker answered that was neither. */
must_use enum status members_read(const struct members_source *source,
                                  const struct members_limits *limits,
                                  const struct members_taker *taker, struct error *error);

#endif
