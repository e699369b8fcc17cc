/*
 * archive.h - a batch's raw records, compressed and sealed: audit evidence and replay source.
 *
 *   record -> frame -> zstd -> AES-256-GCM              sealed = 0x01 | nonce | ciphertext | tag
 *              \-> record hash (records.h)
 *
 * A batch passes through a piece of 64 KiB, which becomes one zstd frame; only its compressed form
 * is ever whole in memory, and it is sealed where it lies. Reading opens the whole seal first
 * (nothing unauthenticated is ever decompressed) and then decompresses piece by piece.
 *
 * (1) What archive_open accepts is byte for byte what archive_seal gave out, under the same key
 *     and aad (table, row, key id: a ciphertext moved elsewhere does not open).
 * (2) Memory is bounded by the ceilings given at creation, not by what the bytes claim.
 *
 *   archive_begin(writer, seed);
 *   for each record: archive_add(writer, &record, &hash, error)
 *   archive_seal(writer, key, aad, error, &sealed, &plain_size)   -> batch_raw.sealed, .plain_size
 *
 *   archive_open(reader, key, aad, sealed, error)
 *   while (archive_next(reader, error, &record, &frame, &has_record) == OK && has_record) ...
 *
 * A thread has one press, whatever number of writers it has: pieces stand alone, so what the
 * compressor knows need not be kept per writer, and stays in the cache. Writer, press and reader
 * are used again for batch after batch; each belongs to one thread at a time.
 */
#ifndef SAWA_CODEC_ARCHIVE_ARCHIVE_H
#define SAWA_CODEC_ARCHIVE_ARCHIVE_H

#include "base/error.h"
#include "codec/archive/records.h"

enum { ARCHIVE_AAD_SIZE = 96 };

/* What binds a sealed batch, and its sealed seed, to its place. Terminated. */
struct text archive_aad(int32_t source_id, int32_t partition, int64_t first_offset, int32_t key_id,
                        char text[ARCHIVE_AAD_SIZE]);

struct archive_press;
struct archive_writer;
struct archive_reader;

/* Never NULL. */
struct archive_press *archive_press_new(void);
void archive_press_free(struct archive_press *press); /* NULL is fine */

/* sealed_max: the largest sealed batch. press outlives the writer. Never NULL. */
struct archive_writer *archive_writer_new(struct archive_press *press, size_t sealed_max);
void archive_writer_free(struct archive_writer *writer); /* NULL is fine */

/* Exchanges the memory that sealed batches are made in with *memory: before archive_begin, to lend
 * some that was touched before; after archive_seal, to keep what was sealed. */
void archive_swap(struct archive_writer *writer, struct buffer *memory);

/* Starts a batch, whatever became of the one before. */
void archive_begin(struct archive_writer *writer, const unsigned char seed[SEAL_KEY_SIZE]);

/* Adds the next record; *ret_hash is its record hash under salt number 0, 1, 2, ... REJECT: a
 * record or a batch above its ceiling; the batch is lost, make it smaller. */
must_use enum status archive_add(struct archive_writer *writer, const struct raw_record *record,
                                 struct error *error, struct digest *ret_hash);

/* Ends the batch. *ret_sealed belongs to the writer and lives until the next archive_begin
 * or, after archive_swap, as long as the memory;
 * *ret_plain_size is the size of all frames. REJECT as archive_add. */
must_use enum status archive_seal(struct archive_writer *writer,
                                  const unsigned char key[SEAL_KEY_SIZE], struct text aad,
                                  struct error *error, struct text *ret_sealed,
                                  uint64_t *ret_plain_size);

/* plain_max: the largest sum of frames of one batch (2). Never NULL. */
struct archive_reader *archive_reader_new(size_t plain_max);
void archive_reader_free(struct archive_reader *reader); /* NULL is fine */

/* REJECT: altered, moved, under another key, or of a version we do not know. */
must_use enum status archive_open(struct archive_reader *reader,
                                  const unsigned char key[SEAL_KEY_SIZE], struct text aad,
                                  struct text sealed, struct error *error);

/* The next record and its frame, valid until the next call. *ret_has_record false: the end. REJECT:
 * not frames, cut off, or above plain_max. */
must_use enum status archive_next(struct archive_reader *reader, struct error *error,
                                  struct raw_record *ret_record, struct text *ret_frame,
                                  bool *ret_has_record);

#endif
