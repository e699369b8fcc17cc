/*
 * fuzz_file.c - anything at all as a file of the file source: records and an end, or a reason.
 *
 * The file is read to its end (its first byte says whether it is complete), which covers the Avro
 * container, its blocks and what unpacks them. Then it is read again from the place of one of its
 * records: that record must come again, byte for byte.
 */
#include "base/crc32c.h"
#include "bus/file_reader.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RECORDS_MAX = 100000 };

struct seen {
    int64_t offset;
    uint32_t crc;
    size_t size;
};

static bool find(void *user, struct text schema, uint32_t *ret_id)
{
    (void)user;
    *ret_id = 1;
    return schema.size % 2 == 0;
}

static struct file_reader *open_file(int fd, bool complete, char path[64])
{
    struct reader_settings settings = {.name = "fuzz", .complete = complete, .find = find};
    struct file_reader *reader;
    struct error error;

    snprintf(path, 64, "/proc/self/fd/%d", fd);
    settings.path = path;
    if (reader_open(&settings, &error, &reader) != OK)
        return NULL;
    return reader;
}

/* Reads up to `stop` records; returns how many there were, *ret_last the last. */
static int read_some(struct file_reader *reader, int stop, int64_t size, struct seen *ret_last)
{
    int count = 0;
    int64_t before = -1;
    struct record record;
    struct error error;

    while (count < stop && reader_next(reader, &error, &record) == READER_RECORD) {
        assert(record.offset > before && record.offset < size);
        before = record.offset;
        *ret_last = (struct seen){record.offset, crc32c(0, record.value), record.value.size};
        count++;
    }
    assert(reader_place(reader) <= size);
    return count;
}

static void read_again(int fd, bool complete, int64_t size, const struct seen *expected)
{
    char path[64];
    struct file_reader *reader = open_file(fd, complete, path);
    struct seen found = {0};

    reader_seek(reader, expected->offset);
    assert(read_some(reader, 1, size, &found) == 1);
    assert(found.offset == expected->offset && found.size == expected->size &&
           found.crc == expected->crc);
    reader_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool complete = size > 0 && data[0] % 2 == 0;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    char path[64];
    struct file_reader *reader;
    struct seen last = {0};
    int count;

    assert(fd >= 0);
    size -= size > 0;
    assert(size == 0 || write(fd, data + 1, size) == (ssize_t)size);
    reader = open_file(fd, complete, path);
    assert(reader != NULL);
    count = read_some(reader, size > 0 && data[size] > 128 ? data[size] : RECORDS_MAX,
                      (int64_t)size, &last);
    reader_close(reader);
    if (count > 0)
        read_again(fd, complete, (int64_t)size, &last);
    close(fd);
    return 0;
}
