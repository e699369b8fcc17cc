/*
 * business.c - see business.h.
 */
#include "store/business.h"

static enum status business_open(struct business *tx, struct error *error)
{
    enum status status = commit_begin_ids(tx->db, 0, error, &tx->commit_id, NULL);

    if (status != OK)
        return status;
    tx->leaf.commit_id = tx->commit_id;
    return commit_write_log(tx->db, &tx->leaf, error);
}

enum status business_enter(struct db *db, const char *action, const char *worker, int64_t now_us,
                           struct error *error, struct business *ret_tx)
{
    struct business tx = {.db = db};
    enum status status;

    assert(tx_is_open(db));
    tx.leaf.action = text_of(action);
    tx.leaf.worker = text_of(worker);
    tx.leaf.instant_us = now_us;
    status = business_open(&tx, error);
    if (status != OK)
        return status;
    effects_init(&tx.effects);
    *ret_tx = tx;
    return OK;
}

enum status business_begin(struct db *db, const char *action, const char *worker, int64_t now_us,
                           struct error *error, struct business *ret_tx)
{
    enum status status = tx_begin(db, error);

    if (status != OK)
        return status;
    status = business_enter(db, action, worker, now_us, error, ret_tx);
    if (status != OK)
        tx_rollback(db);
    return status;
}

void business_abandon(struct business *tx)
{
    tx_rollback(tx->db);
    effects_done(&tx->effects);
}

enum status business_end(struct business *tx, struct error *error)
{
    enum status status;

    assert(tx_is_open(tx->db));
    tx->leaf.effects = effects_end(&tx->effects);
    status = commit_write_leaf(tx->db, &tx->leaf, error);
    if (status == OK)
        status = tx_commit(tx->db, error);
    business_abandon(tx); /* nothing is open after a COMMIT that was answered */
    return status;
}

enum status business_finish(struct business *tx, enum status status, struct error *error)
{
    if (status == OK)
        return business_end(tx, error);
    business_abandon(tx);
    return status;
}
