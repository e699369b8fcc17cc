/*
 * fuzz_archive.c - anything at all as what an archive or a parked record holds: read, or refused.
 *
 * The first byte chooses: 0 frames of raw records, 1 a sealed batch that nobody sealed, 2 what a
 * batch holds, sealed under our key (so the decompressor and the frames behind the seal are
 * reached), 3 a zstd stream, 4 a deflate stream; for both the second byte is the ceiling in KiB.
 */
#include "codec/archive/archive.h"
#include "codec/archive/unpack.h"
#include "codec/event_codec.h"
#include "fuzz.h"

enum { PLAIN_MAX = 4 * 1024 * 1024, VERSION = 0x01 };

static const unsigned char key[SEAL_KEY_SIZE] = "thirty-two bytes are not secret";

static void check_headers(const struct raw_record *raw)
{
    struct record record = {.headers = raw->headers, .header_count = raw->header_count};
    struct text rest = raw->headers;
    struct text name;
    struct text value;
    uint32_t count = 0;

    while (raw_header_next(&rest, &name, &value))
        count++;
    assert(count == raw->header_count && rest.size == 0);
    if (event_headers_read(&record))
        assert(record.format != RECORD_CSV || record.columns.data != NULL);
}

/* One record has one frame: what was read is written as it was. */
static void check_frame(const struct raw_record *record, struct text frame)
{
    struct buffer again;

    check_headers(record);
    buffer_init(&again, RAW_FRAME_MAX);
    assert(raw_record_append(&again, record));
    assert(text_equal(buffer_view(&again), frame));
    buffer_done(&again);
}

static void run_frames(struct text rest)
{
    struct raw_record record;
    struct text frame;

    while (rest.size > 0 && raw_record_next(&rest, &record, &frame) == RAW_WHOLE)
        check_frame(&record, frame);
}

static void run_sealed(struct archive_reader *reader, struct text sealed, bool is_ours)
{
    struct raw_record record;
    struct text frame;
    struct error error;
    size_t total = 0;
    bool more = true;

    if (archive_open(reader, key, TEXT("place"), sealed, &error) != OK) {
        assert(!is_ours || sealed.size > PLAIN_MAX);
        return;
    }
    assert(is_ours);
    while (archive_next(reader, &error, &record, &frame, &more) == OK && more) {
        check_frame(&record, frame);
        total += frame.size;
    }
    assert(total <= PLAIN_MAX);
}

static void run_packed(struct archive_reader *reader, struct text packed)
{
    size_t size = 1 + packed.size + SEAL_OVERHEAD;
    unsigned char *sealed = malloc(size);

    assert(sealed != NULL);
    sealed[0] = VERSION;
    seal(key, TEXT("place"), packed, sealed + 1);
    run_sealed(reader, (struct text){(const char *)sealed, size}, true);
    free(sealed);
}

static void run_stream(struct text packed,
                       bool (*unpack)(struct text packed, size_t size_max, struct buffer *plain))
{
    size_t size_max = (size_t)fuzz_byte(&packed) * 1024;
    struct buffer plain;

    buffer_init(&plain, PLAIN_MAX);
    if (unpack(packed, size_max, &plain))
        assert(plain.size <= size_max);
    buffer_done(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct archive_reader *reader;
    struct text rest = {(const char *)data, size};
    uint8_t choice = fuzz_byte(&rest);
    struct text bytes = fuzz_copy(rest);

    if (reader == NULL)
        reader = archive_reader_new(PLAIN_MAX);
    switch (choice % 5) {
    case 0: run_frames(bytes); break;
    case 1: run_sealed(reader, bytes, false); break;
    case 2: run_packed(reader, bytes); break;
    case 3: run_stream(bytes, unpack_zstd); break;
    case 4: run_stream(bytes, unpack_deflate); break;
    }
    fuzz_free(bytes);
    return 0;
}
