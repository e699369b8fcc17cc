/*
 * netting.h - from who owes whom to who pays what, with the proof that it is the same.
 *
 *   obligations      gross, bilateral: each pair     multilateral: against the settlement agent
 *
 *   A --100--> B     A, B   owes 100  is owed  40    A   owes 130  is owed  40   net -90
 *   B -- 40--> A     A, C   owes  30  is owed   0    B   owes  40  is owed 100   net +60
 *   A -- 30--> C     B, A   owes  40  is owed 100    C   owes   0  is owed  30   net +30
 *                    C, A   owes   0  is owed  30
 *
 * A net position is what one participant owes and is owed against one counterparty:
 *
 *   gross         one per ordered pair that has an obligation in either direction; both sides
 *                 stay apart and are instructed as they are
 *   bilateral     the same positions; of each the net is instructed
 *   multilateral  one per participant that has any obligation, against NETTING_AGENT; its net is
 *                 instructed
 *
 * Fees are settled against the agent in every model: they join the position of a participant
 * where it is multilateral, else they are one more position of it. We take part in them as one
 * more participant, whose own net is nothing to instruct: it stays with us, or comes from us.
 *
 * (1) Nets sum to zero, in all models, and so does what is instructed; with fees, the nets and
 *     what stays with us do.
 * (2) Per participant, what it owes and is owed equals its gross obligations: nothing is lost.
 * (3) Sums are checked: what does not fit int64 is refused, never wrapped (I11).
 * (4) The result depends on the obligations alone, and comes in order of (participant,
 *     counterparty).
 *
 * Cost: O(obligations + participants).
 */
#ifndef SAWA_DOMAIN_NETTING_H
#define SAWA_DOMAIN_NETTING_H

#include "base/arena.h"

#define NETTING_AGENT (-1)

enum settlement_model { MODEL_GROSS = 1, MODEL_BILATERAL, MODEL_MULTILATERAL };

const char *settlement_model_name(enum settlement_model model); /* "GROSS", as stored */
must_use bool settlement_model_parse(struct text name, enum settlement_model *ret_model);

/* Who owes whom, in one window and one currency. In order of (debtor, creditor), each pair once. */
struct obligation {
    int32_t debtor_index; /* 0 .. participant_count - 1 */
    int32_t creditor_index;
    int64_t payment_count;
    int64_t amount_minor; /* above zero */
};

struct net_position {
    int32_t participant_index;
    int32_t counterparty_index; /* or NETTING_AGENT */
    int64_t owes_minor;
    int64_t is_owed_minor;
    int64_t net_minor; /* is_owed - owes: positive is paid to the participant */
};

/* Their order (4), for qsort and bsearch. */
int net_position_compare(const void *left, const void *right);

struct netting_proof {
    int64_t obligation_minor; /* sum of the obligations               */
    int64_t payment_count;    /* behind them                          */
    int64_t owes_minor;       /* sums over the positions              */
    int64_t is_owed_minor;    /* equal to owes_minor (1)              */
    int64_t net_debit_minor;  /* sum of the negative nets, as magnitude */
    int64_t net_credit_minor; /* sum of the positive nets (1)         */
};

struct net_positions {
    struct net_position *positions;
    size_t count;
};

/* The positions of a window. False: a sum does not fit (3), or the arena is full. */
must_use bool netting_run(enum settlement_model model, const struct obligation *obligations,
                          size_t count, size_t participant_count, struct arena *arena,
                          struct net_positions *ret_positions);

/* Adds to the positions that netting_run made of obligations what fees and their taxes charge.
 * charges: in any order, pairs may repeat; index participant_count is ourselves. ret_own_minor:
 * what stays with us. False: (3), or the sums are not as they must be (1), (2). */
must_use bool netting_add_fees(enum settlement_model model, const struct obligation *obligations,
                               size_t count, const struct obligation *charges, size_t charge_count,
                               size_t participant_count, struct arena *arena,
                               struct net_positions *positions, int64_t *ret_own_minor);

/* What is to be paid because of one position: by the participant, and to it. Zero: nothing. */
struct net_payment {
    int64_t collect_minor;
    int64_t pay_minor;
};

/* Of one amount: below zero the participant pays it, above zero it is paid. */
static inline struct net_payment net_payment_of(int64_t net_minor)
{
    return (struct net_payment){.collect_minor = net_minor < 0 ? -net_minor : 0,
                                .pay_minor = net_minor > 0 ? net_minor : 0};
}

struct net_payment netting_payment(enum settlement_model model,
                                   const struct net_position *position);

/* Adds everything up a second time, from both sides. False: (1), (2) or (3) does not hold, and
 * the window must not be settled. */
must_use bool netting_prove(const struct obligation *obligations, size_t count,
                            const struct net_positions *positions, size_t participant_count,
                            struct arena *arena, struct netting_proof *ret_proof);

/* Aborts if obligations are out of order or not of participants. */
void assert_obligations_state(const struct obligation *obligations, size_t count,
                              size_t participant_count);

#endif
