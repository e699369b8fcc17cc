/*
 * vault.c - who pays whom: opened where a bank is told, sealed wherever else it is (relay.h (4)).
 *
 *   customer_payment.sealed ─ vault_customer ─> payment_order.customer ─> the file's bytes
 *   the file's bytes        ─ vault_keep ──> sealed_content ─ vault_give ─> the bank's folder
 *   an answer that names customers ─ vault_keep ──> sealed_content
 *
 * The keys are those of raw records, one per country and month (store/keyring.h): whoever destroys
 * one erases these too. No other program has the right to read either table (schemas/postgres).
 */
#include "relay.h"

#include "codec/event/customer_event.h"
#include "relay_sql.h"
#include "runtime/stream.h"
#include "store/customer_aad.h"

enum status vault_begin(const struct config *config, struct error *error, struct vault *ret_vault)
{
    struct vault vault = {
        .present = config_is_set(config, OPTION_RELAY_KEY_FILE),
        .scope = config_string(config, OPTION_RELAY_KEY_SCOPE),
    };
    enum status status = OK;

    if (vault.present)
        status = stream_key_file_of(config, OPTION_RELAY_KEY_FILE, error, vault.key_file);
    if (status == OK)
        *ret_vault = vault;
    explicit_bzero(vault.key_file, sizeof vault.key_file);
    return status;
}

void vault_end(struct vault *vault)
{
    explicit_bzero(vault->key_file, sizeof vault->key_file);
    explicit_bzero(&vault->key, sizeof vault->key);
}

static enum status key_missing(struct error *error)
{
    (void)error_configuration(error, "customers' payments cannot be opened or sealed");
    return error_hint(error, "set " OPTION_RELAY_KEY_FILE " to the file that batch.key_file names "
                             "for sawa-ingest, and run it as sawa_relay");
}

static enum status key_find(struct relay *relay, int32_t key_id, struct error *error)
{
    struct vault *vault = &relay->vault;

    if (!vault->present)
        return key_missing(error);
    return vault->key.key_id == key_id
               ? OK
               : keyring_find(relay->session.db, vault->key_file, key_id, error, &vault->key);
}

static enum status key_now(struct relay *relay, struct error *error)
{
    int32_t month = month_of_day((int32_t)(clock_now_us() / US_PER_DAY));
    struct vault *vault = &relay->vault;

    return vault->present ? keyring_get(relay->session.db, vault->key_file, vault->scope, month,
                                        error, &vault->key)
                          : key_missing(error);
}

static enum status altered(const char *what, struct error *error)
{
    error_set(error, FATAL, "%s is not what was sealed", what);
    return error_hint(error, "it was altered or moved: restore it from a backup");
}

/* ---- bytes ---- */

static enum status content_insert(struct relay *relay, const struct digest *digest,
                                  struct text sealed, struct error *error)
{
    struct params params;

    params_init(&params, RELAY_PARAMS_MAX);
    params_bytes(&params, digest->bytes, SHA256_SIZE);
    params_int32(&params, relay->vault.key.key_id);
    params_bytes(&params, sealed.data, sealed.size);
    return relay_sql(relay, relay_sql_sealed_insert, &params, error, NULL);
}

enum status vault_keep(struct relay *relay, const struct digest *digest, struct text bytes,
                       struct error *error)
{
    const struct data_key *key = &relay->vault.key;
    char aad[CUSTOMER_AAD_SIZE];
    struct buffer sealed;
    char *place;
    enum status status = key_now(relay, error);

    if (status != OK)
        return status;
    buffer_init(&sealed, bytes.size + SEAL_OVERHEAD);
    place = buffer_reserve(&sealed, bytes.size + SEAL_OVERHEAD);
    assert(place != NULL);
    seal(key->key, content_aad(digest, key->key_id, aad), bytes, (unsigned char *)place);
    buffer_commit(&sealed, bytes.size + SEAL_OVERHEAD);
    status = content_insert(relay, digest, buffer_view(&sealed), error);
    buffer_done(&sealed);
    return status;
}

static enum status content_open(struct relay *relay, const struct digest *digest,
                                const struct result *row, struct error *error, struct buffer *out)
{
    int32_t key_id = (int32_t)result_int64(row, 0, 0);
    struct text sealed = result_text(row, 0, 1);
    char aad[CUSTOMER_AAD_SIZE];
    enum status status = key_find(relay, key_id, error);
    char *place;

    if (status != OK)
        return status;
    place = sealed.size < SEAL_OVERHEAD ? NULL : buffer_reserve(out, sealed.size);
    if (place == NULL || !seal_open(relay->vault.key.key, content_aad(digest, key_id, aad), sealed,
                                    (unsigned char *)place))
        return altered("a payment file or answer", error);
    buffer_commit(out, sealed.size - SEAL_OVERHEAD);
    return OK;
}

enum status vault_give(struct relay *relay, const struct digest *digest, struct error *error,
                       struct buffer *out)
{
    struct params params;
    struct result *row = NULL;
    enum status status;

    params_init(&params, RELAY_PARAMS_MAX);
    params_bytes(&params, digest->bytes, SHA256_SIZE);
    status = relay_sql(relay, relay_sql_sealed_find, &params, error, &row);
    if (status == OK && result_rows(row) == 0) {
        status = error_set(error, REJECT, "what names its customers was erased");
        error->exit_code = EXIT_REFUSED;
    }
    if (status == OK)
        status = content_open(relay, digest, row, error, out);
    result_free(row);
    return status;
}

/* ---- one payment ---- */

enum status vault_customer(struct relay *relay, const struct uuid *event_id, int32_t key_id,
                           struct text sealed, struct error *error, struct customer *ret_customer)
{
    char aad[CUSTOMER_AAD_SIZE];
    enum status status = key_find(relay, key_id, error);
    char *plain;

    if (status != OK)
        return status;
    assert(sealed.size > SEAL_OVERHEAD && sealed.size <= CUSTOMER_BYTES_MAX + SEAL_OVERHEAD);
    plain = arena_alloc(&relay->arena, sealed.size);
    assert(plain != NULL); /* BANK_TRANSACTIONS_MAX of them at most */
    if (!seal_open(relay->vault.key.key, customer_aad(event_id, key_id, aad), sealed,
                   (unsigned char *)plain) ||
        !customer_bytes_read((struct text){plain, sealed.size - SEAL_OVERHEAD}, ret_customer))
        return altered("who pays whom in a customer's payment", error);
    return OK;
}
