/*
 * day_file.c - see day_file.h. The numbers in brackets are its invariants.
 */
#include "codec/archive/day_file.h"

#include "domain/leaf.h"

#include <endian.h>
#include <stdlib.h>

enum { HEAD_BYTES_MAX = 1024 * 1024, PLAIN_MAX = 1024 * 1024 * 1024, SALT_COUNT = 64 };

static const char *const tags[] = {"HEAD", "BTCH", "TAIL"};

/* ---- writing ---- */

static void put_text(struct buffer *out, struct text text)
{
    assert(text.size <= UINT32_MAX);
    buffer_be32(out, (uint32_t)text.size);
    buffer_text(out, text);
}

static void put_int64(struct buffer *out, int64_t value)
{
    buffer_be32(out, sizeof value);
    buffer_be64(out, (uint64_t)value);
}

/* The digest of a section without its digest, behind that of the one before (2). */
static struct digest chain_next(const struct digest *before, struct text section)
{
    const struct text parts[] = {{(const char *)before->bytes, SHA256_SIZE}, section};

    return sha256_parts(parts, COUNT_OF(parts));
}

static size_t section_begin(enum day_section kind, struct buffer *out)
{
    size_t start = out->size;

    buffer_append(out, tags[kind], 4);
    buffer_be32(out, 0);
    return start;
}

static void section_end(struct day_place *place, size_t start, struct buffer *out)
{
    uint32_t size;

    if (buffer_failed(out))
        return;
    assert(out->size - start - DAY_SECTION_HEAD <= DAY_BODY_MAX);
    size = htobe32((uint32_t)(out->size - start - DAY_SECTION_HEAD));
    memcpy(out->data + start + 4, &size, sizeof size);
    place->chain = chain_next(&place->chain, (struct text){out->data + start, out->size - start});
    buffer_append(out, place->chain.bytes, SHA256_SIZE);
}

void day_write_head(struct day_place *place, const struct day_head *head, struct buffer *out)
{
    size_t start = section_begin(DAY_HEAD, out);

    assert(!place->has_head);
    put_text(out, TEXT(DAY_FORMAT));
    put_int64(out, head->day);
    put_int64(out, (int64_t)head->source_count);
    for (size_t i = 0; i < head->source_count; i++) {
        put_int64(out, head->sources[i].source_id);
        put_text(out, head->sources[i].kind);
        put_text(out, head->sources[i].cluster_id);
        put_text(out, head->sources[i].topic);
        put_int64(out, head->sources[i].generation);
    }
    put_int64(out, (int64_t)head->key_count);
    for (size_t i = 0; i < head->key_count; i++) {
        put_int64(out, head->keys[i].key_id);
        put_text(out, head->keys[i].scope);
        put_int64(out, head->keys[i].month);
        put_text(out, head->keys[i].sealed_key);
    }
    section_end(place, start, out);
    place->has_head = true;
}

static void counts_add(struct day_place *place, const struct day_batch *batch)
{
    place->last_batch_id = batch->batch_id;
    place->counts.batches++;
    place->counts.records += batch->record_count;
    place->counts.sealed_bytes += (int64_t)batch->sealed.size;
}

void day_write_batch(struct day_place *place, const struct day_batch *batch, struct buffer *out)
{
    size_t start = section_begin(DAY_BATCH, out);

    assert(place->has_head && !place->has_tail);
    assert(batch->batch_id > place->last_batch_id); /* (1) */
    put_int64(out, batch->batch_id);
    put_int64(out, batch->commit_id);
    put_int64(out, batch->source_id);
    put_int64(out, batch->partition);
    put_int64(out, batch->epoch);
    put_int64(out, batch->first_offset);
    put_int64(out, batch->next_offset);
    put_int64(out, batch->record_count);
    put_int64(out, batch->applied_count);
    put_int64(out, batch->duplicate_count);
    put_int64(out, batch->parked_count);
    put_text(out, (struct text){(const char *)batch->records_root.bytes, SHA256_SIZE});
    put_int64(out, batch->key_id);
    put_int64(out, batch->plain_size);
    put_text(out, batch->seed);
    put_text(out, batch->sealed);
    put_text(out, batch->leaf);
    section_end(place, start, out);
    counts_add(place, batch);
}

void day_write_tail(struct day_place *place, struct buffer *out)
{
    size_t start = section_begin(DAY_TAIL, out);

    assert(place->has_head && !place->has_tail);
    put_int64(out, place->counts.batches);
    put_int64(out, place->counts.records);
    put_int64(out, place->counts.sealed_bytes);
    section_end(place, start, out);
    place->has_tail = true;
}

/* ---- fields ---- */

/* Fields of a body, from left to right. Once one is missing, failed stays true. */
struct fields {
    struct text rest;
    bool failed;
};

static struct text take_text(struct fields *fields)
{
    struct text taken;
    uint32_t size;

    if (fields->failed || fields->rest.size < sizeof size) {
        fields->failed = true;
        return TEXT("");
    }
    memcpy(&size, fields->rest.data, sizeof size);
    size = be32toh(size);
    if (size > fields->rest.size - sizeof size) { /* (4) */
        fields->failed = true;
        return TEXT("");
    }
    taken = (struct text){fields->rest.data + sizeof size, size};
    fields->rest.data += sizeof size + size;
    fields->rest.size -= sizeof size + size;
    return taken;
}

static int64_t take_int64(struct fields *fields)
{
    struct text text = take_text(fields);
    uint64_t value = 0;

    fields->failed = fields->failed || text.size != sizeof value;
    if (!fields->failed)
        memcpy(&value, text.data, sizeof value);
    return (int64_t)be64toh(value);
}

static int32_t take_int32(struct fields *fields)
{
    int64_t value = take_int64(fields);

    fields->failed = fields->failed || value < INT32_MIN || value > INT32_MAX;
    return fields->failed ? 0 : (int32_t)value;
}

static size_t take_count(struct fields *fields)
{
    int64_t count = take_int64(fields);

    fields->failed = fields->failed || count < 0 || count > DAY_LIST_MAX;
    return fields->failed ? 0 : (size_t)count;
}

static struct digest take_digest(struct fields *fields)
{
    struct text text = take_text(fields);
    struct digest digest = {{0}};

    fields->failed = fields->failed || text.size != SHA256_SIZE;
    if (!fields->failed)
        memcpy(digest.bytes, text.data, SHA256_SIZE);
    return digest;
}

static bool fields_are_all(const struct fields *fields)
{
    return !fields->failed && fields->rest.size == 0;
}

/* ---- reading ---- */

struct day_reader {
    struct day_place place;
    struct day_head head;
    struct buffer head_bytes; /* what the texts of head point into */
    struct buffer name;       /* of a source, as leaves have it */
};

struct day_reader *day_reader_new(void)
{
    struct day_reader *reader = calloc(1, sizeof *reader);

    assert(reader != NULL);
    buffer_init(&reader->head_bytes, HEAD_BYTES_MAX);
    buffer_init(&reader->name, HEAD_BYTES_MAX);
    return reader;
}

void day_reader_free(struct day_reader *reader)
{
    if (reader == NULL)
        return;
    buffer_done(&reader->head_bytes);
    buffer_done(&reader->name);
    free(reader);
}

const struct day_place *day_reader_place(const struct day_reader *reader)
{
    return &reader->place;
}

const struct day_head *day_reader_head(const struct day_reader *reader)
{
    return &reader->head;
}

static bool tag_find(const char *tag, enum day_section *ret_section)
{
    for (size_t i = 0; i < COUNT_OF(tags); i++)
        if (memcmp(tag, tags[i], 4) == 0) {
            *ret_section = (enum day_section)i;
            return true;
        }
    return false;
}

size_t day_section_size(const char begin[DAY_SECTION_HEAD])
{
    enum day_section section;
    uint32_t size;

    memcpy(&size, begin + 4, sizeof size);
    size = be32toh(size);
    if (!tag_find(begin, &section) || size > DAY_BODY_MAX) /* (4) */
        return 0;
    return (size_t)size + DAY_SECTION_EXTRA;
}

static enum status refuse(const struct day_reader *reader, struct error *error, const char *why)
{
    error_set(error, REJECT, "an archive file is not as it was written");
    return error_detail(error, "section %lld, behind batch %lld: %s",
                        (long long)reader->place.counts.batches + (reader->place.has_head ? 1 : 0),
                        (long long)reader->place.last_batch_id, why);
}

static bool chain_holds(struct day_reader *reader, struct text section)
{
    struct text signed_part = {section.data, section.size - SHA256_SIZE};
    struct digest digest = chain_next(&reader->place.chain, signed_part);

    if (memcmp(digest.bytes, section.data + signed_part.size, SHA256_SIZE) != 0)
        return false;
    reader->place.chain = digest;
    return true;
}

static void source_take(struct fields *fields, struct day_source *source)
{
    source->source_id = take_int32(fields);
    source->kind = take_text(fields);
    source->cluster_id = take_text(fields);
    source->topic = take_text(fields);
    source->generation = take_int32(fields);
}

static void key_take(struct fields *fields, struct day_key *key)
{
    key->key_id = take_int32(fields);
    key->scope = take_text(fields);
    key->month = take_int32(fields);
    key->sealed_key = take_text(fields);
}

static enum status head_read(struct day_reader *reader, struct text body, struct error *error)
{
    struct day_head *head = &reader->head;
    struct fields fields;

    if (reader->place.has_head || reader->place.has_tail)
        return refuse(reader, error, "a head that does not stand first"); /* (1) */
    buffer_text(&reader->head_bytes, body);
    if (buffer_failed(&reader->head_bytes))
        return refuse(reader, error, "its head is larger than a head may be");
    fields = (struct fields){.rest = buffer_view(&reader->head_bytes)};
    if (!text_is(take_text(&fields), DAY_FORMAT))
        return refuse(reader, error, "its format is none we know");
    head->day = take_int32(&fields);
    head->source_count = take_count(&fields);
    for (size_t i = 0; i < head->source_count; i++)
        source_take(&fields, &head->sources[i]);
    head->key_count = take_count(&fields);
    for (size_t i = 0; i < head->key_count; i++)
        key_take(&fields, &head->keys[i]);
    if (!fields_are_all(&fields))
        return refuse(reader, error, "its head is malformed");
    reader->place.has_head = true;
    return OK;
}

static bool batch_take(struct text body, struct day_batch *batch)
{
    struct fields fields = {.rest = body};

    batch->batch_id = take_int64(&fields);
    batch->commit_id = take_int64(&fields);
    batch->source_id = take_int32(&fields);
    batch->partition = take_int32(&fields);
    batch->epoch = take_int64(&fields);
    batch->first_offset = take_int64(&fields);
    batch->next_offset = take_int64(&fields);
    batch->record_count = take_int64(&fields);
    batch->applied_count = take_int64(&fields);
    batch->duplicate_count = take_int64(&fields);
    batch->parked_count = take_int64(&fields);
    batch->records_root = take_digest(&fields);
    batch->key_id = take_int32(&fields);
    batch->plain_size = take_int64(&fields);
    batch->seed = take_text(&fields);
    batch->sealed = take_text(&fields);
    batch->leaf = take_text(&fields);
    return fields_are_all(&fields);
}

/* As the constraints of table batch have it: I5, and offsets that move on. Counts are bounded
 * before they are added. */
static bool counts_are_sound(const struct day_batch *batch)
{
    const int64_t counts[] = {batch->applied_count, batch->duplicate_count, batch->parked_count};
    int64_t sum = 0;

    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        if (counts[i] < 0 || counts[i] > INT32_MAX)
            return false;
        sum += counts[i];
    }
    return sum == batch->record_count && batch->first_offset >= 0 &&
           batch->next_offset > batch->first_offset &&
           batch->record_count <= batch->next_offset - batch->first_offset;
}

static const struct day_source *source_find(const struct day_head *head, int32_t source_id)
{
    for (size_t i = 0; i < head->source_count; i++)
        if (head->sources[i].source_id == source_id)
            return &head->sources[i];
    return NULL;
}

static bool key_is_known(const struct day_head *head, int32_t key_id)
{
    for (size_t i = 0; i < head->key_count; i++)
        if (head->keys[i].key_id == key_id)
            return true;
    return false;
}

/* (3) */
static bool leaf_speaks_of(struct day_reader *reader, const struct day_batch *batch)
{
    const struct day_source *source = source_find(&reader->head, batch->source_id);
    struct leaf_range range = {.partition = batch->partition,
                               .epoch = batch->epoch,
                               .first_offset = batch->first_offset,
                               .next_offset = batch->next_offset,
                               .records_root = batch->records_root};
    char kind[16];

    if (source == NULL || !text_copy(source->kind, kind, sizeof kind))
        return false;
    buffer_clear(&reader->name);
    leaf_source(kind, source->cluster_id, source->topic, source->generation, &reader->name);
    range.source = buffer_view(&reader->name);
    return leaf_covers(batch->leaf, batch->commit_id, &range);
}

static enum status batch_read(struct day_reader *reader, struct text body, struct error *error,
                              struct day_batch *ret_batch)
{
    struct day_batch batch = {0};

    if (!reader->place.has_head || reader->place.has_tail)
        return refuse(reader, error, "a batch outside head and tail"); /* (1) */
    if (!batch_take(body, &batch))
        return refuse(reader, error, "a batch is malformed");
    if (batch.batch_id <= reader->place.last_batch_id)
        return refuse(reader, error, "batches are not in order"); /* (1) */
    if (!counts_are_sound(&batch))
        return refuse(reader, error, "the counts of a batch are not sound");
    if (!key_is_known(&reader->head, batch.key_id))
        return refuse(reader, error, "its head does not hold the key of a batch");
    if (!leaf_speaks_of(reader, &batch))
        return refuse(reader, error, "an audit leaf does not speak of its batch");
    counts_add(&reader->place, &batch);
    *ret_batch = batch;
    return OK;
}

static enum status tail_read(struct day_reader *reader, struct text body, struct error *error)
{
    const struct day_counts *counts = &reader->place.counts;
    struct fields fields = {.rest = body};
    struct day_counts told;

    if (!reader->place.has_head || reader->place.has_tail)
        return refuse(reader, error, "a tail that does not stand last"); /* (1) */
    told.batches = take_int64(&fields);
    told.records = take_int64(&fields);
    told.sealed_bytes = take_int64(&fields);
    if (!fields_are_all(&fields) || told.batches != counts->batches ||
        told.records != counts->records || told.sealed_bytes != counts->sealed_bytes)
        return refuse(reader, error, "its tail counts something else");
    reader->place.has_tail = true;
    return OK;
}

enum status day_read(struct day_reader *reader, struct text section, struct error *error,
                     enum day_section *ret_section, struct day_batch *ret_batch)
{
    enum day_section kind = DAY_HEAD;
    struct text body;
    enum status status = OK;

    if (section.size < DAY_SECTION_EXTRA || day_section_size(section.data) != section.size)
        return refuse(reader, error, "no section begins here");
    if (!tag_find(section.data, &kind) || !chain_holds(reader, section)) /* (2) */
        return refuse(reader, error, "its bytes do not give their digest");
    body = (struct text){section.data + DAY_SECTION_HEAD, section.size - DAY_SECTION_EXTRA};
    switch (kind) {
    case DAY_HEAD: status = head_read(reader, body, error); break;
    case DAY_BATCH: status = batch_read(reader, body, error, ret_batch); break;
    case DAY_TAIL: status = tail_read(reader, body, error); break;
    }
    if (status == OK)
        *ret_section = kind;
    return status;
}

/* ---- what a batch proves ---- */

struct day_prover {
    struct archive_reader *reader;
    struct merkle *merkle;
    struct sha256 *sha256;
};

struct day_prover *day_prover_new(void)
{
    struct day_prover *prover = calloc(1, sizeof *prover);

    assert(prover != NULL);
    prover->reader = archive_reader_new(PLAIN_MAX);
    prover->merkle = merkle_new();
    prover->sha256 = sha256_new();
    return prover;
}

void day_prover_free(struct day_prover *prover)
{
    if (prover == NULL)
        return;
    archive_reader_free(prover->reader);
    merkle_free(prover->merkle);
    sha256_free(prover->sha256);
    free(prover);
}

static enum status unproven(const struct day_batch *batch, struct error *error, const char *why)
{
    error_set(error, REJECT, "a batch of raw records does not prove itself");
    return error_detail(error, "batch %lld, source %d, partition %d, offsets from %lld: %s",
                        (long long)batch->batch_id, batch->source_id, batch->partition,
                        (long long)batch->first_offset, why);
}

struct walk {
    const unsigned char *seed;
    unsigned char salts[SALT_COUNT * RAW_SALT_SIZE]; /* made so many at a time */
    day_record *each;
    void *context;
    int64_t records;
    int64_t plain_size;
    int64_t last_offset;
    bool in_order;
};

static void walk_take(struct day_prover *prover, struct walk *walk, const struct raw_record *record,
                      struct text frame)
{
    size_t index = (size_t)walk->records % SALT_COUNT;
    struct digest hash;

    if (index == 0)
        seed_blocks(walk->seed, (uint64_t)walk->records, SALT_COUNT, walk->salts);
    raw_record_hash(prover->sha256, walk->salts + index * RAW_SALT_SIZE, frame, &hash);
    merkle_add(prover->merkle, &hash);
    walk->in_order = walk->in_order && record->offset > walk->last_offset;
    walk->last_offset = record->offset;
    walk->records++;
    walk->plain_size += (int64_t)frame.size;
    if (walk->each != NULL)
        walk->each(walk->context, record, &hash);
}

static enum status walk_run(struct day_prover *prover, struct walk *walk, struct error *error)
{
    bool has_record = true;
    enum status status = OK;

    merkle_begin(prover->merkle);
    while (status == OK && has_record) {
        struct raw_record record;
        struct text frame;

        status = archive_next(prover->reader, error, &record, &frame, &has_record);
        if (status == OK && has_record)
            walk_take(prover, walk, &record, frame);
    }
    return status;
}

static enum status walk_judge(struct day_prover *prover, const struct walk *walk,
                              const struct day_batch *batch, struct error *error)
{
    struct digest root = merkle_root(prover->merkle);

    if (walk->records != batch->record_count || walk->plain_size != batch->plain_size)
        return unproven(batch, error, "it holds another number of records or bytes");
    if (!walk->in_order || walk->last_offset >= batch->next_offset)
        return unproven(batch, error, "its offsets are not those of the batch");
    if (!digest_equal(&root, &batch->records_root))
        return unproven(batch, error, "its records do not give the root in the leaf");
    return OK;
}

enum status day_prove(struct day_prover *prover, const struct day_batch *batch,
                      const unsigned char data_key[SEAL_KEY_SIZE], day_record *each, void *context,
                      struct error *error)
{
    unsigned char seed[SEAL_KEY_SIZE];
    char text[ARCHIVE_AAD_SIZE];
    struct text aad =
        archive_aad(batch->source_id, batch->partition, batch->first_offset, batch->key_id, text);
    struct walk walk = {.seed = seed,
                        .each = each,
                        .context = context,
                        .last_offset = batch->first_offset - 1,
                        .in_order = true};
    struct error inner;

    if (batch->seed.size != SEAL_KEY_SIZE + SEAL_OVERHEAD ||
        !seal_open(data_key, aad, batch->seed, seed))
        return unproven(batch, error, "its seed does not open under its key");
    if (archive_open(prover->reader, data_key, aad, batch->sealed, &inner) != OK ||
        walk_run(prover, &walk, &inner) != OK)
        return unproven(batch, error, inner.primary);
    explicit_bzero(seed, sizeof seed);
    return walk_judge(prover, &walk, batch, error);
}
