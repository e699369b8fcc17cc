/*
 * customer.c - customers' payments that are instructed one by one (pacs.008).
 *
 * Why here, and not one instruction per net position that the relay takes apart: an instruction is
 * what is sent once, answered, booked, matched, rejected, returned and made again. A payment that
 * is one has all of that by the rules that are there; a part of one would need each of them once
 * more.
 *
 * What a position owes beyond its customers' payments (what went back, what was carried over from a
 * version that netted otherwise, fees) is no customer's: it stays one instruction, of the position.
 */
#include "close/closing.h"

#include "settle_sql.h"

static enum status customers_take(struct closing *closing, const struct result *rows,
                                  struct error *error)
{
    size_t count = (size_t)result_rows(rows);
    struct customer_payment *customers =
        arena_alloc(&closing->settle->arena, (count + 1) * sizeof *customers);

    if (customers == NULL)
        return error_set(error, FATAL, "a window has more than %zu customers' payments", count);
    for (size_t i = 0; i < count; i++)
        customers[i] = (struct customer_payment){
            .event_day = result_date(rows, (int)i, 0),
            .event_id = result_uuid(rows, (int)i, 1),
            .debtor_id = (int32_t)result_int64(rows, (int)i, 2),
            .creditor_id = (int32_t)result_int64(rows, (int)i, 3),
            .minor = result_int64(rows, (int)i, 4),
        };
    closing->customers = customers;
    closing->customer_count = count;
    return OK;
}

enum status customers_read(struct closing *closing, struct error *error)
{
    struct result *rows = NULL;
    enum status status;

    if (!closing->instructs_payments)
        return OK;
    assert(closing->model == MODEL_GROSS); /* customer_payments_go_gross */
    status = settle_on_id(closing->settle->session.db, settle_sql_customer_payments,
                          closing->window.window_id, error, &rows);
    if (status == OK)
        status = customers_take(closing, rows, error);
    result_free(rows);
    return status;
}

static bool stands_before(const struct customer_payment *payment, int32_t creditor_id,
                          int32_t debtor_id)
{
    return payment->creditor_id < creditor_id ||
           (payment->creditor_id == creditor_id && payment->debtor_id < debtor_id);
}

enum status customers_of(const struct closing *closing, int32_t creditor_id, int32_t debtor_id,
                         const struct customer_payment **ret_first, size_t *ret_count,
                         int64_t *ret_sum)
{
    const struct customer_payment *all = closing->customers;
    size_t low = 0;
    size_t high = closing->customer_count;
    size_t last;
    int64_t sum = 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (stands_before(&all[middle], creditor_id, debtor_id))
            low = middle + 1;
        else
            high = middle;
    }
    for (last = low; last < closing->customer_count && all[last].creditor_id == creditor_id &&
                     all[last].debtor_id == debtor_id;
         last++)
        if (__builtin_add_overflow(sum, all[last].minor, &sum))
            return REJECT;
    *ret_first = last > low ? &all[low] : NULL;
    *ret_count = last - low;
    *ret_sum = sum;
    return OK;
}

void instruction_payment_name(const struct uuid *event_id, char name[1 + UUID_HEX_SIZE])
{
    static const struct uuid nil;

    name[0] = '\0';
    if (uuid_compare(event_id, &nil) == 0)
        return;
    name[0] = '/';
    uuid_format_hex(event_id, name + 1);
}
