/*
 * exchange.c - what common/domain decides of the rate of a window and of its locks: see case.h.
 */
#include "case.h"
#include "words.h"

/* "-": none. */
static currency currency_word(void)
{
    const char *code = word();

    return code[0] == '-' ? CURRENCY_NONE : currency_of(code);
}

static void quote_read(struct fx_quote *quote)
{
    int64_t id;

    if (word()[0] != 'Q')
        malformed("a quote");
    id = number();
    *quote = (struct fx_quote){.source = TEXT("desk")};
    quote->event_id.bytes[0] = (unsigned char)(id >> 8);
    quote->event_id.bytes[1] = (unsigned char)id;
    if (word()[0] != 'd')
        quote->source = TEXT("other");
    quote->base_currency = currency_word();
    quote->quote_currency = currency_word();
    quote->bid = number();
    quote->mid = number();
    quote->ask = number();
    quote->valid_from_us = number();
    quote->valid_until_us = number();
}

static void lock_read(struct fx_lock *lock, int64_t at_us)
{
    if (word()[0] != 'L')
        malformed("a lock");
    *lock = (struct fx_lock){.is_of_window = number() != 0};
    lock->base_currency = currency_word();
    lock->quote_currency = currency_word();
    lock->rate = number();
    lock->notional_minor = number();
    lock->valid_from_us = number();
    lock->valid_until_us = number();
    lock->drawn_minor = number();
    lock->used_from_us = lock->is_of_window ? at_us : INT64_MAX;
    lock->used_until_us = lock->is_of_window ? at_us : INT64_MIN;
}

static void policy_read(struct fx_policy *policy)
{
    if (word()[0] != 'X')
        malformed("a policy");
    *policy = (struct fx_policy){.source = TEXT("desk")};
    if (!fx_side_parse(text_of(word()), &policy->side))
        malformed("a side");
    policy->max_age_minutes = (int32_t)number();
    policy->pivot = currency_word();
    if (!rounding_parse(text_of(word()), &policy->rounding))
        malformed("a rounding");
}

void exchange_read(struct exchange *exchange, bool is_given, currency from, currency to)
{
    *exchange = (struct exchange){.from = from, .to = to};
    if (!is_given)
        return;
    policy_read(&exchange->policy);
    exchange->at_us = number();
    exchange->quote_count = (size_t)number();
    exchange->lock_count = (size_t)number();
    if (exchange->quote_count > QUOTES_MAX || exchange->lock_count > LOCKS_MAX)
        malformed("a policy");
    for (size_t i = 0; i < exchange->quote_count; i++)
        quote_read(&exchange->quotes[i]);
    for (size_t i = 0; i < exchange->lock_count; i++) {
        lock_read(&exchange->locks[i], exchange->at_us);
        exchange->is_used[i] = exchange->locks[i].is_of_window;
    }
}

void exchange_add(struct exchange *exchange, int64_t minor, int64_t lock, int64_t at_us)
{
    struct fx_lock *named = &exchange->locks[lock < 0 ? 0 : lock];

    exchange->any = true;
    exchange->volume += minor;
    if (lock < 0)
        return;
    if ((size_t)lock >= exchange->lock_count)
        malformed("a payment");
    exchange->claimed[lock] += minor;
    exchange->is_used[lock] = true;
    if (at_us < named->used_from_us)
        named->used_from_us = at_us;
    if (at_us > named->used_until_us)
        named->used_until_us = at_us;
}

static bool fits(__int128 minor)
{
    return minor >= -INT64_MAX && minor <= INT64_MAX;
}

/* The locks that are used, in their order, each with what it claims; indexes: which they were. */
static bool locks_take(const struct exchange *exchange, struct fx_lock *locks, size_t *indexes,
                       size_t *ret_count)
{
    *ret_count = 0;
    for (size_t i = 0; i < exchange->lock_count; i++) {
        if (!exchange->is_used[i])
            continue;
        if (!fits(exchange->claimed[i]))
            return false;
        indexes[*ret_count] = i;
        locks[*ret_count] = exchange->locks[i];
        locks[(*ret_count)++].claimed_minor = (int64_t)exchange->claimed[i];
    }
    return true;
}

static void choice_print(const struct fx_choice *choice)
{
    printf("rate %" PRId64, choice->rate);
    for (size_t i = 0; i < choice->leg_count; i++) {
        const struct uuid *id = &choice->legs[i].quote->event_id;

        printf(" %d %d", id->bytes[0] << 8 | id->bytes[1], choice->legs[i].is_inverse);
    }
    printf("\n");
}

static bool held(const char *reason)
{
    printf("held %s\n", reason);
    return false;
}

bool exchange_decide(struct exchange *exchange, const struct fx_gain **ret_gain)
{
    static struct fx_gain gain;
    struct amount volume = {(int64_t)exchange->volume, exchange->from};
    struct fx_lock locks[LOCKS_MAX];
    size_t indexes[LOCKS_MAX];
    struct fx_choice choice;
    enum fx_answer answer;
    size_t count;

    *ret_gain = NULL;
    if (exchange->policy.side == 0 || !exchange->any)
        return true;
    if (!fits(exchange->volume) || !locks_take(exchange, locks, indexes, &count))
        return held("fx_out_of_range");
    answer = fx_rate_choose(&exchange->policy, exchange->from, exchange->to, exchange->at_us,
                            exchange->quotes, exchange->quote_count, &choice);
    if (answer != FX_FOUND)
        return held(fx_answer_name(answer));
    choice_print(&choice);
    if (!fx_gain_decide(volume, choice.rate, exchange->to, exchange->policy.rounding, locks, count,
                        &gain))
        return held("fx_out_of_range");
    for (size_t i = 0; i < count; i++)
        printf("lock %zu %s %" PRId64 " %" PRId64 " %" PRId64 "\n", indexes[i],
               fx_cover_name(locks[i].cover), locks[i].covered_minor, locks[i].lock_worth_minor,
               locks[i].rate_worth_minor);
    printf("gain %" PRId64 " %" PRId64 " %" PRId64 "\n", gain.worth_minor, gain.covered_minor,
           gain.result_minor);
    *ret_gain = &gain;
    return true;
}
