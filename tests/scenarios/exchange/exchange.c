/*
 * exchange.c - what common/domain decides of one rate and its locks after the other.
 *
 * Reads cases from standard input, numbers and names parted by blanks, and answers each with lines
 * that end in ".": see run, which makes the cases and knows the answers.
 *
 *   X SIDE MAX_AGE PIVOT ROUNDING FROM TO AT VOLUME QUOTES LOCKS     PIVOT "-": none
 *   Q NUMBER SOURCE BASE QUOTE BID MID ASK VALID_FROM VALID_UNTIL    the policy's source: "desk"
 *   L OF_WINDOW BASE QUOTE RATE NOTIONAL FROM UNTIL DRAWN CLAIMED USED_FROM USED_UNTIL
 *
 *   rate RATE NUMBER INVERSE [NUMBER INVERSE] | rate_missing | rate_stale | rate_out_of_range
 *   lock I COVER COVERED LOCK_WORTH RATE_WORTH
 *   gain WORTH COVERED RESULT | overflow
 *   posting DEBIT CREDIT MINOR
 *   .
 */
#include "domain/fx_gain.h"
#include "domain/fx_rate.h"
#include "words.h"

enum { QUOTES_MAX = 64, LOCKS_MAX = 16, POSITION_ACCOUNT = 1, GAIN_ACCOUNT };

static const char *const account_names[] =
    {[POSITION_ACCOUNT] = "FX_POSITION", [GAIN_ACCOUNT] = "FX_GAIN_LOSS"};

struct exchange {
    struct fx_policy policy;
    currency from, to;
    int64_t at_us;
    struct amount volume;
    struct fx_quote quotes[QUOTES_MAX];
    size_t quote_count;
    struct fx_lock locks[LOCKS_MAX];
    size_t lock_count;
};

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

static void lock_read(struct fx_lock *lock)
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
    lock->claimed_minor = number();
    lock->used_from_us = number();
    lock->used_until_us = number();
}

static void exchange_read(struct exchange *one)
{
    one->policy = (struct fx_policy){.source = TEXT("desk")};
    if (!fx_side_parse(text_of(word()), &one->policy.side))
        malformed("a side");
    one->policy.max_age_minutes = (int32_t)number();
    one->policy.pivot = currency_word();
    if (!rounding_parse(text_of(word()), &one->policy.rounding))
        malformed("a rounding");
    one->from = currency_word();
    one->to = currency_word();
    one->at_us = number();
    one->volume = (struct amount){number(), one->from};
    one->quote_count = (size_t)number();
    one->lock_count = (size_t)number();
    if (one->quote_count > QUOTES_MAX || one->lock_count > LOCKS_MAX)
        malformed("a case");
    for (size_t i = 0; i < one->quote_count; i++)
        quote_read(&one->quotes[i]);
    for (size_t i = 0; i < one->lock_count; i++)
        lock_read(&one->locks[i]);
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

static void gain_print(struct exchange *one, int64_t rate)
{
    struct journal_entry entry;
    struct fx_gain gain;

    if (!fx_gain_decide(one->volume, rate, one->to, one->policy.rounding, one->locks,
                        one->lock_count, &gain)) {
        printf("overflow\n");
        return;
    }
    for (size_t i = 0; i < one->lock_count; i++)
        printf("lock %zu %s %" PRId64 " %" PRId64 " %" PRId64 "\n", i,
               fx_cover_name(one->locks[i].cover), one->locks[i].covered_minor,
               one->locks[i].lock_worth_minor, one->locks[i].rate_worth_minor);
    printf("gain %" PRId64 " %" PRId64 " %" PRId64 "\n", gain.worth_minor, gain.covered_minor,
           gain.result_minor);
    if (fx_gain_entry(&gain, POSITION_ACCOUNT, GAIN_ACCOUNT, one->to, &entry))
        printf("posting %s %s %" PRId64 "\n", account_names[entry.debit_account_id],
               account_names[entry.credit_account_id], entry.amount.minor);
}

int main(void)
{
    static struct exchange one;
    char kind[2];

    while (scanf("%1s", kind) == 1) {
        struct fx_choice choice;
        enum fx_answer answer;

        exchange_read(&one);
        answer = fx_rate_choose(&one.policy, one.from, one.to, one.at_us, one.quotes,
                                one.quote_count, &choice);
        if (answer == FX_FOUND) {
            choice_print(&choice);
            gain_print(&one, choice.rate);
        } else {
            printf("%s\n", fx_answer_name(answer));
        }
        printf(".\n");
    }
    return 0;
}
