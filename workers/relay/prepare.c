/*
 * prepare.c - instructions of closed windows become payment files.
 *
 *   gate          one preparation at a time
 *   orders        the next instructions of one account, date and currency, as the profile has it;
 *                 customers' payments or none (payment_message_of)
 *   open          who pays whom, of customers' payments
 *   write, check  bytes, and whether their schema takes them
 *   seal          bytes that name customers
 *   store         file and items, COMMIT; then the next
 *
 * Restart: the file's id follows from its instructions, and an instruction that is in a file is not
 * asked for again; a preparation whose COMMIT lost its reply finds its file, or makes it again.
 */
#include "relay.h"

#include "codec/iso20022/payment_xml.h"
#include "domain/iban.h"
#include "relay_sql.h"

#include <stdio.h>
#include <string.h>

/* The columns of orders.sql. */
enum column {
    ACCOUNT_ID,
    VERSION,
    MESSAGE,
    OWN_NAME,
    OWN_BIC,
    METHOD,
    TRANSACTIONS_MAX,
    HAS_UETR,
    THRESHOLD,
    AUTOMATIC,
    RELEASE_HOURS,
    SCHEMA_CHECK,
    ACCOUNT_CODE,
    SERVICER_BIC,
    SERVICER_ACCOUNT,
    SETTLEMENT_DATE,
    CURRENCY,
    INSTRUCTION_ID,
    END_TO_END_ID,
    AMOUNT,
    CREDITOR_CODE,
    CREDITOR_NAME,
    CREDITOR_BIC,
    CREDITOR_ACCOUNT,
    CREDITOR_IBAN,
    REMITTANCE,
    CANCELLED_FILES,
    IS_CUSTOMERS,
    CHARGE_BEARER,
    EVENT_ID,
    UETR,
    KEY_ID,
    SEALED,
    DEBTOR_CODE,
    DEBTOR_NAME,
    DEBTOR_BIC,
};

/* A file on its way into the database. Texts belong to rows. */
struct preparation {
    struct relay *relay;
    struct business tx;
    struct result *rows;
    int32_t account_id;
    bool is_customers; /* its bytes name them: sealed */
    struct bank_profile profile;
    struct payment_file file;
    struct buffer content;
};

static enum status unreadable(const char *what, struct error *error)
{
    return error_set(error, FATAL, "an instruction has a %s unknown to this version", what);
}

static enum status profile_read(struct preparation *one, struct error *error)
{
    const struct result *rows = one->rows;

    one->account_id = (int32_t)result_int64(rows, 0, ACCOUNT_ID);
    one->is_customers = result_bool(rows, 0, IS_CUSTOMERS);
    one->profile = (struct bank_profile){
        .account = result_text(rows, 0, ACCOUNT_CODE),
        .version = (int32_t)result_int64(rows, 0, VERSION),
        .own_name = result_text(rows, 0, OWN_NAME),
        .own_bic = result_text(rows, 0, OWN_BIC),
        .settlement_method = result_text(rows, 0, METHOD),
        .charge_bearer = result_text(rows, 0, CHARGE_BEARER),
        .transactions_max = (int32_t)result_int64(rows, 0, TRANSACTIONS_MAX),
        .uetr = result_bool(rows, 0, HAS_UETR),
        .release_threshold_minor = result_int64(rows, 0, THRESHOLD),
        .release_automatic = result_bool(rows, 0, AUTOMATIC),
        .release_hours = (int32_t)result_int64(rows, 0, RELEASE_HOURS),
        .schema_check = result_bool(rows, 0, SCHEMA_CHECK),
    };
    if (!payment_message_parse(result_text(rows, 0, MESSAGE), &one->profile.message))
        return unreadable("message", error);
    one->profile.message = payment_message_of(one->profile.message, one->is_customers);
    return OK;
}

static struct payment_order order_read(const struct result *rows, int row)
{
    return (struct payment_order){
        .instruction_id = result_uuid(rows, row, INSTRUCTION_ID),
        .end_to_end_id = result_text(rows, row, END_TO_END_ID),
        .amount_minor = result_int64(rows, row, AMOUNT),
        .creditor_code = result_text(rows, row, CREDITOR_CODE),
        .creditor_name = result_text(rows, row, CREDITOR_NAME),
        .creditor_bic = result_text(rows, row, CREDITOR_BIC),
        .creditor_account = result_text(rows, row, CREDITOR_ACCOUNT),
        .creditor_account_is_iban = result_bool(rows, row, CREDITOR_IBAN),
        .remittance = result_text(rows, row, REMITTANCE),
    };
}

/* Who pays whom: in memory alone, and in the bank's file (relay.h (4)). */
static enum status customer_read(struct preparation *one, int row, struct payment_order *order,
                                 struct error *error)
{
    const struct result *rows = one->rows;
    struct uuid event_id = result_uuid(rows, row, EVENT_ID);
    struct customer *customer = arena_alloc(&one->relay->arena, sizeof *customer);

    assert(customer != NULL);
    order->customer = customer;
    order->debtor_code = result_text(rows, row, DEBTOR_CODE);
    order->debtor_name = result_text(rows, row, DEBTOR_NAME);
    order->debtor_bic = result_text(rows, row, DEBTOR_BIC);
    order->has_uetr = !result_is_null(rows, row, UETR);
    if (order->has_uetr)
        order->uetr = result_uuid(rows, row, UETR);
    return vault_customer(one->relay, &event_id, (int32_t)result_int64(rows, row, KEY_ID),
                          result_text(rows, row, SEALED), error, customer);
}

static enum status orders_fill(struct preparation *one, struct payment_order *orders, size_t count,
                               int64_t *ret_cancelled, struct error *error)
{
    enum status status = OK;

    for (size_t i = 0; status == OK && i < count; i++) {
        orders[i] = order_read(one->rows, (int)i);
        if (result_int64(one->rows, (int)i, CANCELLED_FILES) > *ret_cancelled)
            *ret_cancelled = result_int64(one->rows, (int)i, CANCELLED_FILES);
        if (one->is_customers)
            status = customer_read(one, (int)i, &orders[i], error);
    }
    return status;
}

static enum status file_read_rows(struct preparation *one, int64_t now_us, struct error *error)
{
    size_t count = (size_t)result_rows(one->rows);
    struct payment_order *orders =
        arena_alloc(&one->relay->arena, count * sizeof(struct payment_order));
    struct text account = result_text(one->rows, 0, SERVICER_ACCOUNT);
    int64_t cancelled = 0;
    enum status status = profile_read(one, error);

    assert(orders != NULL); /* transactions_max is within BANK_TRANSACTIONS_MAX */
    if (status == OK)
        status = orders_fill(one, orders, count, &cancelled, error);
    if (status != OK)
        return status;
    one->file = (struct payment_file){
        .profile = &one->profile,
        .file_id = payment_file_id(orders, count, cancelled),
        .created_us = now_us,
        .settlement_date = result_date(one->rows, 0, SETTLEMENT_DATE),
        .servicer_bic = result_text(one->rows, 0, SERVICER_BIC),
        .own_account = account,
        .own_account_is_iban = iban_is_valid(account),
        .orders = orders,
        .order_count = count,
    };
    if (status == OK && !currency_parse(result_text(one->rows, 0, CURRENCY), &one->file.currency))
        return unreadable("currency", error);
    if (status == OK && !payment_file_sum(&one->file))
        return error_set(error, FATAL, "the sum of a payment file does not fit");
    return status;
}

/* Bytes, and the schema's word about them. */
static enum status file_write(struct preparation *one, struct error *error)
{
    payment_xml_write(&one->file, &one->content);
    if (buffer_failed(&one->content))
        return error_set(error, FATAL, "a payment file is larger than 32 MiB");
    if (!one->profile.schema_check)
        return OK;
    if (one->relay->schema_folder[0] == '\0') {
        (void)error_configuration(error, "payment files cannot be checked without their schemas");
        return error_hint(error, "set " OPTION_RELAY_SCHEMAS " to the folder of the ISO 20022 "
                                 "XSDs, or have the bank's profile say schema_check: waived");
    }
    return payment_xml_check(buffer_view(&one->content), one->profile.message,
                             one->relay->schema_folder, error);
}

/* ---- storing ---- */

static void file_params(struct preparation *one, const struct digest *digest, struct params *params)
{
    const struct payment_file *file = &one->file;
    char code[CURRENCY_CODE_SIZE];

    currency_code(file->currency, code);
    params_init(params, RELAY_PARAMS_MAX);
    params_uuid(params, &file->file_id);
    params_int32(params, one->account_id);
    params_int32(params, one->profile.version);
    params_date(params, file->settlement_date);
    params_string(params, code);
    params_int32(params, (int32_t)file->order_count);
    params_int64(params, file->sum_minor);
    params_bytes(params, one->content.data, one->is_customers ? 0 : one->content.size);
    params_bytes(params, digest->bytes, SHA256_SIZE);
    params_bool(params, one->profile.schema_check);
    params_int32(params, bank_signatures(&one->profile, file->sum_minor));
    params_instant(params, file->created_us);
    params_int32(params, one->profile.release_hours);
    params_int64(params, one->tx.commit_id);
    params_bool(params, one->is_customers);
}

static enum status file_store(struct preparation *one, struct error *error)
{
    struct digest digest = sha256(buffer_view(&one->content));
    size_t count = one->file.order_count;
    struct uuid *ids = arena_alloc(&one->relay->arena, count * sizeof *ids);
    struct params params;
    enum status status;

    assert(ids != NULL);
    for (size_t i = 0; i < count; i++)
        ids[i] = one->file.orders[i].instruction_id;
    if (one->is_customers) {
        status = vault_keep(one->relay, &digest, buffer_view(&one->content), error);
        if (status != OK)
            return status;
    }
    file_params(one, &digest, &params);
    status = relay_sql(one->relay, relay_sql_file_insert, &params, error, NULL);
    if (status != OK)
        return status;
    params_init(&params, RELAY_PARAMS_MAX);
    params_uuid(&params, &one->file.file_id);
    params_uuid_array(&params, ids, count);
    relay_file_effect(&one->tx, &one->file.file_id, FILE_PREPARED);
    effects_row(&one->tx.effects, "payment_file_content", 1);
    effects_text(&one->tx.effects, (struct text){(const char *)digest.bytes, SHA256_SIZE});
    return relay_sql(one->relay, relay_sql_item_insert, &params, error, NULL);
}

/* ---- one file ---- */

static void file_tell(const struct preparation *one, bool dry_run)
{
    char hex[UUID_HEX_SIZE];
    char sum[AMOUNT_TEXT_SIZE];
    char code[CURRENCY_CODE_SIZE];

    uuid_format_hex(&one->file.file_id, hex);
    amount_format((struct amount){one->file.sum_minor, one->file.currency}, sum);
    currency_code(one->file.currency, code);
    if (dry_run)
        printf("%s %.*s %s: %zu payments, %s %s, %d signatures\n", hex,
               TEXT_ARG(one->profile.account), payment_message_name(one->profile.message),
               one->file.order_count, code, sum,
               bank_signatures(&one->profile, one->file.sum_minor));
    else
        log_info("payment_file_prepared", "prepared a payment file", LOG_TEXT("message_id", hex),
                 LOG_INT("payments", (int64_t)one->file.order_count));
}

static enum status orders_read(struct preparation *one, int64_t now_us, struct error *error)
{
    struct params params;
    enum status status = relay_sql(one->relay, relay_sql_prepare_gate, NULL, error, NULL);

    if (status != OK)
        return status;
    params_init(&params, RELAY_PARAMS_MAX);
    params_date(&params, (calendar_date)(now_us / US_PER_DAY));
    return relay_sql(one->relay, relay_sql_orders, &params, error, &one->rows);
}

/* DUPLICATE: there is nothing to prepare. */
static enum status preparation_steps(struct preparation *one, int64_t now_us, struct error *error)
{
    enum status status = orders_read(one, now_us, error);

    if (status == OK && result_rows(one->rows) == 0)
        return DUPLICATE;
    if (status == OK)
        status = file_read_rows(one, now_us, error);
    if (status == OK)
        status = file_write(one, error);
    return status == OK ? file_store(one, error) : status;
}

static enum status prepare_one(struct relay *relay, bool dry_run, int64_t now_us,
                               struct error *error)
{
    struct preparation one = {.relay = relay};
    enum status status = business_begin(relay->session.db, "payment_file", relay->session.worker,
                                        now_us, error, &one.tx);

    if (status != OK)
        return status;
    arena_reset(&relay->arena);
    buffer_init(&one.content, RELAY_FILE_SIZE_MAX);
    status = preparation_steps(&one, now_us, error);
    if (status == OK)
        file_tell(&one, dry_run);
    if (status == DUPLICATE || (status == OK && dry_run))
        business_abandon(&one.tx);
    else
        status = business_finish(&one.tx, status, error);
    buffer_done(&one.content);
    result_free(one.rows);
    return status;
}

enum status relay_prepare(struct relay *relay, bool dry_run, int64_t now_us, struct error *error,
                          int64_t *ret_files)
{
    int64_t files = 0;
    enum status status = prepare_one(relay, dry_run, now_us, error);

    while (status == OK) {
        files++;
        if (dry_run) /* nothing was stored: the next would be the same */
            break;
        status = prepare_one(relay, dry_run, now_us, error);
    }
    if (status == DUPLICATE)
        status = OK;
    if (status == OK)
        *ret_files = files;
    return status;
}

/* ---- the command ---- */

/* The causes of unpayable.sql. */
static const char *const causes[] = {
    [1] = "nobody knows where it is paid",
    [2] = "the account has no bank profile in force",
    [3] = "its bank takes no customers' payments: its profile has no pacs.008",
    [4] = "who pays whom was erased",
};

/* What stays behind, and why. */
static enum status unpayable_tell(struct relay *relay, int64_t now_us, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, RELAY_PARAMS_MAX);
    params_date(&params, (calendar_date)(now_us / US_PER_DAY));
    status = relay_sql(relay, relay_sql_unpayable, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        printf("left: %lld to %.*s from %.*s: %s\n", (long long)result_int64(rows, i, 2),
               TEXT_ARG(result_text(rows, i, 0)), TEXT_ARG(result_text(rows, i, 1)),
               causes[result_int64(rows, i, 3)]);
    result_free(rows);
    return status;
}

int prepare_command(struct program_run *run, int argc, char **argv)
{
    bool dry_run = argc == 2 && strcmp(argv[1], "--dry-run") == 0;
    int64_t now_us = clock_now_us();
    int64_t files = 0;
    struct relay relay;
    struct error error;
    enum status status;

    if (argc != 1 && !dry_run)
        return program_usage(run, "prepare takes --dry-run or nothing");
    if (relay_start(run, &error, &relay) != OK)
        return program_fail(&error);
    status = relay_prepare(&relay, dry_run, now_us, &error, &files);
    if (status == OK)
        status = unpayable_tell(&relay, now_us, &error);
    relay_done(&relay);
    if (status != OK)
        return program_fail(&error);
    if (dry_run)
        printf("dry run: nothing stored%s\n", files > 0 ? "; this file comes first" : "");
    else
        printf("payment files prepared: %lld\n", (long long)files);
    return EXIT_OK;
}
