/*
 * due.c - see ledger.h. Pure: the rule is that of domain/netting.h, which the close used.
 */
#include "ledger.h"

bool due_of(enum settlement_model model, const struct sides *sides, int32_t counterparty_id,
            bool collects, int64_t *ret_minor)
{
    struct net_position position = {.counterparty_index = counterparty_id == 0 ? NETTING_AGENT : 0,
                                    .owes_minor = sides->owes_minor,
                                    .is_owed_minor = sides->is_owed_minor};
    struct net_payment payment;

    if (__builtin_sub_overflow(sides->is_owed_minor, sides->owes_minor, &position.net_minor))
        return false;
    payment = netting_payment(model, &position);
    *ret_minor = collects ? payment.collect_minor : payment.pay_minor;
    return true;
}
