/*
 * settlement_limit.h - what of a window's nets is paid now, what waits for the next window, and
 * what keeps the window from closing.
 *
 *     net position        what one owes and is owed              netting.h
 *   + carried in          what windows before left over
 *   + joined              of members, where one settles for others; what a member hands over
 *   = due                 to collect, to pay
 *       below the minimum    carried out, to the next window
 *       to collect, of who   taken from its balance: funded
 *       is prefunded
 *       else                 instructed
 *
 *   minimum 100     A  net -90                        due  90 to collect   carried out
 *                   B  net  60   carried in  pay 70   due 130 to pay       instructed
 *
 * Gross positions have two dues, and each side is held against the minimum by itself; all others
 * have one. Whoever has no part in the next window is settled now, whatever the minimum, and so is
 * its counterparty; and everybody is where no next window is open.
 *
 * (1) Per position: net + carried in + joined = pay - collect - funded + carried out, where what
 *     is carried counts as pay less collect. So nothing is lost, and nothing is paid twice.
 * (2) What is joined sums to zero: a group changes who pays, never how much.
 * (3) Sums are checked: what does not fit int64 is refused, never wrapped (I11).
 * (4) Both sides of a pair have the same dues and the same fate.
 * (5) A limit never cuts an amount: a breach is told, and the window waits whole.
 */
#ifndef SAWA_DOMAIN_SETTLEMENT_LIMIT_H
#define SAWA_DOMAIN_SETTLEMENT_LIMIT_H

#include "domain/netting.h"

#define NET_DEBIT_UNCAPPED INT64_MAX

/* What was left over for one position. In any order; several for one position are summed. */
struct net_carry {
    int32_t participant_index;
    int32_t counterparty_index; /* or NETTING_AGENT */
    struct net_payment minor;   /* neither below zero */
};

/* Where a participant is held to more, or less, than the model says. */
struct participant_terms {
    int32_t through_index; /* who settles for it: itself, or one that settles for itself */
    bool leaves;           /* has no part in the next window */
    bool is_prefunded;
    int64_t balance_minor; /* what it has placed */
    int64_t cap_minor;     /* of its net debit, or NET_DEBIT_UNCAPPED */
};

struct settlement_terms {
    enum settlement_model model;
    int64_t minimum_minor;                        /* 0 or 1: none */
    bool has_next;                                /* there is a window to carry to */
    const struct participant_terms *participants; /* NULL: nobody has any */
};

/* What becomes of one position (1). */
struct settled {
    struct net_payment carried_in;
    int64_t joined_minor; /* above zero: the participant is to be paid more */
    struct net_payment carried_out;
    struct net_payment instructed;
    int64_t funded_minor;
};

struct settlement_proof {
    struct net_payment carried_in; /* sums over the positions */
    struct net_payment carried_out;
    struct net_payment instructed;
    int64_t funded_minor;
};

/* Decides about the positions of a window; those of which something was left over, and of who
 * settles for others, join them, with nothing owed. ret_settled: one per position. Groups are of
 * multilateral windows. False: (3), or the arena is full. */
must_use bool settlement_decide(const struct settlement_terms *terms,
                                const struct net_carry *carried, size_t carried_count,
                                size_t participant_count, struct arena *arena,
                                struct net_positions *positions, struct settled **ret_settled);

/* Adds up a second time. False: (1), (2) or (3) does not hold, and nothing may be settled. */
must_use bool settlement_prove(const struct net_positions *positions, const struct settled *settled,
                               struct settlement_proof *ret_proof);

enum limit_kind { LIMIT_NONE, LIMIT_NET_DEBIT, LIMIT_PREFUNDING };

struct limit_breach {
    enum limit_kind kind;
    int32_t participant_index;
    int64_t debit_minor; /* INT64_MAX where it is more than that */
    int64_t limit_minor;
};

/* The first participant beyond a limit, its cap before its balance (5). Net debit is what it is to
 * pay in all its positions less what it is to be paid, carried or not. */
struct limit_breach settlement_breach(const struct settlement_terms *terms,
                                      const struct net_positions *positions,
                                      const struct settled *settled);

const char *limit_kind_name(enum limit_kind kind); /* "net_debit_cap", as a window is held for */

#endif
