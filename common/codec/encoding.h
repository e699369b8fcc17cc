/*
 * encoding.h - any bank's bytes to UTF-8, in pieces.
 *
 * Valid UTF-8 wins over what a file declares (formats, rules 26 and 48): the first byte
 * that is not ASCII decides. If it begins a well-formed sequence the file is UTF-8, and a
 * later stray byte is recoded alone; else the whole rest is in the declared code page, or
 * in cp1252 by guess. Never cp852 or plain Latin-1 first: they accept any byte.
 *
 * (1) What comes out is well-formed UTF-8, whatever comes in.
 * (2) Where a piece ends makes no difference: a sequence cut in two waits in pending.
 * (3) encoding_feed stops behind the first guessed byte, so that the caller can note the
 *     guess at the place where it was made.
 *
 *   while (bytes.size > 0) {
 *       encoding_feed(&encoding, &bytes, &out);      takes from bytes, appends to out
 *       if (encoding.guessed && !noted) ...
 *   }
 *   encoding_end(&encoding, &out);
 */
#ifndef SAWA_CODEC_ENCODING_H
#define SAWA_CODEC_ENCODING_H

#include "base/buffer.h"

enum code_page {
    CODE_PAGE_NONE = 0, /* UTF-8, else guess cp1252 */
    CODE_PAGE_1252,     /* also for ISO-8859-1: its C1 controls are in no statement */
    CODE_PAGE_8859_15,
};

enum encoding_state {
    ENCODING_START, /* a byte order mark may come */
    ENCODING_ASCII, /* nothing has decided yet    */
    ENCODING_UTF8,
    ENCODING_SINGLE_BYTE,
    ENCODING_UTF16_LE,
    ENCODING_UTF16_BE,
};

struct encoding {
    enum encoding_state state;
    enum code_page declared;
    bool guessed; /* a byte was recoded as cp1252 that nobody declared */
    unsigned char pending[4];
    size_t pending_size;
};

void encoding_init(struct encoding *encoding, enum code_page declared);

/* Recodes from the front of *bytes and moves it past what was taken (2)(3). */
void encoding_feed(struct encoding *encoding, struct text *bytes, struct buffer *out);

/* True where bytes would come out as they are: they may be used in their place. */
bool encoding_is_plain(const struct encoding *encoding, struct text bytes);

/* Recodes what waits at the end of the file. */
void encoding_end(struct encoding *encoding, struct buffer *out);

/* The code page of a name as XML declares it ("ISO-8859-1"); CODE_PAGE_NONE for others. */
enum code_page code_page_of(struct text name);

#endif
