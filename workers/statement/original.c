/*
 * original.c - see original.h.
 */
#include "original.h"

#include "base/crypto.h"
#include "codec/archive/unpack.h"

enum { ORIGINAL, SIZE, DIGEST }; /* the columns of original.sql */

const char *original_open(const struct result *rows, struct buffer *ret_plain)
{
    size_t size = (size_t)result_int64(rows, 0, SIZE);
    struct digest digest;

    buffer_init(ret_plain, size + 1);
    if (result_is_null(rows, 0, ORIGINAL))
        return "the file was too large to keep";
    if (!unpack_zstd(result_text(rows, 0, ORIGINAL), size, ret_plain))
        return "the stored original is damaged";
    digest = sha256(buffer_view(ret_plain));
    if (memcmp(digest.bytes, result_text(rows, 0, DIGEST).data, SHA256_SIZE) != 0)
        return "the stored original is not what came";
    return NULL;
}
