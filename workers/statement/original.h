/*
 * original.h - the bytes of a statement file as they came, in the database in parts.
 *
 *   file ──> parts of ORIGINAL_PART_SIZE ──> zstd frame ──> sealed ──> statement_original
 *
 * (1) Memory holds one part, however large the file is.
 * (2) A part is sealed where there is a key, bound to its file and its place in it: the digest of
 *     the file and the number of the part are in the seal.
 * (3) What is given out has the digest that the file is known by: all of it is read and compared
 *     before the first byte is handed over.
 *
 *   original_begin(&writer, db, file_id, &digest, key)
 *     original_add(&writer, piece, &error) ..
 *   original_end(&writer, &error)                         or original_abandon, at any point
 */
#ifndef SAWA_STATEMENT_ORIGINAL_H
#define SAWA_STATEMENT_ORIGINAL_H

#include "base/config.h"
#include "codec/archive/pack.h"
#include "store/keyring.h"

enum { ORIGINAL_PART_SIZE = 4 * 1024 * 1024 };

/* What seals and opens originals: the key file, where the program has one. */
struct original_seal {
    bool present;
    unsigned char key_file[SEAL_KEY_SIZE];
    const char *scope;
};

/* By batch.key_file and batch.key_scope. FATAL, EXIT_CONFIGURATION: the file holds no key. */
must_use enum status original_seal_read(const struct config *config, struct error *error,
                                        struct original_seal *ret_seal);

/* The key of this month; *ret_key stays as it is where there is no key file. */
must_use enum status original_key(struct db *db, const struct original_seal *seal,
                                  struct error *error, struct data_key *ret_key);

struct original_writer {
    struct db *db;
    int64_t file_id;
    struct digest digest;
    const struct data_key *key; /* NULL: not sealed */
    int32_t part;               /* written last */
    size_t size;                /* of the part at hand, before it is packed */
    struct pack *pack;
};

void original_begin(struct original_writer *writer, struct db *db, int64_t file_id,
                    const struct digest *digest, const struct data_key *key);
must_use enum status original_add(struct original_writer *writer, struct text piece,
                                  struct error *error);
must_use enum status original_end(struct original_writer *writer, struct error *error);
void original_abandon(struct original_writer *writer);

typedef enum status original_take(void *context, struct text piece, struct error *error);

/* Hands the file over in pieces (3). REJECT: there is none, it is damaged, or its key is not here;
 * else what take answers. */
must_use enum status original_read(struct db *db, const struct original_seal *seal, int64_t file_id,
                                   original_take *take, void *context, struct error *error);

#endif
