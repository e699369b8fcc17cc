/*
 * fuzz_value.c - anything at all as one small value: of a command line, a column, a URL, a name.
 *
 * Every input goes through every parser. Must hold: what is accepted, written and read again is the
 * same; what is written once is written the same for ever.
 */
#include "base/file.h"
#include "base/log.h"
#include "base/uuid.h"
#include "bus/amqp_address.h"
#include "bus/file_folder.h"
#include "bus/registry_http.h"
#include "domain/amount.h"
#include "domain/date.h"
#include "domain/rate.h"
#include "domain/window.h"
#include "fuzz.h"
#include "replay.h"
#include "store/keyring.h"

static void run_number(struct text text)
{
    char written[32];
    int64_t value;
    int64_t again;

    if (!text_to_int64(text, &value))
        return;
    snprintf(written, sizeof written, "%lld", (long long)value);
    assert(text_to_int64(text_of(written), &again) && again == value);
}

static void run_uuid(struct text text)
{
    char written[UUID_TEXT_SIZE];
    struct uuid uuid;
    struct uuid again;

    if (!uuid_parse(text, &uuid))
        return;
    uuid_format(&uuid, written);
    assert(uuid_parse(text_of(written), &again) && uuid_compare(&uuid, &again) == 0);
}

static void run_date(struct text text)
{
    char written[DATE_TEXT_SIZE];
    calendar_date date;

    if (!date_parse(text, &date))
        return;
    date_format(date, written);
    assert(text_is(text, written));
}

static void run_amount(struct text text, currency of)
{
    char written[AMOUNT_TEXT_SIZE];
    struct amount amount;
    struct amount again;
    bool excess = false;

    if (!amount_parse(text, '.', true, of, &amount, &excess))
        return;
    assert(amount.currency == of);
    amount_format(amount, written);
    assert(amount_parse(text_of(written), '.', true, of, &again, &excess));
    assert(again.minor == amount.minor);
}

static void run_money(struct text text)
{
    char written[RATE_TEXT_SIZE];
    currency of;
    int64_t rate;
    int64_t again;

    run_amount(text, CURRENCY('K', 'E', 'S'));
    run_amount(text, CURRENCY('U', 'G', 'X'));
    run_amount(text, CURRENCY('K', 'W', 'D'));
    if (currency_parse(text, &of))
        (void)currency_scale(of);
    if (!rate_parse(text, &rate))
        return;
    assert(rate > 0);
    rate_format(rate, written);
    assert(rate_parse(text_of(written), &again) && again == rate);
}

static void run_words(struct text text)
{
    unsigned char key[SEAL_KEY_SIZE];
    enum window_state state;
    enum log_level level;
    enum log_format format;

    if (window_state_parse(text, &state))
        assert(text_is(text, window_state_name(state)));
    (void)key_parse(text, key);
    (void)log_level_of(text, &level);
    (void)log_format_of(text, &format);
    (void)text_is_utf8(text);
    assert(text_distance(text, text, 8) <= 9);
    if (file_name_is_safe(text))
        assert(text.data[0] != '/' && memmem(text.data, text.size, "..", 2) != text.data);
}

/* Parts of it point into the URL, and end there. */
static void run_url(struct text text)
{
    char *url = fuzz_string(text);
    size_t size = strlen(url);
    struct amqp_address address;
    struct error error;

    (void)http_url_is_plain(url);
    if (amqp_address_parse(url, &error, &address) == OK) {
        assert(address.host >= url && address.host + strlen(address.host) <= url + size);
        assert(address.vhost >= url && address.vhost + strlen(address.vhost) <= url + size);
        assert(address.port > 0 && address.port <= UINT16_MAX);
    } else {
        assert(error.exit_code == EXIT_CONFIGURATION);
    }
    free(url);
}

static void run_place(struct text text)
{
    char *words = fuzz_string(text);
    struct place place;
    int64_t number;

    if (place_parse(words, &place))
        assert(place.partition >= 0 && place.offset >= 0 && place.source[0] != '\0');
    if (file_number_of(words, &number))
        assert(number >= 0 && number < 100000000);
    free(words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = fuzz_copy((struct text){(const char *)data, size});

    run_number(text);
    run_uuid(text);
    run_date(text);
    run_money(text);
    run_words(text);
    run_url(text);
    run_place(text);
    fuzz_free(text);
    return 0;
}
