/*
 * fuzz.h - what the targets share: an input taken apart, and bytes with an end that ASan knows.
 *
 * A piece out of the middle of an input has neighbours: a decoder that reads one byte too far would
 * go unseen. So what a decoder gets is copied into memory of exactly its size.
 */
#ifndef SAWA_FUZZ_H
#define SAWA_FUZZ_H

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte off *rest; 0 where there is none. */
static inline uint8_t fuzz_byte(struct text *rest)
{
    uint8_t byte = rest->size == 0 ? 0 : (uint8_t)rest->data[0];

    rest->data += rest->size > 0;
    rest->size -= rest->size > 0;
    return byte;
}

/* What stands before the next `end`, which goes too; all of it where there is none. */
static inline struct text fuzz_until(struct text *rest, char end)
{
    const char *at = rest->size == 0 ? NULL : memchr(rest->data, end, rest->size);
    struct text taken = {rest->data, at == NULL ? rest->size : (size_t)(at - rest->data)};
    size_t passed = taken.size + (at != NULL);

    *rest = (struct text){rest->data + passed, rest->size - passed};
    return taken;
}

/* A copy of exactly its size, freed by fuzz_free. */
static inline struct text fuzz_copy(struct text text)
{
    char *bytes = malloc(text.size + (text.size == 0));

    assert(bytes != NULL);
    if (text.size > 0)
        memcpy(bytes, text.data, text.size);
    return (struct text){bytes, text.size};
}

/* The same, terminated: what stands behind a NUL byte is not seen. */
static inline char *fuzz_string(struct text text)
{
    char *string = malloc(text.size + 1);

    assert(string != NULL);
    if (text.size > 0)
        memcpy(string, text.data, text.size);
    string[text.size] = '\0';
    return string;
}

static inline void fuzz_free(struct text copy)
{
    free((char *)copy.data);
}

enum { FUZZ_PATH_SIZE = 64 };

/* A file with these bytes, under a path that lives until it is closed. */
static inline int fuzz_file(struct text bytes, char path[FUZZ_PATH_SIZE])
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    assert(fd >= 0);
    assert(bytes.size == 0 || write(fd, bytes.data, bytes.size) == (ssize_t)bytes.size);
    snprintf(path, FUZZ_PATH_SIZE, "/proc/self/fd/%d", fd);
    return fd;
}

#endif
