/*
 * currency.c - see currency.h. The table is the fact, the rest is a search in it.
 */
#include "domain/currency.h"

enum currency_state { CURRENT, RETIRED };
enum { FOUND_BITS = 5, FOUND_COUNT = 1 << FOUND_BITS };

struct currency_entry {
    char code[CURRENCY_CODE_SIZE];
    uint8_t scale;
    uint8_t state;
};

/* ISO 4217, in the order of the codes (asserted by the test of this table). */
static const struct currency_entry currencies[] = {
    {"AED", 2, CURRENT}, {"ALL", 2, CURRENT}, {"AMD", 2, CURRENT}, {"AOA", 2, CURRENT},
    {"ARS", 2, CURRENT}, {"AUD", 2, CURRENT}, {"AZN", 2, CURRENT}, {"BAM", 2, CURRENT},
    {"BDT", 2, CURRENT}, {"BGN", 2, RETIRED}, {"BHD", 3, CURRENT}, {"BIF", 0, CURRENT},
    {"BRL", 2, CURRENT}, {"BWP", 2, CURRENT}, {"CAD", 2, CURRENT}, {"CDF", 2, CURRENT},
    {"CHF", 2, CURRENT}, {"CLP", 0, CURRENT}, {"CNH", 2, CURRENT}, {"CNY", 2, CURRENT},
    {"COP", 2, CURRENT}, {"CVE", 2, CURRENT}, {"CZK", 2, CURRENT}, {"DEM", 2, RETIRED},
    {"DJF", 0, CURRENT}, {"DKK", 2, CURRENT}, {"DZD", 2, CURRENT}, {"EGP", 2, CURRENT},
    {"ERN", 2, CURRENT}, {"ETB", 2, CURRENT}, {"EUR", 2, CURRENT}, {"FRF", 2, RETIRED},
    {"GBP", 2, CURRENT}, {"GEL", 2, CURRENT}, {"GHS", 2, CURRENT}, {"GMD", 2, CURRENT},
    {"GNF", 0, CURRENT}, {"HKD", 2, CURRENT}, {"HRK", 2, RETIRED}, {"HUF", 2, CURRENT},
    {"IDR", 2, CURRENT}, {"ILS", 2, CURRENT}, {"INR", 2, CURRENT}, {"IQD", 3, CURRENT},
    {"ISK", 0, CURRENT}, {"ITL", 0, RETIRED}, {"JOD", 3, CURRENT}, {"JPY", 0, CURRENT},
    {"KES", 2, CURRENT}, {"KMF", 0, CURRENT}, {"KRW", 0, CURRENT}, {"KWD", 3, CURRENT},
    {"LBP", 2, CURRENT}, {"LKR", 2, CURRENT}, {"LRD", 2, CURRENT}, {"LSL", 2, CURRENT},
    {"LTL", 2, RETIRED}, {"LVL", 2, RETIRED}, {"LYD", 3, CURRENT}, {"MAD", 2, CURRENT},
    {"MDL", 2, CURRENT}, {"MGA", 2, CURRENT}, {"MKD", 2, CURRENT}, {"MRO", 2, RETIRED},
    {"MRU", 2, CURRENT}, {"MUR", 2, CURRENT}, {"MWK", 2, CURRENT}, {"MXN", 2, CURRENT},
    {"MYR", 2, CURRENT}, {"MZN", 2, CURRENT}, {"NAD", 2, CURRENT}, {"NGN", 2, CURRENT},
    {"NOK", 2, CURRENT}, {"NZD", 2, CURRENT}, {"OMR", 3, CURRENT}, {"PEN", 2, CURRENT},
    {"PHP", 2, CURRENT}, {"PKR", 2, CURRENT}, {"PLN", 2, CURRENT}, {"QAR", 2, CURRENT},
    {"RON", 2, CURRENT}, {"RSD", 2, CURRENT}, {"RUB", 2, CURRENT}, {"RWF", 0, CURRENT},
    {"SAR", 2, CURRENT}, {"SCR", 2, CURRENT}, {"SDG", 2, CURRENT}, {"SEK", 2, CURRENT},
    {"SGD", 2, CURRENT}, {"SHP", 2, CURRENT}, {"SLE", 2, CURRENT}, {"SLL", 2, RETIRED},
    {"SOS", 2, CURRENT}, {"SSP", 2, CURRENT}, {"STD", 2, RETIRED}, {"STN", 2, CURRENT},
    {"SZL", 2, CURRENT}, {"THB", 2, CURRENT}, {"TND", 3, CURRENT}, {"TRY", 2, CURRENT},
    {"TWD", 2, CURRENT}, {"TZS", 2, CURRENT}, {"UAH", 2, CURRENT}, {"UGX", 0, CURRENT},
    {"USD", 2, CURRENT}, {"VND", 0, CURRENT}, {"XAF", 0, CURRENT}, {"XOF", 0, CURRENT},
    {"ZAR", 2, CURRENT}, {"ZMK", 2, RETIRED}, {"ZMW", 2, CURRENT}, {"ZWG", 2, CURRENT},
    {"ZWL", 2, RETIRED},
};

static currency currency_pack(const char *code)
{
    const unsigned char *letters = (const unsigned char *)code;

    return (currency)letters[0] << 16 | (currency)letters[1] << 8 | (currency)letters[2];
}

size_t currency_count(void)
{
    static_assert(COUNT_OF(currencies) <= CURRENCY_COUNT_MAX, "the table has outgrown its bound");
    return COUNT_OF(currencies);
}

currency currency_at(size_t index)
{
    assert(index < COUNT_OF(currencies));
    return currency_pack(currencies[index].code);
}

static const struct currency_entry *currency_search(currency which)
{
    size_t low = 0;
    size_t high = COUNT_OF(currencies);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint32_t here = currency_pack(currencies[middle].code);

        if (here == which)
            return &currencies[middle];
        if (here < which)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The row of the table, NULL where there is none. A stream speaks of few currencies, of each many
 * times: every thread remembers where it found them. */
static const struct currency_entry *currency_find(currency which)
{
    static _Thread_local struct {
        currency which;
        const struct currency_entry *entry;
    } found[FOUND_COUNT];
    size_t slot = which * UINT32_C(0x9E3779B1) >> (32 - FOUND_BITS);

    if (found[slot].entry == NULL || found[slot].which != which) {
        found[slot].which = which;
        found[slot].entry = currency_search(which);
    }
    return found[slot].entry;
}

bool currency_parse(struct text code, currency *ret_currency)
{
    currency packed;

    if (code.size != CURRENCY_CODE_SIZE - 1)
        return false;
    packed = currency_pack(code.data);
    if (currency_find(packed) == NULL)
        return false;
    *ret_currency = packed;
    return true;
}

int currency_scale(currency which)
{
    const struct currency_entry *entry = currency_find(which);

    assert(entry != NULL);
    assert(entry->scale <= 3);
    return entry->scale;
}

bool currency_is_retired(currency which)
{
    const struct currency_entry *entry = currency_find(which);

    assert(entry != NULL);
    return entry->state == RETIRED;
}

void currency_code(currency which, char code[CURRENCY_CODE_SIZE])
{
    code[0] = (char)(which >> 16);
    code[1] = (char)(which >> 8 & 0xFF);
    code[2] = (char)(which & 0xFF);
    code[3] = '\0';
}
