/*
 * customer_event.c - see customer_event.h.
 */
#include "codec/event/customer_event.h"

#include "codec/event/field.h"
#include "domain/x_set.h"

enum { BYTES_VERSION = 1 };

/* ---- whether a bank could hold it ---- */

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* What no letter of is left of is no name any more: "..." says nothing of anybody. */
static bool survives_folding(struct text text, size_t character_max)
{
    struct buffer folded;
    bool survives = false;

    buffer_init(&folded, CUSTOMER_BYTES_MAX);
    x_set_fold(text, character_max, &folded);
    for (size_t i = 0; i < folded.size && !survives; i++)
        survives = is_alphanumeric(folded.data[i]);
    buffer_done(&folded);
    return survives;
}

static bool is_code(struct text text, size_t size_min, size_t size_max, bool digits)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];

        if (!(c >= 'A' && c <= 'Z') && !(digits && c >= '0' && c <= '9'))
            return false;
    }
    return text.size == 0 || (text.size >= size_min && text.size <= size_max);
}

/* An account number is written as it is, or not at all. */
static bool account_is_valid(struct text account)
{
    return account.size <= CUSTOMER_ACCOUNT_MAX && x_set_holds(account) &&
           text_equal(text_trim(account), account);
}

static bool party_is_valid(const struct party *party)
{
    return field_text_is_valid(party->name, CUSTOMER_NAME_MAX, false) &&
           survives_folding(party->name, CUSTOMER_NAME_MAX) && account_is_valid(party->account) &&
           is_code(party->country, 2, 2, false) &&
           field_text_is_valid(party->town, CUSTOMER_TOWN_MAX, true);
}

static bool party_is_said(const struct party *party)
{
    return party->name.size > 0 && party->account.size > 0;
}

enum reason customer_check(const struct customer *customer)
{
    if (!party_is_said(&customer->debtor) || !party_is_said(&customer->creditor))
        return REASON_PARTIES_MISSING;
    if (!party_is_valid(&customer->debtor) || !party_is_valid(&customer->creditor) ||
        !is_code(customer->purpose, 1, CUSTOMER_PURPOSE_MAX, true))
        return REASON_PARTIES_INVALID;
    return REASON_NONE;
}

/* ---- bytes ---- */

static void fields_of(struct customer *customer, struct text *fields[CUSTOMER_FIELD_COUNT])
{
    struct party *parties[] = {&customer->debtor, &customer->creditor};
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(parties); i++) {
        fields[count++] = &parties[i]->name;
        fields[count++] = &parties[i]->account;
        fields[count++] = &parties[i]->country;
        fields[count++] = &parties[i]->town;
    }
    fields[count++] = &customer->purpose;
    assert(count == CUSTOMER_FIELD_COUNT);
}

void customer_bytes_write(const struct customer *customer, struct buffer *out)
{
    struct customer copy = *customer;
    struct text *fields[CUSTOMER_FIELD_COUNT];

    fields_of(&copy, fields);
    buffer_byte(out, BYTES_VERSION);
    for (size_t i = 0; i < CUSTOMER_FIELD_COUNT; i++) {
        assert(fields[i]->size <= 4 * CUSTOMER_NAME_MAX); /* (1) */
        buffer_be16(out, (uint16_t)fields[i]->size);
        buffer_text(out, *fields[i]);
    }
}

bool customer_bytes_read(struct text bytes, struct customer *ret_customer)
{
    struct customer customer;
    struct text *fields[CUSTOMER_FIELD_COUNT];

    if (bytes.size == 0 || bytes.data[0] != BYTES_VERSION)
        return false;
    bytes = text_from(bytes, 1);
    fields_of(&customer, fields);
    for (size_t i = 0; i < CUSTOMER_FIELD_COUNT; i++) {
        size_t size;

        if (bytes.size < 2)
            return false;
        size = (size_t)(unsigned char)bytes.data[0] << 8 | (unsigned char)bytes.data[1];
        bytes = text_from(bytes, 2);
        if (bytes.size < size)
            return false;
        *fields[i] = text_first(bytes, size);
        bytes = text_from(bytes, size);
    }
    if (bytes.size > 0)
        return false;
    *ret_customer = customer;
    return true;
}
