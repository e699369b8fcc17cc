/*
 * decoded.c - the fields of a payment event, for parked show --content.
 *
 * By the decoder of ingest and the schemas it is configured with. What cannot be decoded says its
 * reason instead; a topic that ingest does not read has no such view.
 */
#include "replay.h"

#include "base/clock.h"
#include "codec/avro/payment_decode.h"
#include "runtime/stream.h"

static void print_text(struct buffer *out, const char *name, struct text text)
{
    buffer_format(out, "    %-20s %.*s\n", name, TEXT_ARG(text)); /* no control bytes: decoded */
}

static void print_uuid(struct buffer *out, const char *name, const struct uuid *uuid)
{
    char text[UUID_TEXT_SIZE];

    uuid_format(uuid, text);
    print_text(out, name, text_of(text));
}

static void print_amount(struct buffer *out, const char *name, struct amount amount)
{
    char text[AMOUNT_TEXT_SIZE];
    char code[CURRENCY_CODE_SIZE];

    amount_format(amount, text);
    currency_code(amount.currency, code);
    buffer_format(out, "    %-20s %s %s\n", name, text, code);
}

static void print_payment(struct buffer *out, const struct payment *payment)
{
    static const char *const kinds[] = {[PAYMENT_COMPLETED] = "COMPLETED",
                                        [PAYMENT_REVERSED] = "REVERSED",
                                        [PAYMENT_REFUNDED] = "REFUNDED"};
    char instant[INSTANT_TEXT_SIZE];

    instant_format(payment->acceptance_time_us, instant);
    buffer_string(out, "  decoded:\n");
    print_uuid(out, "event_id", &payment->event_id);
    print_text(out, "kind", text_of(kinds[payment->kind]));
    print_text(out, "corridor", payment->corridor);
    print_text(out, "debtor_agent", payment->debtor_agent);
    print_text(out, "creditor_agent", payment->creditor_agent);
    print_text(out, "transaction_id", payment->transaction_id);
    print_text(out, "end_to_end_id", payment->end_to_end_id);
    if (payment->return_id.size > 0)
        print_text(out, "return_id", payment->return_id);
    print_amount(out, "instructed_amount", payment->instructed_amount);
    print_amount(out, "settlement_amount", payment->settlement_amount);
    if (payment->has_fee)
        print_amount(out, "fee_amount", payment->fee);
    if (payment->has_lock)
        print_uuid(out, "lock_id", &payment->lock_id);
    print_text(out, "acceptance_time", text_of(instant));
}

static enum status value_print(struct registry *registry, struct text value, struct buffer *out,
                               struct error *error)
{
    struct schema_source source = registry_source(registry);
    struct codec_context *codec = codec_context_new(&source);
    struct payment payment;
    enum reason reason = REASON_NONE;
    enum status status = payment_decode(codec, value, &payment, &reason, error);

    if (status == OK)
        print_payment(out, &payment);
    else if (status == REJECT)
        buffer_format(out, "  decoded:   not, %s\n", reason_name(reason));
    codec_context_free(codec);
    return status == REJECT ? OK : status;
}

enum status decoded_print(const struct config *config, const struct parked_record *parked,
                          struct buffer *out, struct error *error)
{
    struct registry *registry = NULL;
    enum status status;

    if (strcmp(parked->topic, config_string(config, "ingest.topic")) != 0)
        return OK;
    status = stream_schemas_open(config, error, &registry);
    if (status == OK)
        status = value_print(registry, parked->record.value, out, error);
    registry_free(registry);
    return status;
}
