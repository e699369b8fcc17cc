/*
 * decide.c - what common/domain decides of one window after the other: charges, the rate, nets,
 * what is paid, what is booked.
 *
 * Reads windows from standard input, numbers and names parted by blanks, and answers each with
 * lines that end in ".": see run, which makes the windows and knows the answers.
 *
 *   W MODEL PARTICIPANTS SOURCE SETTLEMENT CHECK FEES HAS_FX PAYMENTS CARRIED MINIMUM HAS_NEXT
 *     CHECK: how amounts follow from their rates, "-": not looked at
 *   F PAYER CURRENCY TIERING ROUNDING MIN MAX OWN DEBTOR CREDITOR TAX CHANNELS RETURNED TIERS
 *     then UP_TO FIXED PERCENT for each tier
 *   X SIDE MAX_AGE PIVOT ROUNDING AT QUOTES LOCKS      where it HAS_FX; PIVOT "-": none
 *   Q NUMBER SOURCE BASE QUOTE BID MID ASK VALID_FROM VALID_UNTIL    the policy's source: "desk"
 *   L OF_WINDOW BASE QUOTE RATE NOTIONAL FROM UNTIL DRAWN   in the order in which they are drawn on
 *   P KIND CHANNEL DEBTOR CREDITOR INSTRUCTED SETTLEMENT RATE LOCK AT     LOCK -1: none
 *   C PARTICIPANT COUNTERPARTY COLLECT PAY     was left over before
 *   T THROUGH LEAVES PREFUNDED BALANCE CAP     of each participant
 *
 *   parked I REASON
 *   accrued DEBIT CREDIT MINOR                 what is booked as payments come
 *   charge I NUMBER DEBTOR CREDITOR MINOR      parties by index, -1: ourselves
 *   rate RATE NUMBER INVERSE [NUMBER INVERSE]
 *   lock I COVER COVERED LOCK_WORTH RATE_WORTH
 *   gain WORTH COVERED RESULT
 *   held rate_missing | rate_stale | rate_out_of_range | fx_out_of_range
 *   net PARTICIPANT COUNTERPARTY OWES IS_OWED COLLECT PAY
 *   kept MINOR | overflow
 *   settled PARTICIPANT COUNTERPARTY IN_COLLECT IN_PAY JOINED OUT_COLLECT OUT_PAY COLLECT PAY
 *     FUNDED | beyond
 *   net_debit_cap | prefunding_short PARTICIPANT DEBIT LIMIT
 *   booked DEBIT CREDIT MINOR                  by the close, where nothing keeps it waiting
 *   .
 */
#include "case.h"
#include "words.h"

enum {
    PAYMENTS_MAX = 64,
    CHARGES_MAX = PAYMENTS_MAX * FEE_CHARGES_MAX,
    CARRIED_MAX = 16,
};

struct window_case {
    enum settlement_model model;
    int participants;
    currency source, settlement;
    bool checks_rate;
    enum rounding rate_rounding;
    struct exchange exchange;
    struct fee fees[FEES_MAX];
    struct fee_schedule schedule;
    struct obligation obligations[PAYMENTS_MAX];
    size_t obligation_count;
    struct obligation charges[CHARGES_MAX];
    size_t charge_count;
    struct net_carry carried[CARRIED_MAX];
    size_t carried_count;
    struct settlement_terms terms;
    struct participant_terms participant_terms[PARTICIPANTS_MAX];
};

static currency currency_word(void)
{
    return currency_of(word());
}

static void fee_read(struct fee *fee)
{
    *fee = (struct fee){.code = "F",
                        .income_account_id = ACCOUNT_FEE_INCOME,
                        .tax_account_id = ACCOUNT_TAX_PAYABLE};
    if (word()[0] != 'F' || !fee_party_parse(text_of(word()), &fee->payer))
        malformed("a fee");
    fee->currency = currency_word();
    if (!fee_tiering_parse(text_of(word()), &fee->tiering) ||
        !rounding_parse(text_of(word()), &fee->rounding))
        malformed("a fee");
    fee->minimum_minor = number();
    fee->maximum_minor = number();
    for (size_t i = 0; i < FEE_PARTY_COUNT; i++)
        fee->shares[i] = number();
    fee->tax_percent = number();
    if (fee->tax_percent > 0)
        fee->tax_country[0] = fee->tax_country[1] = 'X';
    fee->channels = (uint32_t)number();
    fee->returned_by = (uint32_t)number();
    fee->tier_count = (size_t)number();
    if (fee->tier_count > FEE_TIERS_MAX)
        malformed("a fee");
    for (size_t i = 0; i < fee->tier_count; i++) {
        fee->tiers[i].up_to_minor = number();
        fee->tiers[i].fixed_minor = number();
        fee->tiers[i].percent = number();
    }
}

static void check_read(struct window_case *window)
{
    const char *name = word();

    window->checks_rate = name[0] != '-';
    if (window->checks_rate && !rounding_parse(text_of(name), &window->rate_rounding))
        malformed("a check");
}

/* Returns how many payments follow. */
static size_t window_read(struct window_case *window)
{
    bool has_fx;
    size_t payments;

    window->obligation_count = window->charge_count = 0;
    if (!settlement_model_parse(text_of(word()), &window->model))
        malformed("a model");
    window->participants = (int)number();
    window->source = currency_word();
    window->settlement = currency_word();
    check_read(window);
    window->schedule = (struct fee_schedule){1, 1, window->fees, (size_t)number()};
    has_fx = number() != 0;
    payments = (size_t)number();
    window->carried_count = (size_t)number();
    window->terms = (struct settlement_terms){.model = window->model,
                                              .participants = window->participant_terms};
    window->terms.minimum_minor = number();
    window->terms.has_next = number() != 0;
    if (window->carried_count > CARRIED_MAX)
        malformed("a window");
    if (window->schedule.count > FEES_MAX || payments > PAYMENTS_MAX ||
        window->participants > PARTICIPANTS_MAX)
        malformed("a window");
    for (size_t i = 0; i < window->schedule.count; i++)
        fee_read(&window->fees[i]);
    assert_fee_schedule_state(&window->schedule);
    exchange_read(&window->exchange, has_fx, window->source, window->settlement);
    return payments;
}

static struct obligation *obligation_of(struct window_case *window, int32_t debtor,
                                        int32_t creditor)
{
    size_t at = 0;

    while (at < window->obligation_count && (window->obligations[at].debtor_index < debtor ||
                                             (window->obligations[at].debtor_index == debtor &&
                                              window->obligations[at].creditor_index < creditor)))
        at++;
    if (at < window->obligation_count && window->obligations[at].debtor_index == debtor &&
        window->obligations[at].creditor_index == creditor)
        return &window->obligations[at];
    memmove(&window->obligations[at + 1], &window->obligations[at],
            (window->obligation_count - at) * sizeof *window->obligations);
    window->obligation_count++;
    window->obligations[at] = (struct obligation){debtor, creditor, 0, 0};
    return &window->obligations[at];
}

/* Index of a party of a payment; ourselves come after all participants. */
static int32_t party_index(const struct window_case *window, enum fee_party party,
                           const int32_t *agents)
{
    return party == FEE_OWN ? window->participants : agents[party];
}

static void charges_take(struct window_case *window, size_t index, const struct fee_charge *charges,
                         size_t count, const int32_t *agents)
{
    for (size_t i = 0; i < count; i++) {
        int32_t debtor = party_index(window, charges[i].debtor, agents);
        int32_t creditor = party_index(window, charges[i].creditor, agents);
        int32_t own = fee_own_account(&window->schedule, charges[i].number);
        bool we_owe = debtor == window->participants;
        bool we_are_owed = creditor == window->participants;
        struct journal_entry entry =
            journal_entry_make(we_owe ? own : ACCOUNT_OBLIGATION + debtor,
                               we_are_owed ? own : ACCOUNT_OBLIGATION + creditor,
                               (struct amount){charges[i].minor, window->settlement});

        window->charges[window->charge_count++] =
            (struct obligation){debtor, creditor, 1, charges[i].minor};
        printf("charge %zu %d %d %d %" PRId64 "\n", index, charges[i].number, we_owe ? -1 : debtor,
               we_are_owed ? -1 : creditor, charges[i].minor);
        entry_print("accrued", &entry);
    }
}

/* False: a sum does not fit. */
static bool obligation_add(struct window_case *window, int32_t debtor, int32_t creditor,
                           struct amount amount)
{
    struct obligation *obligation = obligation_of(window, debtor, creditor);
    struct journal_entry entry =
        journal_entry_make(ACCOUNT_OBLIGATION + debtor, ACCOUNT_OBLIGATION + creditor, amount);

    entry_print("accrued", &entry);
    obligation->payment_count++;
    return !__builtin_add_overflow(obligation->amount_minor, amount.minor,
                                   &obligation->amount_minor);
}

static enum reason payment_judge(const struct window_case *window, const struct payment *payment,
                                 struct fee_charge charges[FEE_CHARGES_MAX], size_t *ret_count)
{
    enum reason reason = window->checks_rate
                             ? rate_check(payment->instructed_amount, payment->settlement_amount,
                                          payment->rate, window->rate_rounding)
                             : REASON_NONE;

    return reason == REASON_NONE ? fee_charges(&window->schedule, payment, charges, ret_count)
                                 : reason;
}

/* False: a sum does not fit. */
static bool payment_take(struct window_case *window, size_t index)
{
    struct fee_charge charges[FEE_CHARGES_MAX];
    struct payment payment = {.kind = PAYMENT_COMPLETED};
    int32_t agents[FEE_PARTY_COUNT];
    enum reason reason;
    bool forward;
    int64_t lock;
    size_t count;

    if (word()[0] != 'P')
        malformed("a payment");
    payment.kind = (enum payment_kind)number();
    payment.channel = (enum payment_channel)number();
    agents[FEE_DEBTOR_AGENT] = (int32_t)number();
    agents[FEE_CREDITOR_AGENT] = (int32_t)number();
    payment.instructed_amount = (struct amount){number(), window->source};
    payment.settlement_amount = (struct amount){number(), window->settlement};
    payment.rate = number();
    lock = number();
    payment.acceptance_time_us = number();
    reason = payment_judge(window, &payment, charges, &count);
    if (reason != REASON_NONE) {
        printf("parked %zu %s\n", index, reason_name(reason));
        return true;
    }
    charges_take(window, index, charges, count, agents);
    forward = payment.kind == PAYMENT_COMPLETED;
    exchange_add(&window->exchange,
                 forward ? payment.instructed_amount.minor : -payment.instructed_amount.minor, lock,
                 payment.acceptance_time_us);
    return obligation_add(window, agents[forward ? FEE_DEBTOR_AGENT : FEE_CREDITOR_AGENT],
                          agents[forward ? FEE_CREDITOR_AGENT : FEE_DEBTOR_AGENT],
                          payment.settlement_amount);
}

static bool nets_decide(const struct window_case *window, struct arena *arena,
                        struct net_positions *nets, int64_t *ret_kept)
{
    size_t participants = (size_t)window->participants;
    struct netting_proof proof;

    *ret_kept = 0;
    return netting_run(window->model, window->obligations, window->obligation_count, participants,
                       arena, nets) &&
           netting_prove(window->obligations, window->obligation_count, nets, participants, arena,
                         &proof) &&
           (window->charge_count == 0 ||
            netting_add_fees(window->model, window->obligations, window->obligation_count,
                             window->charges, window->charge_count, participants, arena, nets,
                             ret_kept));
}

static void nets_print(const struct window_case *window, const struct net_positions *nets)
{
    for (size_t i = 0; i < nets->count; i++) {
        const struct net_position *position = &nets->positions[i];
        struct net_payment payment = netting_payment(window->model, position);

        printf("net %d %d %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n",
               position->participant_index, position->counterparty_index, position->owes_minor,
               position->is_owed_minor, payment.collect_minor, payment.pay_minor);
    }
}

static void terms_read(struct window_case *window)
{
    for (size_t i = 0; i < window->carried_count; i++) {
        struct net_carry *carry = &window->carried[i];

        if (word()[0] != 'C')
            malformed("what was carried");
        carry->participant_index = (int32_t)number();
        carry->counterparty_index = (int32_t)number();
        carry->minor.collect_minor = number();
        carry->minor.pay_minor = number();
    }
    for (int i = 0; i < window->participants; i++) {
        struct participant_terms *terms = &window->participant_terms[i];

        if (word()[0] != 'T')
            malformed("a participant");
        terms->through_index = (int32_t)number();
        terms->leaves = number() != 0;
        terms->is_prefunded = number() != 0;
        terms->balance_minor = number();
        terms->cap_minor = number();
    }
}

static void settled_print(const struct net_position *position, const struct settled *settled)
{
    printf("settled %d %d %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
           " %" PRId64 " %" PRId64 "\n",
           position->participant_index, position->counterparty_index,
           settled->carried_in.collect_minor, settled->carried_in.pay_minor, settled->joined_minor,
           settled->carried_out.collect_minor, settled->carried_out.pay_minor,
           settled->instructed.collect_minor, settled->instructed.pay_minor, settled->funded_minor);
}

static void book(const struct window_case *window, const struct net_positions *nets,
                 const struct settled *settled, const struct fx_gain *gain, struct arena *arena)
{
    const struct close_case decided = {&window->terms, nets, settled, gain, NULL};
    struct close_accounts accounts = accounts_of(window->settlement);
    struct journal_entry *entries =
        arena_alloc(arena, close_entries_room(nets->count, 0) * sizeof *entries);
    size_t count;

    assert(entries != NULL);
    count = close_entries(&decided, &accounts, entries);
    for (size_t i = 0; i < count; i++)
        entry_print("booked", &entries[i]);
}

/* NULL: beyond 64 bits, or a limit; what was told says which. */
static const struct settled *settle(const struct window_case *window, struct arena *arena,
                                    struct net_positions *nets)
{
    struct settlement_proof proof;
    struct limit_breach breach;
    struct settled *settled;

    if (!settlement_decide(&window->terms, window->carried, window->carried_count,
                           (size_t)window->participants, arena, nets, &settled) ||
        !settlement_prove(nets, settled, &proof)) {
        printf("beyond\n");
        return NULL;
    }
    for (size_t i = 0; i < nets->count; i++)
        settled_print(&nets->positions[i], &settled[i]);
    breach = settlement_breach(&window->terms, nets, settled);
    if (breach.kind == LIMIT_NONE)
        return settled;
    printf("%s %d %" PRId64 " %" PRId64 "\n", limit_kind_name(breach.kind),
           breach.participant_index, breach.debit_minor, breach.limit_minor);
    return NULL;
}

/* What follows when all payments are in. A window that is held for its rate would not be netted
 * before it has one; here it is, so that each is tested in every window. */
static void window_close(struct window_case *window, bool fits, struct arena *arena)
{
    struct net_positions nets;
    const struct settled *settled;
    const struct fx_gain *gain;
    bool is_held = !exchange_decide(&window->exchange, &gain);
    int64_t kept;

    if (!fits || !nets_decide(window, arena, &nets, &kept)) {
        printf("overflow\n");
        return;
    }
    nets_print(window, &nets);
    printf("kept %" PRId64 "\n", kept);
    settled = settle(window, arena, &nets);
    if (settled != NULL && !is_held)
        book(window, &nets, settled, gain, arena);
}

int main(void)
{
    static struct window_case window;
    struct arena arena;
    char begin;

    arena_init(&arena, 64 * 1024, 16 * 1024 * 1024);
    while (scanf(" %c", &begin) == 1 && begin == 'W') {
        size_t payments = window_read(&window);
        bool fits = true;

        arena_reset(&arena);
        for (size_t i = 0; i < payments; i++)
            fits &= payment_take(&window, i);
        terms_read(&window);
        window_close(&window, fits, &arena);
        printf(".\n");
        fflush(stdout); /* an assertion that fails leaves all answers before its window */
    }
    arena_done(&arena);
    return 0;
}
