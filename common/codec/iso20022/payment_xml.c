/*
 * payment_xml.c - see payment_xml.h. To add a message: two tables and a row in messages[].
 */
#include "codec/iso20022/payment_xml.h"

#include "base/clock.h"
#include "domain/iban.h"
#include "domain/x_set.h"

enum { PATH_DEPTH_MAX = 8, REMITTANCE_MAX = 140, OTHER_ID_MAX = 35 };

enum value {
    /* of the file */
    MESSAGE_ID,
    CREATED,
    COUNT,
    SUM,
    SUM_MONEY, /* with Ccy */
    SETTLEMENT_DATE,
    SETTLEMENT_METHOD,
    OWN_NAME,
    OWN_BIC,
    OWN_IBAN,
    OWN_BBAN,
    CURRENCY,
    SERVICER_BIC,
    TRANSFER,        /* TRF */
    SETTLEMENT_IBAN, /* our account, where the bank that is told keeps it */
    SETTLEMENT_BBAN,
    CHARGE_BEARER,
    /* of a payment */
    INSTRUCTION_ID,
    END_TO_END_ID,
    UETR,
    MONEY, /* with Ccy */
    CREDITOR_NAME,
    CREDITOR_BIC,
    CREDITOR_OTHER, /* its code, where it has no BIC */
    CREDITOR_IBAN,
    CREDITOR_BBAN,
    REMITTANCE,
    /* of a customer's payment */
    DEBTOR_AGENT_BIC,
    DEBTOR_AGENT_NAME,
    DEBTOR_AGENT_OTHER,
    DEBTOR_NAME,
    DEBTOR_TOWN,
    DEBTOR_COUNTRY,
    DEBTOR_IBAN,
    DEBTOR_BBAN,
    PAYEE_NAME,
    PAYEE_TOWN,
    PAYEE_COUNTRY,
    PAYEE_IBAN,
    PAYEE_BBAN,
    PURPOSE,
};

struct row {
    const char *path;
    enum value value;
};

static const struct row pacs_009_head[] = {
    {"GrpHdr/MsgId", MESSAGE_ID},
    {"GrpHdr/CreDtTm", CREATED},
    {"GrpHdr/NbOfTxs", COUNT},
    {"GrpHdr/CtrlSum", SUM},
    {"GrpHdr/TtlIntrBkSttlmAmt", SUM_MONEY},
    {"GrpHdr/IntrBkSttlmDt", SETTLEMENT_DATE},
    {"GrpHdr/SttlmInf/SttlmMtd", SETTLEMENT_METHOD},
    {"GrpHdr/InstgAgt/FinInstnId/BICFI", OWN_BIC},
    {"GrpHdr/InstdAgt/FinInstnId/BICFI", SERVICER_BIC},
};
static const struct row pacs_009_each[] = {
    {"CdtTrfTxInf/PmtId/InstrId", INSTRUCTION_ID},
    {"CdtTrfTxInf/PmtId/EndToEndId", END_TO_END_ID},
    {"CdtTrfTxInf/PmtId/TxId", INSTRUCTION_ID},
    {"CdtTrfTxInf/PmtId/UETR", UETR},
    {"CdtTrfTxInf/IntrBkSttlmAmt", MONEY},
    {"CdtTrfTxInf/Dbtr/FinInstnId/BICFI", OWN_BIC},
    {"CdtTrfTxInf/DbtrAcct/Id/IBAN", OWN_IBAN},
    {"CdtTrfTxInf/DbtrAcct/Id/Othr/Id", OWN_BBAN},
    {"CdtTrfTxInf/Cdtr/FinInstnId/BICFI", CREDITOR_BIC},
    {"CdtTrfTxInf/Cdtr/FinInstnId/Nm", CREDITOR_NAME},
    {"CdtTrfTxInf/Cdtr/FinInstnId/Othr/Id", CREDITOR_OTHER},
    {"CdtTrfTxInf/CdtrAcct/Id/IBAN", CREDITOR_IBAN},
    {"CdtTrfTxInf/CdtrAcct/Id/Othr/Id", CREDITOR_BBAN},
    {"CdtTrfTxInf/RmtInf/Ustrd", REMITTANCE},
};

static const struct row pain_001_09_head[] = {
    {"GrpHdr/MsgId", MESSAGE_ID},
    {"GrpHdr/CreDtTm", CREATED},
    {"GrpHdr/NbOfTxs", COUNT},
    {"GrpHdr/CtrlSum", SUM},
    {"GrpHdr/InitgPty/Nm", OWN_NAME},
    {"PmtInf/PmtInfId", MESSAGE_ID},
    {"PmtInf/PmtMtd", TRANSFER},
    {"PmtInf/NbOfTxs", COUNT},
    {"PmtInf/CtrlSum", SUM},
    {"PmtInf/ReqdExctnDt/Dt", SETTLEMENT_DATE},
    {"PmtInf/Dbtr/Nm", OWN_NAME},
    {"PmtInf/DbtrAcct/Id/IBAN", OWN_IBAN},
    {"PmtInf/DbtrAcct/Id/Othr/Id", OWN_BBAN},
    {"PmtInf/DbtrAcct/Ccy", CURRENCY},
    {"PmtInf/DbtrAgt/FinInstnId/BICFI", SERVICER_BIC},
};
static const struct row pain_001_09_each[] = {
    {"PmtInf/CdtTrfTxInf/PmtId/InstrId", INSTRUCTION_ID},
    {"PmtInf/CdtTrfTxInf/PmtId/EndToEndId", END_TO_END_ID},
    {"PmtInf/CdtTrfTxInf/PmtId/UETR", UETR},
    {"PmtInf/CdtTrfTxInf/Amt/InstdAmt", MONEY},
    {"PmtInf/CdtTrfTxInf/CdtrAgt/FinInstnId/BICFI", CREDITOR_BIC},
    {"PmtInf/CdtTrfTxInf/CdtrAgt/FinInstnId/Othr/Id", CREDITOR_OTHER},
    {"PmtInf/CdtTrfTxInf/Cdtr/Nm", CREDITOR_NAME},
    {"PmtInf/CdtTrfTxInf/CdtrAcct/Id/IBAN", CREDITOR_IBAN},
    {"PmtInf/CdtTrfTxInf/CdtrAcct/Id/Othr/Id", CREDITOR_BBAN},
    {"PmtInf/CdtTrfTxInf/RmtInf/Ustrd", REMITTANCE},
};

static const struct row pain_001_03_head[] = {
    {"GrpHdr/MsgId", MESSAGE_ID},
    {"GrpHdr/CreDtTm", CREATED},
    {"GrpHdr/NbOfTxs", COUNT},
    {"GrpHdr/CtrlSum", SUM},
    {"GrpHdr/InitgPty/Nm", OWN_NAME},
    {"PmtInf/PmtInfId", MESSAGE_ID},
    {"PmtInf/PmtMtd", TRANSFER},
    {"PmtInf/NbOfTxs", COUNT},
    {"PmtInf/CtrlSum", SUM},
    {"PmtInf/ReqdExctnDt", SETTLEMENT_DATE},
    {"PmtInf/Dbtr/Nm", OWN_NAME},
    {"PmtInf/DbtrAcct/Id/IBAN", OWN_IBAN},
    {"PmtInf/DbtrAcct/Id/Othr/Id", OWN_BBAN},
    {"PmtInf/DbtrAcct/Ccy", CURRENCY},
    {"PmtInf/DbtrAgt/FinInstnId/BIC", SERVICER_BIC},
};
static const struct row pain_001_03_each[] = {
    {"PmtInf/CdtTrfTxInf/PmtId/InstrId", INSTRUCTION_ID},
    {"PmtInf/CdtTrfTxInf/PmtId/EndToEndId", END_TO_END_ID},
    {"PmtInf/CdtTrfTxInf/Amt/InstdAmt", MONEY},
    {"PmtInf/CdtTrfTxInf/CdtrAgt/FinInstnId/BIC", CREDITOR_BIC},
    {"PmtInf/CdtTrfTxInf/CdtrAgt/FinInstnId/Othr/Id", CREDITOR_OTHER},
    {"PmtInf/CdtTrfTxInf/Cdtr/Nm", CREDITOR_NAME},
    {"PmtInf/CdtTrfTxInf/CdtrAcct/Id/IBAN", CREDITOR_IBAN},
    {"PmtInf/CdtTrfTxInf/CdtrAcct/Id/Othr/Id", CREDITOR_BBAN},
    {"PmtInf/CdtTrfTxInf/RmtInf/Ustrd", REMITTANCE},
};

/* The creditor of an order is the participant: here the agent of the customer who is paid. */
static const struct row pacs_008_head[] = {
    {"GrpHdr/MsgId", MESSAGE_ID},
    {"GrpHdr/CreDtTm", CREATED},
    {"GrpHdr/NbOfTxs", COUNT},
    {"GrpHdr/CtrlSum", SUM},
    {"GrpHdr/TtlIntrBkSttlmAmt", SUM_MONEY},
    {"GrpHdr/IntrBkSttlmDt", SETTLEMENT_DATE},
    {"GrpHdr/SttlmInf/SttlmMtd", SETTLEMENT_METHOD},
    {"GrpHdr/SttlmInf/SttlmAcct/Id/IBAN", SETTLEMENT_IBAN},
    {"GrpHdr/SttlmInf/SttlmAcct/Id/Othr/Id", SETTLEMENT_BBAN},
    {"GrpHdr/InstgAgt/FinInstnId/BICFI", OWN_BIC},
    {"GrpHdr/InstdAgt/FinInstnId/BICFI", SERVICER_BIC},
};
static const struct row pacs_008_each[] = {
    {"CdtTrfTxInf/PmtId/InstrId", INSTRUCTION_ID},
    {"CdtTrfTxInf/PmtId/EndToEndId", END_TO_END_ID},
    {"CdtTrfTxInf/PmtId/TxId", INSTRUCTION_ID},
    {"CdtTrfTxInf/PmtId/UETR", UETR},
    {"CdtTrfTxInf/IntrBkSttlmAmt", MONEY},
    {"CdtTrfTxInf/ChrgBr", CHARGE_BEARER},
    {"CdtTrfTxInf/Dbtr/Nm", DEBTOR_NAME},
    {"CdtTrfTxInf/Dbtr/PstlAdr/TwnNm", DEBTOR_TOWN},
    {"CdtTrfTxInf/Dbtr/PstlAdr/Ctry", DEBTOR_COUNTRY},
    {"CdtTrfTxInf/DbtrAcct/Id/IBAN", DEBTOR_IBAN},
    {"CdtTrfTxInf/DbtrAcct/Id/Othr/Id", DEBTOR_BBAN},
    {"CdtTrfTxInf/DbtrAgt/FinInstnId/BICFI", DEBTOR_AGENT_BIC},
    {"CdtTrfTxInf/DbtrAgt/FinInstnId/Nm", DEBTOR_AGENT_NAME},
    {"CdtTrfTxInf/DbtrAgt/FinInstnId/Othr/Id", DEBTOR_AGENT_OTHER},
    {"CdtTrfTxInf/CdtrAgt/FinInstnId/BICFI", CREDITOR_BIC},
    {"CdtTrfTxInf/CdtrAgt/FinInstnId/Nm", CREDITOR_NAME},
    {"CdtTrfTxInf/CdtrAgt/FinInstnId/Othr/Id", CREDITOR_OTHER},
    {"CdtTrfTxInf/CdtrAgtAcct/Id/IBAN", CREDITOR_IBAN},
    {"CdtTrfTxInf/CdtrAgtAcct/Id/Othr/Id", CREDITOR_BBAN},
    {"CdtTrfTxInf/Cdtr/Nm", PAYEE_NAME},
    {"CdtTrfTxInf/Cdtr/PstlAdr/TwnNm", PAYEE_TOWN},
    {"CdtTrfTxInf/Cdtr/PstlAdr/Ctry", PAYEE_COUNTRY},
    {"CdtTrfTxInf/CdtrAcct/Id/IBAN", PAYEE_IBAN},
    {"CdtTrfTxInf/CdtrAcct/Id/Othr/Id", PAYEE_BBAN},
    {"CdtTrfTxInf/Purp/Cd", PURPOSE},
    {"CdtTrfTxInf/RmtInf/Ustrd", REMITTANCE},
};

static const struct {
    const char *root;
    const char *payment; /* the path that is opened anew for each */
    const struct row *head, *each;
    size_t head_count, each_count;
} messages[] = {
    [MESSAGE_PACS_009_08] = {"FICdtTrf", "CdtTrfTxInf", pacs_009_head, pacs_009_each,
                             COUNT_OF(pacs_009_head), COUNT_OF(pacs_009_each)},
    [MESSAGE_PAIN_001_09] = {"CstmrCdtTrfInitn", "PmtInf/CdtTrfTxInf", pain_001_09_head,
                             pain_001_09_each, COUNT_OF(pain_001_09_head),
                             COUNT_OF(pain_001_09_each)},
    [MESSAGE_PAIN_001_03] = {"CstmrCdtTrfInitn", "PmtInf/CdtTrfTxInf", pain_001_03_head,
                             pain_001_03_each, COUNT_OF(pain_001_03_head),
                             COUNT_OF(pain_001_03_each)},
    [MESSAGE_PACS_008_08] = {"FIToFICstmrCdtTrf", "CdtTrfTxInf", pacs_008_head, pacs_008_each,
                             COUNT_OF(pacs_008_head), COUNT_OF(pacs_008_each)},
};

/* ---- elements ---- */

struct writer {
    const struct payment_file *file;
    struct buffer *out;
    char currency[CURRENCY_CODE_SIZE];
    struct text open[PATH_DEPTH_MAX]; /* parts of the path that stands open */
    size_t depth;
};

static void line_begin(struct writer *writer, size_t depth)
{
    buffer_byte(writer->out, '\n');
    for (size_t i = 0; i < depth + 2; i++) /* below Document and the root */
        buffer_byte(writer->out, '\t');
}

static void close_to(struct writer *writer, size_t depth)
{
    while (writer->depth > depth) {
        struct text name = writer->open[--writer->depth];

        line_begin(writer, writer->depth);
        buffer_format(writer->out, "</%.*s>", TEXT_ARG(name));
    }
}

/* Closes what the path does not share with what is open, opens the rest but its last part, and
 * returns that. */
static struct text path_enter(struct writer *writer, struct text path)
{
    struct text part = text_take(&path, '/');
    size_t depth = 0;

    while (path.size > 0 && depth < writer->depth && text_equal(writer->open[depth], part)) {
        part = text_take(&path, '/');
        depth++;
    }
    close_to(writer, depth);
    while (path.size > 0) {
        assert(writer->depth < PATH_DEPTH_MAX);
        line_begin(writer, writer->depth);
        buffer_format(writer->out, "<%.*s>", TEXT_ARG(part));
        writer->open[writer->depth++] = part;
        part = text_take(&path, '/');
    }
    return part;
}

/* ---- values ---- */

static void hex_id(const struct uuid *id, struct buffer *value)
{
    char hex[UUID_HEX_SIZE];

    uuid_format_hex(id, hex);
    buffer_string(value, hex);
}

static void amount_text(const struct writer *writer, int64_t minor, struct buffer *value)
{
    char text[AMOUNT_TEXT_SIZE];

    amount_format((struct amount){minor, writer->file->currency}, text);
    buffer_string(value, text);
}

static void created_text(const struct payment_file *file, struct buffer *value)
{
    char text[INSTANT_TEXT_SIZE];

    instant_format(file->created_us, text);
    buffer_text(value, text_first(text_of(text), sizeof "2026-03-01T10:00:00" - 1));
    buffer_byte(value, 'Z');
}

static void file_value(const struct writer *writer, enum value kind, struct buffer *value)
{
    const struct payment_file *file = writer->file;
    const struct bank_profile *profile = file->profile;
    char date[DATE_TEXT_SIZE];

    switch (kind) {
    case MESSAGE_ID: hex_id(&file->file_id, value); break;
    case CREATED: created_text(file, value); break;
    case COUNT: buffer_format(value, "%zu", file->order_count); break;
    case SUM:
    case SUM_MONEY: amount_text(writer, file->sum_minor, value); break;
    case SETTLEMENT_DATE:
        date_format(file->settlement_date, date);
        buffer_string(value, date);
        break;
    case SETTLEMENT_METHOD: buffer_text(value, profile->settlement_method); break;
    case OWN_NAME: x_set_fold(profile->own_name, PARTY_NAME_MAX, value); break;
    case OWN_BIC: buffer_text(value, profile->own_bic); break;
    case OWN_IBAN:
    case OWN_BBAN:
        if (file->own_account_is_iban == (kind == OWN_IBAN))
            buffer_text(value, file->own_account);
        break;
    case CURRENCY: buffer_string(value, writer->currency); break;
    case SERVICER_BIC: buffer_text(value, file->servicer_bic); break;
    case TRANSFER: buffer_string(value, "TRF"); break;
    case SETTLEMENT_IBAN:
    case SETTLEMENT_BBAN:
        if (text_is(profile->settlement_method, "INDA") &&
            file->own_account_is_iban == (kind == SETTLEMENT_IBAN))
            buffer_text(value, file->own_account);
        break;
    case CHARGE_BEARER: buffer_text(value, profile->charge_bearer); break;
    default: break;
    }
}

static void uetr_text(const struct writer *writer, const struct payment_order *order,
                      struct buffer *value)
{
    struct uuid uetr =
        payment_uetr_kept(&order->instruction_id, order->has_uetr ? &order->uetr : NULL);
    char text[UUID_TEXT_SIZE];

    if (!writer->file->profile->uetr)
        return;
    uuid_format(&uetr, text);
    buffer_string(value, text);
}

/* A town without its country, or the other way round, is no address. */
static void address_value(const struct party *party, bool town, struct buffer *value)
{
    if (party->town.size == 0 || party->country.size == 0)
        return;
    if (town)
        x_set_fold(party->town, CUSTOMER_TOWN_MAX, value);
    else
        buffer_text(value, party->country);
}

static void account_value(const struct party *party, bool iban, struct buffer *value)
{
    if (iban_is_valid(party->account) == iban)
        buffer_text(value, party->account);
}

static void customer_value(const struct payment_order *order, enum value kind, struct buffer *value)
{
    const struct customer *customer = order->customer;

    assert(customer != NULL);
    switch (kind) {
    case DEBTOR_NAME: x_set_fold(customer->debtor.name, CUSTOMER_NAME_MAX, value); break;
    case DEBTOR_TOWN:
    case DEBTOR_COUNTRY: address_value(&customer->debtor, kind == DEBTOR_TOWN, value); break;
    case DEBTOR_IBAN:
    case DEBTOR_BBAN: account_value(&customer->debtor, kind == DEBTOR_IBAN, value); break;
    case PAYEE_NAME: x_set_fold(customer->creditor.name, CUSTOMER_NAME_MAX, value); break;
    case PAYEE_TOWN:
    case PAYEE_COUNTRY: address_value(&customer->creditor, kind == PAYEE_TOWN, value); break;
    case PAYEE_IBAN:
    case PAYEE_BBAN: account_value(&customer->creditor, kind == PAYEE_IBAN, value); break;
    case PURPOSE: buffer_text(value, customer->purpose); break;
    default: assert(false); break;
    }
}

static void order_value(const struct writer *writer, const struct payment_order *order,
                        enum value kind, struct buffer *value)
{
    switch (kind) {
    case INSTRUCTION_ID: hex_id(&order->instruction_id, value); break;
    case END_TO_END_ID: buffer_text(value, order->end_to_end_id); break;
    case UETR: uetr_text(writer, order, value); break;
    case MONEY: amount_text(writer, order->amount_minor, value); break;
    case CREDITOR_NAME: x_set_fold(order->creditor_name, PARTY_NAME_MAX, value); break;
    case CREDITOR_BIC: buffer_text(value, order->creditor_bic); break;
    case CREDITOR_OTHER:
        if (order->creditor_bic.size == 0)
            x_set_fold(order->creditor_code, OTHER_ID_MAX, value);
        break;
    case CREDITOR_IBAN:
    case CREDITOR_BBAN:
        if (order->creditor_account_is_iban == (kind == CREDITOR_IBAN))
            buffer_text(value, order->creditor_account);
        break;
    case REMITTANCE: x_set_fold(order->remittance, REMITTANCE_MAX, value); break;
    case DEBTOR_AGENT_BIC: buffer_text(value, order->debtor_bic); break;
    case DEBTOR_AGENT_NAME: x_set_fold(order->debtor_name, PARTY_NAME_MAX, value); break;
    case DEBTOR_AGENT_OTHER:
        if (order->debtor_bic.size == 0)
            x_set_fold(order->debtor_code, OTHER_ID_MAX, value);
        break;
    case DEBTOR_NAME:
    case DEBTOR_TOWN:
    case DEBTOR_COUNTRY:
    case DEBTOR_IBAN:
    case DEBTOR_BBAN:
    case PAYEE_NAME:
    case PAYEE_TOWN:
    case PAYEE_COUNTRY:
    case PAYEE_IBAN:
    case PAYEE_BBAN:
    case PURPOSE: customer_value(order, kind, value); break;
    default: file_value(writer, kind, value); break;
    }
}

/* The X set holds neither '<' nor '&': what is left of XML's own characters is none. */
static void row_write(struct writer *writer, const struct row *row,
                      const struct payment_order *order, struct buffer *value)
{
    bool is_money = row->value == MONEY || row->value == SUM_MONEY;
    struct text name;

    buffer_clear(value);
    if (order == NULL)
        file_value(writer, row->value, value);
    else
        order_value(writer, order, row->value, value);
    if (value->size == 0)
        return;
    assert(x_set_holds(buffer_view(value))); /* (2) */
    name = path_enter(writer, text_of(row->path));
    line_begin(writer, writer->depth);
    buffer_format(writer->out, "<%.*s", TEXT_ARG(name));
    if (is_money)
        buffer_format(writer->out, " Ccy=\"%s\"", writer->currency);
    buffer_format(writer->out, ">%.*s</%.*s>", (int)value->size, value->data, TEXT_ARG(name));
}

void payment_xml_write(const struct payment_file *file, struct buffer *out)
{
    enum payment_message message = file->profile->message;
    struct text payment = text_of(messages[message].payment);
    struct writer writer = {.file = file, .out = out};
    size_t parent = 0;
    struct buffer value;

    assert(file->order_count > 0 && file->sum_minor > 0);
    for (size_t i = 0; i < payment.size; i++)
        parent += payment.data[i] == '/';
    currency_code(file->currency, writer.currency);
    buffer_init(&value, 4096);
    buffer_format(out,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:%s\">\n\t<%s>",
                  payment_message_name(message), messages[message].root);
    for (size_t i = 0; i < messages[message].head_count; i++)
        row_write(&writer, &messages[message].head[i], NULL, &value);
    for (size_t i = 0; i < file->order_count; i++) {
        close_to(&writer, parent);
        for (size_t k = 0; k < messages[message].each_count; k++)
            row_write(&writer, &messages[message].each[k], &file->orders[i], &value);
    }
    close_to(&writer, 0);
    buffer_format(out, "\n\t</%s>\n</Document>\n", messages[message].root);
    out->failed = out->failed || buffer_failed(&value);
    buffer_done(&value);
}
