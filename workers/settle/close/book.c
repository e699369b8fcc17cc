/*
 * book.c - what a closed window becomes: obligations, net positions, their proof, instructions,
 * expected items and journal entries.
 *
 *   net debtor    COLLECT  expected: money in
 *   net creditor  PAY      expected: money out
 *
 * (1) Everything is decided in memory and proved before the first row is written.
 * (2) The books move with the expected items, one journal entry each: the book balance of the
 *     nostro is its opening balance and the sum of its expected items (I10).
 *     Which entries: domain/close_entries.h.
 * (3) Ids follow from window, participant, counterparty and direction: a close that is tried
 *     again, and a replay, name the same instructions (I9). So does that of a customer's payment,
 *     from the payment's own id besides.
 */
#include "fx/fx.h"

#include "limits/limit.h"
#include "settle_sql.h"

#include <stdio.h>
#include <stdlib.h>

enum direction { COLLECT, PAY };
static const char *const direction_names[] = {[COLLECT] = "COLLECT", [PAY] = "PAY"};

struct instruction {
    struct uuid instruction_id;
    int32_t participant_index;
    int32_t counterparty_id; /* 0: the settlement agent */
    enum direction direction;
    int64_t amount_minor;
    const struct customer_payment *payment; /* NULL: of the net position */
};

/* The participants of a window, ascending, each with its obligation account. */
struct book {
    struct closing *closing;
    struct db *db;
    struct arena *arena;
    struct effects *effects;
    char currency[CURRENCY_CODE_SIZE];
    int32_t *participant_ids;
    int32_t *account_ids;
    size_t participant_count;
    struct obligation *obligations;
    struct net_positions nets;
    struct netting_proof proof; /* of payments and nothing else */
    int64_t net_debit_minor;    /* of all positions */
    int64_t net_credit_minor;
    int64_t fee_income_minor; /* what stays with us */
    int64_t fee_tax_minor;
    struct limit_case limits; /* what becomes of the nets */
    struct instruction *instructions;
    size_t instruction_count;
    size_t *part_counts; /* customers' payments per position; NULL: none of the window */
    int64_t *part_minors;
};

static enum status too_large(const struct book *book, struct error *error)
{
    error_set(error, FATAL, "window %lld could not be netted",
              (long long)book->closing->window.window_id);
    error_detail(error, "a sum of its %zu pairs passes 64 bits, or memory its ceiling",
                 book->closing->pair_count);
    return error_hint(error, "nothing was stored; the window stays open");
}

/* ---- who takes part ---- */

static int id_compare(const void *left, const void *right)
{
    int32_t a = *(const int32_t *)left;
    int32_t b = *(const int32_t *)right;

    return (a > b) - (a < b);
}

static void participants_collect(struct book *book)
{
    const struct closing *closing = book->closing;
    size_t count = 0;

    for (size_t i = 0; i < closing->pair_count; i++) {
        book->participant_ids[count++] = closing->pairs[i].debtor_id;
        book->participant_ids[count++] = closing->pairs[i].creditor_id;
    }
    for (size_t i = 0; i < closing->charge_count; i++) {
        if (closing->charges[i].debtor_id != 0)
            book->participant_ids[count++] = closing->charges[i].debtor_id;
        if (closing->charges[i].creditor_id != 0)
            book->participant_ids[count++] = closing->charges[i].creditor_id;
    }
    qsort(book->participant_ids, count, sizeof *book->participant_ids, id_compare);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || book->participant_ids[i] != book->participant_ids[i - 1])
            book->participant_ids[book->participant_count++] = book->participant_ids[i];
    }
    limits_parties(closing->limits, book->participant_ids, &book->participant_count);
}

static int32_t participant_index(const struct book *book, int32_t participant_id)
{
    const int32_t *found = bsearch(&participant_id, book->participant_ids, book->participant_count,
                                   sizeof participant_id, id_compare);

    assert(found != NULL);
    return (int32_t)(found - book->participant_ids);
}

static enum status accounts_read(struct book *book, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_string(&params, book->currency);
    params_int32_array(&params, book->participant_ids, book->participant_count);
    status = db_run_once(book->db, settle_sql_obligation_accounts, &params, error, &rows);
    if (status == OK && (size_t)result_rows(rows) != book->participant_count)
        status = error_set(error, FATAL, "a participant has no obligation account in %s",
                           book->currency);
    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        assert(result_int64(rows, i, 0) == book->participant_ids[i]);
        book->account_ids[i] = (int32_t)result_int64(rows, i, 1);
    }
    result_free(rows);
    return status;
}

static enum status book_begin(struct book *book, struct error *error)
{
    size_t pairs = book->closing->pair_count + book->closing->charge_count;
    size_t room = limits_room(book->closing->limits, 2 * pairs) + 1;

    currency_code(book->closing->currency, book->currency);
    book->participant_ids = arena_alloc(book->arena, room * sizeof(int32_t));
    book->account_ids = arena_alloc(book->arena, room * sizeof(int32_t));
    book->obligations = arena_alloc(book->arena, (pairs + 1) * sizeof *book->obligations);
    if (book->participant_ids == NULL || book->account_ids == NULL || book->obligations == NULL)
        return too_large(book, error);
    participants_collect(book);
    return accounts_read(book, error);
}

/* ---- decisions (1) ---- */

static void obligations_decide(struct book *book)
{
    const struct closing *closing = book->closing;

    for (size_t i = 0; i < closing->pair_count; i++) {
        book->obligations[i] = (struct obligation){
            .debtor_index = participant_index(book, closing->pairs[i].debtor_id),
            .creditor_index = participant_index(book, closing->pairs[i].creditor_id),
            .payment_count = closing->pairs[i].payment_count,
            .amount_minor = closing->pairs[i].minor,
        };
    }
}

static enum status nets_decide(struct book *book, struct error *error)
{
    const struct closing *closing = book->closing;
    bool netted = netting_run(closing->model, book->obligations, closing->pair_count,
                              book->participant_count, book->arena, &book->nets);

    if (!netted || !netting_prove(book->obligations, closing->pair_count, &book->nets,
                                  book->participant_count, book->arena, &book->proof))
        return too_large(book, error);
    if (book->proof.obligation_minor != closing->gross_minor ||
        book->proof.payment_count != closing->payment_count) {
        error_set(error, FATAL, "window %lld does not add up",
                  (long long)closing->window.window_id);
        return error_detail(error, "its pairs sum to %lld minor units, its deltas to %lld (I3)",
                            (long long)book->proof.obligation_minor,
                            (long long)closing->gross_minor);
    }
    return OK;
}

/* Ourselves come after all participants. */
static int32_t party_index(const struct book *book, int32_t participant_id)
{
    return participant_id == 0 ? (int32_t)book->participant_count
                               : participant_index(book, participant_id);
}

static bool nets_sum(struct book *book)
{
    for (size_t i = 0; i < book->nets.count; i++) {
        int64_t net = book->nets.positions[i].net_minor;
        int64_t *sum = net < 0 ? &book->net_debit_minor : &book->net_credit_minor;

        if (__builtin_add_overflow(*sum, net < 0 ? -net : net, sum))
            return false;
    }
    return true;
}

/* What fees add to the nets, and the proof that with what stays with us it is zero (I2). */
static enum status fees_decide(struct book *book, struct error *error)
{
    const struct closing *closing = book->closing;
    size_t count = closing->charge_count;
    struct obligation *charges = arena_alloc(book->arena, (count + 1) * sizeof *charges);
    int64_t own_minor = 0;

    if (charges == NULL)
        return too_large(book, error);
    for (size_t i = 0; i < count; i++)
        charges[i] = (struct obligation){
            .debtor_index = party_index(book, closing->charges[i].debtor_id),
            .creditor_index = party_index(book, closing->charges[i].creditor_id),
            .payment_count = closing->charges[i].payment_count,
            .amount_minor = closing->charges[i].minor,
        };
    if (count > 0 &&
        !netting_add_fees(closing->model, book->obligations, closing->pair_count, charges, count,
                          book->participant_count, book->arena, &book->nets, &own_minor))
        return too_large(book, error);
    if (!nets_sum(book) || !charges_own(closing, false, &book->fee_income_minor) ||
        !charges_own(closing, true, &book->fee_tax_minor))
        return too_large(book, error);
    assert((__int128)book->fee_income_minor + book->fee_tax_minor == own_minor);
    assert((__int128)book->net_debit_minor - book->net_credit_minor == own_minor);
    return OK;
}

/* After it nets has those positions too that something was carried to. */
static enum status book_limits(struct book *book, struct error *error,
                               char ret_reason[HOLD_REASON_SIZE])
{
    book->limits = (struct limit_case){
        .closing = book->closing,
        .limits = book->closing->limits,
        .participant_ids = book->participant_ids,
        .account_ids = book->account_ids,
        .participant_count = book->participant_count,
        .nets = &book->nets,
    };
    return limits_decide(&book->limits, error, ret_reason);
}

/* (3) */
static struct uuid instruction_id_of(const struct book *book, const struct instruction *instruction)
{
    char payment[1 + UUID_HEX_SIZE] = "";
    char name[160];

    if (instruction->payment != NULL)
        instruction_payment_name(&instruction->payment->event_id, payment);
    snprintf(name, sizeof name, "instruction/%lld/%d/%d/%s%s",
             (long long)book->closing->window.window_id,
             book->participant_ids[instruction->participant_index], instruction->counterparty_id,
             direction_names[instruction->direction], payment);
    return uuid_of_name(text_of(name));
}

static int32_t counterparty_of(const struct book *book, const struct net_position *position)
{
    return position->counterparty_index == NETTING_AGENT
               ? 0
               : book->participant_ids[position->counterparty_index];
}

static void instruction_add(struct book *book, const struct net_position *position,
                            enum direction direction, int64_t amount_minor,
                            const struct customer_payment *payment)
{
    struct instruction *instruction = &book->instructions[book->instruction_count];

    if (amount_minor == 0)
        return;
    *instruction = (struct instruction){
        .participant_index = position->participant_index,
        .counterparty_id = counterparty_of(book, position),
        .direction = direction,
        .amount_minor = amount_minor,
        .payment = payment,
    };
    instruction->instruction_id = instruction_id_of(book, instruction);
    book->instruction_count++;
}

static enum status customers_exceed(const struct book *book, struct error *error)
{
    error_set(error, FATAL, "window %lld does not add up",
              (long long)book->closing->window.window_id);
    return error_detail(error, "its customers' payments are not those that its deltas count (I3)");
}

/* What is paid because of one position: each customer's payment by itself, and what is left of
 * it. */
static enum status payments_add(struct book *book, const struct net_position *position,
                                int64_t pay_minor, size_t *customers, struct error *error)
{
    const struct customer_payment *first = NULL;
    size_t count = 0;
    int64_t sum = 0;

    if (customers_of(book->closing, book->participant_ids[position->participant_index],
                     counterparty_of(book, position), &first, &count, &sum) != OK)
        return too_large(book, error);
    if (sum > pay_minor)
        return customers_exceed(book, error);
    for (size_t i = 0; i < count; i++) {
        instruction_add(book, position, PAY, first[i].minor, &first[i]);
        book->part_minors[(*customers)++] = first[i].minor;
    }
    if (book->part_counts != NULL)
        book->part_counts[position - book->nets.positions] = count;
    instruction_add(book, position, PAY, pay_minor - sum, NULL);
    return OK;
}

/* Where the window has customers' payments. False: out of memory. */
static bool parts_make(struct book *book)
{
    size_t count = book->closing->customer_count;

    if (count == 0)
        return true;
    book->part_counts = arena_alloc(book->arena, (book->nets.count + 1) * sizeof(size_t));
    book->part_minors = arena_alloc(book->arena, count * sizeof(int64_t));
    return book->part_counts != NULL && book->part_minors != NULL;
}

static enum status instructions_decide(struct book *book, struct error *error)
{
    size_t room = 2 * book->nets.count + book->closing->customer_count + 1;
    size_t customers = 0;
    enum status status = OK;

    book->instructions = arena_alloc(book->arena, room * sizeof *book->instructions);
    if (book->instructions == NULL || !parts_make(book))
        return too_large(book, error);
    for (size_t i = 0; status == OK && i < book->nets.count; i++) {
        const struct net_position *position = &book->nets.positions[i];
        struct net_payment payment = book->limits.settled[i].instructed;

        instruction_add(book, position, COLLECT, payment.collect_minor, NULL);
        status = payments_add(book, position, payment.pay_minor, &customers, error);
    }
    if (status == OK && customers != book->closing->customer_count)
        return customers_exceed(book, error);
    return status;
}

/* ---- writing ---- */

/* Room for count numbers of each kind; a window with too many pairs failed before. */
static int64_t *numbers_of(struct book *book, size_t count)
{
    int64_t *numbers = arena_alloc(book->arena, (count + 1) * sizeof *numbers);

    assert(numbers != NULL);
    return numbers;
}

static int32_t *ids_of(struct book *book, size_t count)
{
    int32_t *ids = arena_alloc(book->arena, (count + 1) * sizeof *ids);

    assert(ids != NULL);
    return ids;
}

static void obligation_effect(struct book *book, const struct pair *pair)
{
    effects_row(book->effects, "obligation", 6);
    effects_int64(book->effects, book->closing->window.window_id);
    effects_int64(book->effects, pair->debtor_id);
    effects_int64(book->effects, pair->creditor_id);
    effects_int64(book->effects, pair->payment_count);
    effects_int64(book->effects, pair->minor);
    effects_text(book->effects, text_of(book->currency));
}

static enum status obligations_write(struct book *book, struct error *error)
{
    const struct closing *closing = book->closing;
    size_t count = closing->pair_count;
    int32_t *ids = ids_of(book, 2 * count);
    int64_t *numbers = numbers_of(book, 2 * count);
    struct params params;

    for (size_t i = 0; i < count; i++) {
        ids[i] = closing->pairs[i].debtor_id;
        ids[count + i] = closing->pairs[i].creditor_id;
        numbers[i] = closing->pairs[i].payment_count;
        numbers[count + i] = closing->pairs[i].minor;
        obligation_effect(book, &closing->pairs[i]);
    }
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, closing->window.window_id);
    params_string(&params, book->currency);
    params_int32_array(&params, ids, count);
    params_int32_array(&params, ids + count, count);
    params_int64_array(&params, numbers, count);
    params_int64_array(&params, numbers + count, count);
    return db_run_once(book->db, settle_sql_obligation_insert, &params, error, NULL);
}

static void net_effect(struct book *book, int32_t participant_id, int32_t counterparty_id,
                       const struct net_position *position)
{
    effects_row(book->effects, "net_position", 7);
    effects_int64(book->effects, book->closing->window.window_id);
    effects_int64(book->effects, participant_id);
    effects_int64(book->effects, counterparty_id);
    effects_int64(book->effects, position->owes_minor);
    effects_int64(book->effects, position->is_owed_minor);
    effects_int64(book->effects, position->net_minor);
    effects_text(book->effects, text_of(book->currency));
}

static enum status nets_write(struct book *book, struct error *error)
{
    size_t count = book->nets.count;
    int32_t *ids = ids_of(book, 2 * count);
    int64_t *numbers = numbers_of(book, 2 * count);
    struct params params;

    for (size_t i = 0; i < count; i++) {
        const struct net_position *position = &book->nets.positions[i];

        ids[i] = book->participant_ids[position->participant_index];
        ids[count + i] = counterparty_of(book, position);
        numbers[i] = position->owes_minor;
        numbers[count + i] = position->is_owed_minor;
        net_effect(book, ids[i], ids[count + i], position);
    }
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, book->closing->window.window_id);
    params_string(&params, book->currency);
    params_int32_array(&params, ids, count);
    params_int32_array(&params, ids + count, count);
    params_int64_array(&params, numbers, count);
    params_int64_array(&params, numbers + count, count);
    return db_run_once(book->db, settle_sql_net_position_insert, &params, error, NULL);
}

static enum status proof_write(struct book *book, struct error *error)
{
    const struct closing *closing = book->closing;
    const struct settlement_proof *settled = &book->limits.proof;
    struct params params;

    effects_row(book->effects, "net_proof", 3);
    effects_int64(book->effects, closing->window.window_id);
    effects_int64(book->effects, closing->payment_count);
    effects_int64(book->effects, closing->gross_minor);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, closing->window.window_id);
    params_int64(&params, closing->tx->commit_id);
    if (closing->fold_id == 0)
        params_null(&params);
    else
        params_int64(&params, closing->fold_id);
    params_string(&params, settlement_model_name(closing->model));
    params_string(&params, book->currency);
    params_int64(&params, closing->payment_count);
    params_int64(&params, closing->late_count);
    params_int64(&params, closing->gross_minor);
    params_int32(&params, (int32_t)closing->pair_count);
    params_int64(&params, book->proof.obligation_minor);
    params_int32(&params, (int32_t)book->nets.count);
    params_int64(&params, book->net_debit_minor);
    params_int64(&params, book->net_credit_minor);
    params_int64(&params, book->fee_income_minor);
    params_int64(&params, book->fee_tax_minor);
    params_int64(&params, settled->carried_in.collect_minor);
    params_int64(&params, settled->carried_in.pay_minor);
    params_int64(&params, settled->carried_out.collect_minor);
    params_int64(&params, settled->carried_out.pay_minor);
    params_int64(&params, settled->instructed.collect_minor);
    params_int64(&params, settled->instructed.pay_minor);
    params_int64(&params, settled->funded_minor);
    return db_run_once(book->db, settle_sql_net_proof_insert, &params, error, NULL);
}

static void instruction_effect(struct book *book, const struct instruction *instruction,
                               int32_t participant_id)
{
    effects_row(book->effects, "instruction", instruction->payment == NULL ? 6 : 7);
    effects_text(book->effects, (struct text){(const char *)instruction->instruction_id.bytes, 16});
    effects_int64(book->effects, book->closing->window.window_id);
    effects_int64(book->effects, participant_id);
    effects_int64(book->effects, instruction->counterparty_id);
    effects_text(book->effects, text_of(direction_names[instruction->direction]));
    effects_int64(book->effects, instruction->amount_minor);
    if (instruction->payment != NULL)
        effects_text(book->effects,
                     (struct text){(const char *)instruction->payment->event_id.bytes, 16});
}

/* Only where it is another day than the window's id tells: leaves of before had no word for it. */
static void value_date_effect(struct book *book)
{
    const struct closing *closing = book->closing;

    if (closing->value_date == closing->window.business_date)
        return;
    effects_row(book->effects, "settlement_window", 2);
    effects_int64(book->effects, closing->window.window_id);
    effects_int64(book->effects, closing->value_date);
}

/* Of which payment each is: day and id, nil where it is of a net position. */
static void payments_params(const struct book *book, struct params *params)
{
    size_t count = book->instruction_count;
    calendar_date *days = arena_alloc(book->arena, (count + 1) * sizeof *days);
    struct uuid *ids = arena_alloc(book->arena, (count + 1) * sizeof *ids);

    assert(days != NULL && ids != NULL);
    for (size_t i = 0; i < count; i++) {
        const struct customer_payment *payment = book->instructions[i].payment;

        days[i] = payment == NULL ? 0 : payment->event_day;
        ids[i] = payment == NULL ? (struct uuid){0} : payment->event_id;
    }
    params_date_array(params, days, count);
    params_uuid_array(params, ids, count);
}

static enum status instructions_insert(struct book *book, const struct uuid *uuids,
                                       const int32_t *ids, const struct text *directions,
                                       const int64_t *amounts, struct error *error)
{
    const struct closing *closing = book->closing;
    size_t count = book->instruction_count;
    struct params params;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, closing->window.window_id);
    params_int64(&params, closing->tx->commit_id);
    params_int32(&params, closing->nostro_account_id);
    params_string(&params, book->currency);
    params_date(&params, closing->value_date);
    params_uuid_array(&params, uuids, count);
    params_int32_array(&params, ids, count);
    params_int32_array(&params, ids + count, count);
    params_text_array(&params, directions, count);
    params_int64_array(&params, amounts, count);
    payments_params(book, &params);
    return db_run_once(book->db, settle_sql_instruction_insert, &params, error, NULL);
}

static enum status instructions_write(struct book *book, struct error *error)
{
    size_t count = book->instruction_count;
    struct uuid *uuids = arena_alloc(book->arena, (count + 1) * sizeof *uuids);
    struct text *directions = arena_alloc(book->arena, (count + 1) * sizeof *directions);
    int32_t *ids = ids_of(book, 2 * count);
    int64_t *amounts = numbers_of(book, count);

    assert(uuids != NULL && directions != NULL);
    value_date_effect(book);
    for (size_t i = 0; i < count; i++) {
        const struct instruction *instruction = &book->instructions[i];

        uuids[i] = instruction->instruction_id;
        ids[i] = book->participant_ids[instruction->participant_index];
        ids[count + i] = instruction->counterparty_id;
        directions[i] = text_of(direction_names[instruction->direction]);
        amounts[i] = instruction->amount_minor;
        instruction_effect(book, instruction, ids[i]);
    }
    return instructions_insert(book, uuids, ids, directions, amounts, error);
}

static enum status expected_items_write(struct book *book, struct error *error)
{
    const struct closing *closing = book->closing;
    struct params params;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, closing->window.window_id);
    params_date(&params, closing->window.business_date);
    return db_run_once(book->db, settle_sql_expected_item_insert, &params, error, NULL);
}

/* (2) */
static enum status journal_write(const struct book *book, struct error *error)
{
    const struct closing *closing = book->closing;
    struct close_accounts accounts = {.currency = closing->currency,
                                      .nostro_id = closing->nostro_account_id,
                                      .obligation_ids = book->account_ids,
                                      .prefunding_ids = book->limits.prefunding_ids};
    const struct close_parts parts = {book->part_counts, book->part_minors,
                                      closing->customer_count};
    struct close_case decided = {.terms = &book->limits.terms,
                                 .positions = &book->nets,
                                 .settled = book->limits.settled,
                                 .gain = fx_gain_of(closing, &accounts),
                                 .parts = parts.count == 0 ? NULL : &parts};
    struct journal_entry *entries =
        arena_bytes(book->arena,
                    close_entries_room(book->nets.count, parts.count) * sizeof *entries);

    if (entries == NULL)
        return too_large(book, error);
    return settle_post(closing->settle, closing->tx, closing->window.window_id,
                       closing->window.business_date, entries,
                       close_entries(&decided, &accounts, entries), error);
}

static enum status book_write(struct book *book, struct error *error)
{
    enum status status = obligations_write(book, error);

    if (status == OK)
        status = charges_write(book->closing, error);
    if (status == OK)
        status = nets_write(book, error);
    if (status == OK)
        status = limits_write(&book->limits, error);
    if (status == OK)
        status = proof_write(book, error);
    if (status == OK)
        status = instructions_write(book, error);
    if (status == OK)
        status = expected_items_write(book, error);
    return status == OK ? journal_write(book, error) : status;
}

enum status book_window(struct closing *closing, struct error *error, bool *ret_instructed,
                        char ret_reason[HOLD_REASON_SIZE])
{
    struct book book = {
        .closing = closing,
        .db = closing->settle->session.db,
        .arena = &closing->settle->arena,
        .effects = &closing->tx->effects,
    };
    enum status status = book_begin(&book, error);

    if (status != OK)
        return status;
    obligations_decide(&book);
    status = nets_decide(&book, error);
    if (status == OK)
        status = fees_decide(&book, error);
    if (status == OK)
        status = book_limits(&book, error, ret_reason);
    if (status != OK || ret_reason[0] != '\0')
        return status;
    status = instructions_decide(&book, error);
    if (status == OK)
        status = book_write(&book, error);
    if (status == OK)
        *ret_instructed = book.instruction_count > 0;
    return status;
}
