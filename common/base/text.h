/*
 * text.h - a borrowed run of bytes. Not terminated, never owned: it points into
 * a record, an arena or a file, and lives as long as that does.
 */
#ifndef SAWA_BASE_TEXT_H
#define SAWA_BASE_TEXT_H

#include "base/status.h"

#include <string.h>

struct text {
    const char *data;
    size_t size;
};

/* A literal as text: TEXT("KES"). */
#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})

/* For printf: "%.*s", TEXT_ARG(text). */
#define TEXT_ARG(text) (int)(text).size, (text).data

static inline struct text text_of(const char *terminated)
{
    return (struct text){terminated, terminated == NULL ? 0 : strlen(terminated)};
}

static inline bool text_equal(struct text left, struct text right)
{
    return left.size == right.size &&
           (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}

static inline bool text_is(struct text text, const char *terminated)
{
    return text_equal(text, text_of(terminated));
}

/* Bytewise order, shorter first where one begins the other: <0, 0, >0. */
int text_compare(struct text left, struct text right);

/* Without blanks, tabs and line ends at both sides. */
struct text text_trim(struct text text);

/* False for NULL too: nobody gave one, or only blanks. */
bool string_has_words(const char *string);

/* The bytes from start on, and the first size bytes; fewer where there are not as many. */
struct text text_from(struct text text, size_t start);
struct text text_first(struct text text, size_t size);

/* The first size bytes of UTF-8, or up to three fewer: no character is cut in two. */
struct text text_cut(struct text text, size_t size);

/* Takes what stands before the next end, or all, off *text, and the end itself. */
struct text text_take(struct text *text, char end);

/* True when text begins with so many decimal digits. */
bool text_has_digits(struct text text, size_t count);

/* Decimal digits with an optional leading '-', nothing else, within int64. False: not so. */
must_use bool text_to_int64(struct text text, int64_t *ret_value);

/* Copies at most size - 1 bytes and terminates. False: it did not fit (cut at size - 1). */
bool text_copy(struct text text, char *destination, size_t size);

/* The beginning of a text from outside, for a person's terminal: no character is cut in two, and
 * what could steer the terminal becomes '?'. */
void text_show(struct text text, char *destination, size_t size);

/* True when the bytes are well-formed UTF-8 (RFC 3629: shortest form, no surrogates). */
must_use bool text_is_utf8(struct text text);

/* How many single-character edits lie between the two; at most limit + 1 is counted. For "did
 * you mean". */
size_t text_distance(struct text left, struct text right, size_t limit);

#endif
