/*
 * keyring.h - the key that seals raw records this month.
 *
 *   key file (32 bytes as hex, 0400) --seals--> data_key row --seals--> batch_raw, parked
 *
 * A data key exists per scope (cell) and month; whoever needs it first makes it. The
 * key file never leaves the process, a data key is in clear only in memory.
 */
#ifndef SAWA_STORE_KEYRING_H
#define SAWA_STORE_KEYRING_H

#include "base/crypto.h"
#include "store/db.h"

struct data_key {
    int32_t key_id;
    int32_t month; /* first day of it, days since 1970 */
    unsigned char key[SEAL_KEY_SIZE];
};

/* 64 hex digits as a key. False: they are not. */
must_use bool key_parse(struct text hex, unsigned char ret_key[SEAL_KEY_SIZE]);

/* The first day of the month that day lies in (days since 1970). */
int32_t month_of_day(int32_t day);

/* The key of scope in month; made when missing. FATAL, EXIT_CONFIGURATION: the row does not open
 * under this key file. */
must_use enum status keyring_get(struct db *db, const unsigned char key_file[SEAL_KEY_SIZE],
                                 const char *scope, int32_t month, struct error *error,
                                 struct data_key *ret_key);

/* Opens a data key that was read elsewhere: beside the rows it sealed, in an archive file. False:
 * it is not of this scope and month, or of another key file. */
must_use bool keyring_unseal(const unsigned char key_file[SEAL_KEY_SIZE], const char *scope,
                             int32_t month, struct text sealed,
                             unsigned char ret_key[SEAL_KEY_SIZE]);

/* The key that sealed a row. REJECT: there is none with this id; else as keyring_get. */
must_use enum status keyring_find(struct db *db, const unsigned char key_file[SEAL_KEY_SIZE],
                                  int32_t key_id, struct error *error, struct data_key *ret_key);

#endif
