/*
 * original.h - the bytes of a stored file, as they came.
 */
#ifndef SAWA_STATEMENT_ORIGINAL_H
#define SAWA_STATEMENT_ORIGINAL_H

#include "base/buffer.h"
#include "store/db.h"

/* rows: one of original.sql. NULL: *ret_plain holds the bytes, and they are those of the digest
 * that the file is known by. Else what is wrong. Ended with buffer_done in either case. */
const char *original_open(const struct result *rows, struct buffer *ret_plain);

#endif
