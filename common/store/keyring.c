/*
 * keyring.c - see keyring.h.
 */
#include "store/keyring.h"

#include "store_sql.h"

#include <stdio.h>
#include <time.h>

enum { KEY_PARAMS_MAX = 4096, KEY_AAD_SIZE = 160 };

bool key_parse(struct text hex, unsigned char ret_key[SEAL_KEY_SIZE])
{
    struct uuid halves[2]; /* 64 hex digits are two times 32 */

    if (hex.size != 64 || !uuid_parse((struct text){hex.data, 32}, &halves[0]) ||
        !uuid_parse((struct text){hex.data + 32, 32}, &halves[1]))
        return false;
    memcpy(ret_key, halves[0].bytes, 16);
    memcpy(ret_key + 16, halves[1].bytes, 16);
    return true;
}

int32_t month_of_day(int32_t day)
{
    time_t seconds = (time_t)day * 86400;
    struct tm utc;

    gmtime_r(&seconds, &utc);
    return day - (utc.tm_mday - 1);
}

/* Binds a sealed key to its row. */
static struct text key_aad(const char *scope, int32_t month, char text[KEY_AAD_SIZE])
{
    snprintf(text, KEY_AAD_SIZE, "data_key/%s/%d", scope, month);
    return text_of(text);
}

static void key_params(struct params *params, const char *scope, int32_t month)
{
    params_clear(params);
    params_string(params, scope);
    params_date(params, month);
}

static enum status key_make(struct db *db, const unsigned char *key_file, const char *scope,
                            int32_t month, struct params *params, struct error *error)
{
    unsigned char key[SEAL_KEY_SIZE];
    unsigned char sealed[SEAL_KEY_SIZE + SEAL_OVERHEAD];
    char aad[KEY_AAD_SIZE];

    random_bytes(key, sizeof key);
    seal(key_file, key_aad(scope, month, aad), (struct text){(const char *)key, sizeof key},
         sealed);
    explicit_bzero(key, sizeof key);
    key_params(params, scope, month);
    params_bytes(params, sealed, sizeof sealed);
    return db_run(db, store_sql_data_key_insert, params, error, NULL);
}

static enum status key_find(struct db *db, const char *scope, int32_t month, struct params *params,
                            struct error *error, struct result **ret_row)
{
    key_params(params, scope, month);
    return db_run(db, store_sql_data_key_find, params, error, ret_row);
}

bool keyring_unseal(const unsigned char key_file[SEAL_KEY_SIZE], const char *scope, int32_t month,
                    struct text sealed, unsigned char ret_key[SEAL_KEY_SIZE])
{
    char aad[KEY_AAD_SIZE];

    return sealed.size == SEAL_KEY_SIZE + SEAL_OVERHEAD &&
           seal_open(key_file, key_aad(scope, month, aad), sealed, ret_key);
}

static enum status key_open(const struct result *row, const unsigned char *key_file,
                            const char *scope, int32_t month, struct error *error,
                            struct data_key *ret_key)
{
    struct data_key key = {.key_id = (int32_t)result_int64(row, 0, 0), .month = month};

    if (!keyring_unseal(key_file, scope, month, result_text(row, 0, 1), key.key)) {
        error_configuration(error, "the key file does not open the data key of this month");
        return error_hint(error, "use the key file this database was set up with");
    }
    *ret_key = key;
    return OK;
}

enum status keyring_get(struct db *db, const unsigned char key_file[SEAL_KEY_SIZE],
                        const char *scope, int32_t month, struct error *error,
                        struct data_key *ret_key)
{
    struct params params;
    struct result *row = NULL;
    enum status status;

    params_init(&params, KEY_PARAMS_MAX);
    status = key_find(db, scope, month, &params, error, &row);
    if (status == OK && result_rows(row) == 0) {
        result_free(row);
        row = NULL;
        status = key_make(db, key_file, scope, month, &params, error);
        if (status == OK)
            status = key_find(db, scope, month, &params, error, &row);
    }
    if (status == OK)
        status = key_open(row, key_file, scope, month, error, ret_key);
    result_free(row);
    params_done(&params);
    return status;
}

enum status keyring_find(struct db *db, const unsigned char key_file[SEAL_KEY_SIZE], int32_t key_id,
                         struct error *error, struct data_key *ret_key)
{
    char scope[KEY_AAD_SIZE];
    struct params params;
    struct result *row = NULL;
    enum status status;

    params_init(&params, KEY_PARAMS_MAX);
    params_int32(&params, key_id);
    status = db_run_once(db, store_sql_data_key_by_id, &params, error, &row);
    if (status == OK && result_rows(row) == 0)
        status = error_set(error, REJECT, "data key %d is missing", key_id);
    if (status == OK) {
        text_copy(result_text(row, 0, 2), scope, sizeof scope);
        status = key_open(row, key_file, scope, result_date(row, 0, 3), error, ret_key);
    }
    result_free(row);
    return status;
}
