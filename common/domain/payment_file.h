/*
 * payment_file.h - instructions on their way to a bank, and what the bank answers.
 *
 * A payment file holds instructions of one account, currency and settlement date, in the message
 * that the account's bank profile names. Its bytes are made once, when it is prepared, and never
 * change; people sign their digest; then it is written where the bank fetches it.
 *
 * LIFE OF A FILE. The database refuses every other arrow.
 *
 *   PREPARED --relay_release--> RELEASED --relay_stage--> WRITING --relay_deliver--> WRITTEN
 *   PREPARED --relay_cancel--> CANCELLED
 *
 * WRITING is a promise to move the staged file into the bank's folder: see workers/relay/deliver.c.
 *
 * LIFE OF AN INSTRUCTION. What the bank says moves it forward only.
 *
 *   PENDING ──> SENT ──> ACCEPTED ──> SETTLED ──> RETURNED
 *                 │          └──────> REJECTED, RETURNED
 *                 └─────────────────> SETTLED, REJECTED, RETURNED
 *
 * Two people, and nobody else, go two arrows more, where the bank contradicts itself: REJECTED to
 * SETTLED and SETTLED to REJECTED (workers/settle/rule.c).
 *
 * What follows from what is said (SENT: RCVD, PDNG; RETURNED: a pacs.004):
 *
 *   known, said   SENT      ACCEPTED  SETTLED      REJECTED     RETURNED
 *   PENDING       UNKNOWN   UNKNOWN   UNKNOWN      UNKNOWN      UNKNOWN
 *   SENT          SAME      APPLIED   APPLIED      APPLIED      APPLIED
 *   ACCEPTED      STALE     SAME      APPLIED      APPLIED      APPLIED
 *   SETTLED       STALE     STALE     SAME         CONTRADICTS  APPLIED
 *   REJECTED      STALE     STALE     CONTRADICTS  SAME         CONTRADICTS
 *   RETURNED      STALE     STALE     STALE        CONTRADICTS  SAME
 *
 * (1) Final never moves back: the money of a SETTLED payment has left, that of a REJECTED one never
 *     did, that of a RETURNED one left and comes back. Who says the opposite contradicts: a
 *     break that two people resolve; who says less than is known already is noted and changes
 *     nothing.
 * (2) Of what one answer says about an instruction the most specific part decides: transaction
 *     before payment information before group. A group that is accepted in part decides nothing.
 * (3) A payment comes back once, in its own currency, at most what was sent. Less is told: somebody
 *     took charges. The same return again is known; another one contradicts it.
 */
#ifndef SAWA_DOMAIN_PAYMENT_FILE_H
#define SAWA_DOMAIN_PAYMENT_FILE_H

#include "base/uuid.h"
#include "domain/amount.h"
#include "domain/customer.h"
#include "domain/date.h"

/* ---- what a bank wants ---- */

enum payment_message {
    MESSAGE_PACS_009_08 = 1,
    MESSAGE_PAIN_001_09,
    MESSAGE_PAIN_001_03,
    MESSAGE_PACS_008_08, /* customers' payments; what is no customer's goes by pacs.009 */
};

enum {
    BANK_TRANSACTIONS_MAX = 10000,   /* of one file */
    BANK_HOURS_MAX = 14 * 24,        /* to sign, and to answer */
    PAYMENT_ID_SIZE = UUID_HEX_SIZE, /* Max35Text takes the 32 digits of a UUID (65) */
    PARTY_NAME_MAX = 140,
};

/* How one account's bank wants its instructions (68). A change is a new version with its date. */
struct bank_profile {
    struct text account; /* code of the settlement account */
    int32_t version;
    calendar_date effective_from;
    enum payment_message message;
    struct text own_name;            /* who instructs */
    struct text own_bic;             /* empty: pain.001 names us by name alone */
    struct text settlement_method;   /* pacs: INDA, INGA, CLRG */
    struct text charge_bearer;       /* pacs.008: DEBT, CRED, SHAR, SLEV */
    int32_t transactions_max;        /* of one file */
    bool uetr;                       /* written where the message has a place for it */
    int64_t release_threshold_minor; /* above: a second person signs */
    bool release_automatic;          /* up to the threshold nobody signs */
    int32_t release_hours;           /* signatures and release after that are refused */
    int32_t answer_hours;            /* without an answer by then: an alert */
    bool schema_check;               /* false: released without its XSD, by decision */
    int line;                        /* in its corridor book */
};

const char *payment_message_name(enum payment_message message); /* "pacs.009.001.08" */
must_use bool payment_message_parse(struct text name, enum payment_message *ret_message);

/* The message of one file: a bank that takes customers' payments is told of others by pacs.009. */
enum payment_message payment_message_of(enum payment_message wanted, bool is_customers);

/* How many people sign a file of that sum: 0, 1 or 2. */
int32_t bank_signatures(const struct bank_profile *profile, int64_t sum_minor);

/* ---- one file ---- */

/* One credit transfer. Texts are UTF-8 as people wrote them; the writer folds them. */
struct payment_order {
    struct uuid instruction_id;
    struct text end_to_end_id;
    int64_t amount_minor;
    struct text creditor_code; /* how the book names the participant */
    struct text creditor_name;
    struct text creditor_bic; /* empty: not known */
    struct text creditor_account;
    bool creditor_account_is_iban;
    struct text remittance;
    const struct customer *customer; /* NULL: none's, and what follows is empty */
    struct text debtor_code;         /* whose customer pays: as the creditor's above */
    struct text debtor_name;
    struct text debtor_bic;
    bool has_uetr; /* the payment came with one */
    struct uuid uetr;
};

struct payment_file {
    const struct bank_profile *profile;
    struct uuid file_id;
    int64_t created_us;
    calendar_date settlement_date;
    currency currency;
    struct text servicer_bic; /* the bank that gets the file, and our account there */
    struct text own_account;
    bool own_account_is_iban;
    const struct payment_order *orders;
    size_t order_count;
    int64_t sum_minor;
};

/* Sums the orders. False: it does not fit (I11), or there are none. */
must_use bool payment_file_sum(struct payment_file *file);

/* The id of a file follows from the instructions in it and how often files with one of them were
 * cancelled: a preparation that is tried again after a COMMIT without reply names the same one. */
struct uuid payment_file_id(const struct payment_order *orders, size_t count, int64_t cancelled);

/* A version 4 UETR in small letters, made of the instruction's id: the same at every retry. */
struct uuid payment_uetr(const struct uuid *instruction_id);

/* That of the payment, which stays the same from end to end, where given is a version 4 UUID; else,
 * and where given is NULL, the one above. */
struct uuid payment_uetr_kept(const struct uuid *instruction_id, const struct uuid *given);

enum file_state { FILE_PREPARED, FILE_RELEASED, FILE_WRITING, FILE_WRITTEN, FILE_CANCELLED };

struct file_transition {
    enum file_state from;
    enum file_state to;
    const char *function;
};

const char *file_state_name(enum file_state state);
const struct file_transition *file_transitions(size_t *ret_count);

/* ---- what the bank answers ---- */

enum instruction_status {
    INSTRUCTION_PENDING,
    INSTRUCTION_SENT,
    INSTRUCTION_ACCEPTED,
    INSTRUCTION_SETTLED,
    INSTRUCTION_REJECTED,
    INSTRUCTION_RETURNED,
};

const char *instruction_status_name(enum instruction_status status);
must_use bool instruction_status_parse(struct text name, enum instruction_status *ret_status);

/* What an ISO 20022 payment status code says about one instruction; SENT where it says nothing
 * yet (RCVD, PDNG). False: the code is unknown, or speaks of a group in part (PART). */
must_use bool payment_status_read(struct text code, enum instruction_status *ret_status);

enum status_outcome {
    STATUS_APPLIED,     /* the instruction moved */
    STATUS_SAME,        /* it was known */
    STATUS_STALE,       /* it says less than is known */
    STATUS_CONTRADICTS, /* another final status than the one known (1), another return (3) */
    STATUS_UNKNOWN,     /* no such instruction, not sent yet, or a code nobody knows */
};

const char *status_outcome_name(enum status_outcome outcome);

/* (1): what becomes of an instruction in state known when the bank says said. */
enum status_outcome instruction_move(enum instruction_status known, enum instruction_status said);

/* A payment that comes back: what of it, and the bank's own id of the return. */
struct payment_return {
    struct amount amount;
    struct text reference; /* empty: the bank gave none */
};

/* (3): what becomes of an instruction over sent when the bank says that said of it comes back.
 * before: the return that is known of it, NULL where there is none. */
enum status_outcome payment_return_move(enum instruction_status known, struct amount sent,
                                        const struct payment_return *before,
                                        const struct payment_return *said);

#endif
