/*
 * transaction_kind.c - see transaction_kind.h: rows, and a look into them.
 */
#include "domain/transaction_kind.h"

/* ---- ISO 20022: NULL stands for any ---- */

struct iso_row {
    const char *domain, *family, *subfamily;
    enum transaction_kind kind;
    bool is_return;
};

/* The first row that fits counts, so the exact ones stand in front (2). */
static const struct iso_row iso_rows[] = {
    /* what any family may hold */
    {NULL, NULL, "CHRG", KIND_CHARGE, false},
    {NULL, NULL, "FEES", KIND_CHARGE, false},
    {NULL, NULL, "COMM", KIND_CHARGE, false},
    {NULL, NULL, "COME", KIND_CHARGE, false},
    {NULL, NULL, "COMI", KIND_CHARGE, false},
    {NULL, NULL, "COMT", KIND_CHARGE, false},
    {NULL, NULL, "INTR", KIND_INTEREST, false},
    {NULL, NULL, "TAXE", KIND_TAX, false},
    {NULL, NULL, "ADJT", KIND_ADJUSTMENT, false},
    {NULL, NULL, "CAJT", KIND_ADJUSTMENT, false},
    {NULL, NULL, "DAJT", KIND_ADJUSTMENT, false},
    /* returns of payments */
    {"PMNT", "RCDT", "RRTN", KIND_CREDIT_TRANSFER, true},
    {"PMNT", "RCDT", "RPCR", KIND_CREDIT_TRANSFER, true},
    {"PMNT", "RCDT", "ARET", KIND_CREDIT_TRANSFER, true},
    {"PMNT", "RCDT", "AREV", KIND_CREDIT_TRANSFER, true},
    {"PMNT", "ICDT", "RRTN", KIND_CREDIT_TRANSFER, true},
    {"PMNT", "ICDT", "RPCR", KIND_CREDIT_TRANSFER, true},
    {"PMNT", "ICDT", "ARET", KIND_CREDIT_TRANSFER, true},
    {"PMNT", "ICDT", "AREV", KIND_CREDIT_TRANSFER, true},
    {"PMNT", "RRCT", "RRTN", KIND_CREDIT_TRANSFER, true},
    {"PMNT", "RRCT", "RPCR", KIND_CREDIT_TRANSFER, true},
    {"PMNT", "IRCT", "RRTN", KIND_CREDIT_TRANSFER, true},
    {"PMNT", "IRCT", "RPCR", KIND_CREDIT_TRANSFER, true},
    {"PMNT", "RDDT", "UPDD", KIND_DIRECT_DEBIT, true},
    {"PMNT", "RDDT", "PRDD", KIND_DIRECT_DEBIT, true},
    {"PMNT", "RDDT", "RCDD", KIND_DIRECT_DEBIT, true},
    {"PMNT", "IDDT", "UPDD", KIND_DIRECT_DEBIT, true},
    {"PMNT", "IDDT", "PRDD", KIND_DIRECT_DEBIT, true},
    {"PMNT", "IDDT", "RCDD", KIND_DIRECT_DEBIT, true},
    {"PMNT", "RCHQ", "UPCQ", KIND_CHEQUE, true},
    {"PMNT", "RCHQ", "XPCQ", KIND_CHEQUE, true},
    {"PMNT", "RCHQ", "CQRV", KIND_CHEQUE, true},
    {"PMNT", "ICHQ", "UPCQ", KIND_CHEQUE, true},
    {"PMNT", "ICHQ", "XPCQ", KIND_CHEQUE, true},
    {"PMNT", "ICHQ", "CQRV", KIND_CHEQUE, true},
    {"PMNT", "MCRD", "UPCT", KIND_CARD, true},
    /* payments that are none of their family's name */
    {"PMNT", "CCRD", "CWDL", KIND_CASH, false},
    {"PMNT", "CCRD", "XBCW", KIND_CASH, false},
    {"PMNT", "CCRD", "CDPT", KIND_CASH, false},
    {"PMNT", "CNTR", "CHKD", KIND_CHEQUE, false},
    /* families */
    {"PMNT", "RCDT", NULL, KIND_CREDIT_TRANSFER, false},
    {"PMNT", "ICDT", NULL, KIND_CREDIT_TRANSFER, false},
    {"PMNT", "RRCT", NULL, KIND_CREDIT_TRANSFER, false},
    {"PMNT", "IRCT", NULL, KIND_CREDIT_TRANSFER, false},
    {"PMNT", "RDDT", NULL, KIND_DIRECT_DEBIT, false},
    {"PMNT", "IDDT", NULL, KIND_DIRECT_DEBIT, false},
    {"PMNT", "RCHQ", NULL, KIND_CHEQUE, false},
    {"PMNT", "ICHQ", NULL, KIND_CHEQUE, false},
    {"PMNT", "LBOX", NULL, KIND_CHEQUE, false},
    {"PMNT", "CCRD", NULL, KIND_CARD, false},
    {"PMNT", "MCRD", NULL, KIND_CARD, false},
    {"PMNT", "CNTR", NULL, KIND_CASH, false},
    {"PMNT", "DRFT", NULL, KIND_DRAFT, false},
    /* domains */
    {"CAMT", NULL, NULL, KIND_BALANCING, false},
    {"FORX", NULL, NULL, KIND_FOREIGN_EXCHANGE, false},
    {"LDAS", NULL, NULL, KIND_LOAN, false},
    {"TRAD", NULL, NULL, KIND_DRAFT, false},
    {"SECU", NULL, NULL, KIND_SECURITIES, false},
    {"DERV", NULL, NULL, KIND_SECURITIES, false},
};

/* ---- codes that are one word ---- */

struct word_row {
    const char *code;
    enum transaction_kind kind;
    bool is_return;
};

/* Behind F, N or S; MSC and what depends on the bank has no row. */
static const struct word_row swift_rows[] = {
    {"BOE", KIND_DRAFT, false},
    {"BRF", KIND_CHARGE, false},
    {"CAR", KIND_SECURITIES, false},
    {"CAS", KIND_SECURITIES, false},
    {"CHG", KIND_CHARGE, false},
    {"CHK", KIND_CHEQUE, false},
    {"CLR", KIND_CHEQUE, false},
    {"CMI", KIND_BALANCING, false},
    {"CMN", KIND_BALANCING, false},
    {"CMS", KIND_BALANCING, false},
    {"CMT", KIND_BALANCING, false},
    {"CMZ", KIND_BALANCING, false},
    {"COL", KIND_DRAFT, false},
    {"COM", KIND_CHARGE, false},
    {"CPN", KIND_SECURITIES, false},
    {"DCR", KIND_DRAFT, false},
    {"DDT", KIND_DIRECT_DEBIT, false},
    {"DIV", KIND_SECURITIES, false},
    {"ECK", KIND_CHEQUE, false},
    {"EXT", KIND_CREDIT_TRANSFER, false},
    {"FEX", KIND_FOREIGN_EXCHANGE, false},
    {"INT", KIND_INTEREST, false},
    {"LBX", KIND_CHEQUE, false},
    {"LDP", KIND_LOAN, false},
    {"MAT", KIND_SECURITIES, false},
    {"MGT", KIND_CHARGE, false},
    {"NWI", KIND_SECURITIES, false},
    {"ODC", KIND_CHARGE, false},
    {"OPT", KIND_SECURITIES, false},
    {"PCH", KIND_SECURITIES, false},
    {"PRN", KIND_SECURITIES, false},
    {"REC", KIND_TAX, false},
    {"RED", KIND_SECURITIES, false},
    {"RIG", KIND_SECURITIES, false},
    {"SAL", KIND_SECURITIES, false},
    {"SEC", KIND_SECURITIES, false},
    {"SLE", KIND_SECURITIES, false},
    {"STO", KIND_CREDIT_TRANSFER, false},
    {"STP", KIND_TAX, false},
    {"SUB", KIND_SECURITIES, false},
    {"SWP", KIND_SECURITIES, false},
    {"TAX", KIND_TAX, false},
    {"TCK", KIND_CHEQUE, false},
    {"TRA", KIND_CREDIT_TRANSFER, false},
    {"TRF", KIND_CREDIT_TRANSFER, false},
    {"TRN", KIND_CHARGE, false},
    {"UWC", KIND_CHARGE, false},
    {"VDA", KIND_ADJUSTMENT, false},
    {"WAR", KIND_SECURITIES, false},
    {"RTI", KIND_UNKNOWN, true}, /* of whatever it was */
    /* message types: what was sent is a transfer */
    {"103", KIND_CREDIT_TRANSFER, false},
    {"200", KIND_CREDIT_TRANSFER, false},
    {"202", KIND_CREDIT_TRANSFER, false},
    {"205", KIND_CREDIT_TRANSFER, false},
};

static const struct word_row gvc_rows[] = {
    {"001", KIND_CHEQUE, false},
    {"002", KIND_CHEQUE, false},
    {"003", KIND_CHEQUE, false},
    {"004", KIND_DIRECT_DEBIT, false},
    {"005", KIND_DIRECT_DEBIT, false},
    {"008", KIND_CREDIT_TRANSFER, false},
    {"009", KIND_UNKNOWN, true},
    {"020", KIND_CREDIT_TRANSFER, false},
    {"051", KIND_CREDIT_TRANSFER, false},
    {"052", KIND_CREDIT_TRANSFER, false},
    {"053", KIND_CREDIT_TRANSFER, false},
    {"059", KIND_CREDIT_TRANSFER, true},
    {"071", KIND_DIRECT_DEBIT, false},
    {"082", KIND_CASH, false},
    {"083", KIND_CASH, false},
    {"104", KIND_DIRECT_DEBIT, false},
    {"105", KIND_DIRECT_DEBIT, false},
    {"106", KIND_CARD, false},
    {"107", KIND_DIRECT_DEBIT, false},
    {"108", KIND_DIRECT_DEBIT, true},
    {"109", KIND_DIRECT_DEBIT, true},
    {"116", KIND_CREDIT_TRANSFER, false},
    {"117", KIND_CREDIT_TRANSFER, false},
    {"152", KIND_CREDIT_TRANSFER, false},
    {"153", KIND_CREDIT_TRANSFER, false},
    {"154", KIND_CREDIT_TRANSFER, false},
    {"156", KIND_CREDIT_TRANSFER, false},
    {"159", KIND_CREDIT_TRANSFER, true},
    {"166", KIND_CREDIT_TRANSFER, false},
    {"171", KIND_DIRECT_DEBIT, false},
    {"174", KIND_DIRECT_DEBIT, false},
    {"177", KIND_CREDIT_TRANSFER, false},
    {"181", KIND_DIRECT_DEBIT, true},
    {"184", KIND_DIRECT_DEBIT, true},
    {"191", KIND_CREDIT_TRANSFER, false},
    {"192", KIND_DIRECT_DEBIT, false},
    {"194", KIND_CREDIT_TRANSFER, false},
    {"201", KIND_CREDIT_TRANSFER, false},
    {"202", KIND_CREDIT_TRANSFER, false},
    {"808", KIND_CHARGE, false},
    {"814", KIND_INTEREST, false},
};

/* Level detail; where one code stands for what depends on the bank there is no row. */
static const struct word_row bai2_rows[] = {
    {"115", KIND_CHEQUE, false},          {"142", KIND_CREDIT_TRANSFER, false},
    {"165", KIND_CREDIT_TRANSFER, false}, {"175", KIND_CHEQUE, false},
    {"195", KIND_CREDIT_TRANSFER, false}, {"206", KIND_CREDIT_TRANSFER, false},
    {"208", KIND_CREDIT_TRANSFER, false}, {"255", KIND_CHEQUE, true},
    {"257", KIND_UNKNOWN, true},          {"258", KIND_ADJUSTMENT, false},
    {"266", KIND_UNKNOWN, true},          {"275", KIND_BALANCING, false},
    {"277", KIND_BALANCING, false},       {"354", KIND_INTEREST, false},
    {"357", KIND_ADJUSTMENT, false},      {"447", KIND_CREDIT_TRANSFER, false},
    {"451", KIND_DIRECT_DEBIT, false},    {"455", KIND_DIRECT_DEBIT, false},
    {"475", KIND_CHEQUE, false},          {"481", KIND_LOAN, false},
    {"495", KIND_CREDIT_TRANSFER, false}, {"506", KIND_CREDIT_TRANSFER, false},
    {"508", KIND_CREDIT_TRANSFER, false}, {"555", KIND_CHEQUE, true},
    {"557", KIND_UNKNOWN, true},          {"566", KIND_UNKNOWN, true},
    {"567", KIND_CHARGE, false},          {"564", KIND_CHARGE, false},
    {"575", KIND_BALANCING, false},       {"577", KIND_BALANCING, false},
    {"654", KIND_INTEREST, false},        {"698", KIND_CHARGE, false},
};

/* CREDIT, DEBIT, DEP, PAYMENT and OTHER say no more than the sign does. */
static const struct word_row ofx_rows[] = {
    {"INT", KIND_INTEREST, false},
    {"DIV", KIND_SECURITIES, false},
    {"FEE", KIND_CHARGE, false},
    {"SRVCHG", KIND_CHARGE, false},
    {"ATM", KIND_CASH, false},
    {"CASH", KIND_CASH, false},
    {"POS", KIND_CARD, false},
    {"XFER", KIND_CREDIT_TRANSFER, false},
    {"CHECK", KIND_CHEQUE, false},
    {"DIRECTDEP", KIND_CREDIT_TRANSFER, false},
    {"DIRECTDEBIT", KIND_DIRECT_DEBIT, false},
    {"REPEATPMT", KIND_CREDIT_TRANSFER, false},
};

/* ---- return reasons ---- */

struct reason_row {
    const char *code;
    enum return_reason reason;
};

static const struct reason_row reason_rows[] = {
    {"AC01", RETURN_ACCOUNT_INVALID}, {"AC02", RETURN_ACCOUNT_INVALID},
    {"AC03", RETURN_ACCOUNT_INVALID}, {"AC13", RETURN_ACCOUNT_INVALID},
    {"AC15", RETURN_ACCOUNT_INVALID}, {"RR01", RETURN_ACCOUNT_INVALID},
    {"AC04", RETURN_ACCOUNT_CLOSED},  {"AC07", RETURN_ACCOUNT_CLOSED},
    {"AC06", RETURN_ACCOUNT_BLOCKED}, {"AC16", RETURN_ACCOUNT_BLOCKED},
    {"AC17", RETURN_ACCOUNT_BLOCKED}, {"AC14", RETURN_AGENT_INVALID},
    {"RC01", RETURN_AGENT_INVALID},   {"RC07", RETURN_AGENT_INVALID},
    {"CNOR", RETURN_AGENT_INVALID},   {"DNOR", RETURN_AGENT_INVALID},
    {"BE01", RETURN_PARTY_UNKNOWN},   {"BE05", RETURN_PARTY_UNKNOWN},
    {"BE06", RETURN_PARTY_UNKNOWN},   {"MD07", RETURN_PARTY_UNKNOWN},
    {"RR02", RETURN_PARTY_UNKNOWN},   {"RR03", RETURN_PARTY_UNKNOWN},
    {"AG01", RETURN_NOT_ALLOWED},     {"AG02", RETURN_NOT_ALLOWED},
    {"AM04", RETURN_FUNDS_MISSING},   {"AM01", RETURN_AMOUNT_INVALID},
    {"AM02", RETURN_AMOUNT_INVALID},  {"AM03", RETURN_AMOUNT_INVALID},
    {"AM06", RETURN_AMOUNT_INVALID},  {"AM09", RETURN_AMOUNT_INVALID},
    {"CURR", RETURN_AMOUNT_INVALID},  {"AM05", RETURN_DUPLICATE},
    {"MD01", RETURN_MANDATE_MISSING}, {"MD02", RETURN_MANDATE_MISSING},
    {"CUST", RETURN_REQUESTED},       {"FOCR", RETURN_REQUESTED},
    {"MD06", RETURN_REQUESTED},       {"FR01", RETURN_FRAUD},
    {"RR04", RETURN_REGULATION},      {"DS28", RETURN_TECHNICAL},
    {"ED05", RETURN_TECHNICAL},       {"TM01", RETURN_TOO_LATE},
    {"MS02", RETURN_NOT_GIVEN},       {"MS03", RETURN_NOT_GIVEN},
};

/* ---- a look into them ---- */

static bool is_any(const char *wanted, struct text code)
{
    return wanted == NULL || text_is(code, wanted);
}

static struct transaction_meaning iso_meaning(const struct statement_code *code)
{
    for (size_t i = 0; i < COUNT_OF(iso_rows); i++) {
        const struct iso_row *row = &iso_rows[i];

        if (is_any(row->domain, code->domain) && is_any(row->family, code->family) &&
            is_any(row->subfamily, code->subfamily))
            return (struct transaction_meaning){row->kind, row->is_return};
    }
    return (struct transaction_meaning){KIND_UNKNOWN, false};
}

static struct transaction_meaning word_meaning(const struct word_row *rows, size_t count,
                                               struct text code)
{
    for (size_t i = 0; i < count; i++) {
        if (text_is(code, rows[i].code))
            return (struct transaction_meaning){rows[i].kind, rows[i].is_return};
    }
    return (struct transaction_meaning){KIND_UNKNOWN, false};
}

/* Four characters: F, N or S and the code. What stands in other places is text (rule 23). */
static struct transaction_meaning swift_meaning(struct text type)
{
    if (type.size != 4 || strchr("FNS", type.data[0]) == NULL)
        return (struct transaction_meaning){KIND_UNKNOWN, false};
    return word_meaning(swift_rows, COUNT_OF(swift_rows), text_from(type, 1));
}

/* The first that knows a word gives it; each may say that it is a return (1). */
static void meaning_add(struct transaction_meaning *meaning, struct transaction_meaning more)
{
    if (meaning->kind == KIND_UNKNOWN)
        meaning->kind = more.kind;
    meaning->is_return = meaning->is_return || more.is_return;
}

/* German banks give both in camt: NTRF+166+9310, issued by DK (ZKA before). */
static struct transaction_meaning german_meaning(struct text proprietary)
{
    struct text type = text_take(&proprietary, '+');
    struct text gvc = text_take(&proprietary, '+');
    struct transaction_meaning meaning = word_meaning(gvc_rows, COUNT_OF(gvc_rows), gvc);

    meaning_add(&meaning, swift_meaning(type));
    return meaning;
}

static struct transaction_meaning proprietary_meaning(const struct statement_code *code)
{
    if (text_is(code->issuer, "GVC"))
        return word_meaning(gvc_rows, COUNT_OF(gvc_rows), code->proprietary);
    if (text_is(code->issuer, "BAI2"))
        return word_meaning(bai2_rows, COUNT_OF(bai2_rows), code->proprietary);
    if (text_is(code->issuer, "OFX"))
        return word_meaning(ofx_rows, COUNT_OF(ofx_rows), code->proprietary);
    if (text_is(code->issuer, "DK") || text_is(code->issuer, "ZKA"))
        return german_meaning(code->proprietary);
    return (struct transaction_meaning){KIND_UNKNOWN, false};
}

struct transaction_meaning transaction_meaning_of(const struct statement_code *code)
{
    struct transaction_meaning meaning = {KIND_UNKNOWN, false};

    if (code->domain.size > 0)
        meaning_add(&meaning, iso_meaning(code));
    if (code->proprietary.size > 0)
        meaning_add(&meaning, proprietary_meaning(code));
    if (code->swift_type.size > 0)
        meaning_add(&meaning, swift_meaning(code->swift_type));
    return meaning;
}

const char *transaction_kind_name(enum transaction_kind kind)
{
    static const char *const names[KIND_COUNT] = {
        [KIND_UNKNOWN] = "unknown",
        [KIND_CREDIT_TRANSFER] = "credit_transfer",
        [KIND_DIRECT_DEBIT] = "direct_debit",
        [KIND_CHEQUE] = "cheque",
        [KIND_CARD] = "card",
        [KIND_CASH] = "cash",
        [KIND_DRAFT] = "draft",
        [KIND_CHARGE] = "charge",
        [KIND_INTEREST] = "interest",
        [KIND_TAX] = "tax",
        [KIND_ADJUSTMENT] = "adjustment",
        [KIND_BALANCING] = "balancing",
        [KIND_FOREIGN_EXCHANGE] = "foreign_exchange",
        [KIND_LOAN] = "loan",
        [KIND_SECURITIES] = "securities",
    };

    assert(kind >= 0 && kind < KIND_COUNT);
    return names[kind];
}

void transaction_code_raw(const struct statement_code *code, struct buffer *out)
{
    size_t begin = out->size;

    if (code->domain.size > 0)
        buffer_format(out, "%.*s/%.*s/%.*s", TEXT_ARG(code->domain), TEXT_ARG(code->family),
                      TEXT_ARG(code->subfamily));
    if (code->proprietary.size > 0)
        buffer_format(out, "%s%.*s%s%.*s", out->size > begin ? " " : "", TEXT_ARG(code->issuer),
                      code->issuer.size > 0 ? " " : "", TEXT_ARG(code->proprietary));
    if (code->swift_type.size > 0)
        buffer_format(out, "%s%.*s", out->size > begin ? " " : "", TEXT_ARG(code->swift_type));
}

enum return_reason return_reason_of(struct text code)
{
    for (size_t i = 0; i < COUNT_OF(reason_rows); i++) {
        if (text_is(code, reason_rows[i].code))
            return reason_rows[i].reason;
    }
    return RETURN_UNKNOWN;
}

const char *return_reason_name(enum return_reason reason)
{
    static const char *const names[RETURN_COUNT] = {
        [RETURN_UNKNOWN] = "unknown",
        [RETURN_ACCOUNT_INVALID] = "account_invalid",
        [RETURN_ACCOUNT_CLOSED] = "account_closed",
        [RETURN_ACCOUNT_BLOCKED] = "account_blocked",
        [RETURN_AGENT_INVALID] = "agent_invalid",
        [RETURN_PARTY_UNKNOWN] = "party_unknown",
        [RETURN_NOT_ALLOWED] = "not_allowed",
        [RETURN_FUNDS_MISSING] = "funds_missing",
        [RETURN_AMOUNT_INVALID] = "amount_invalid",
        [RETURN_DUPLICATE] = "duplicate",
        [RETURN_MANDATE_MISSING] = "mandate_missing",
        [RETURN_REQUESTED] = "requested",
        [RETURN_FRAUD] = "fraud",
        [RETURN_REGULATION] = "regulation",
        [RETURN_TECHNICAL] = "technical",
        [RETURN_TOO_LATE] = "too_late",
        [RETURN_NOT_GIVEN] = "not_given",
    };

    assert(reason >= 0 && reason < RETURN_COUNT);
    return names[reason];
}

bool transaction_is_return(const struct statement_facts *facts)
{
    return facts->return_code.size > 0 || facts->return_text.size > 0 ||
           transaction_meaning_of(&facts->code).is_return;
}
