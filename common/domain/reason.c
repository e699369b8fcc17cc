/*
 * reason.c - see reason.h: one row per reason. Names are stored: they never change.
 */
#include "domain/reason.h"

static const struct reason_entry reasons[REASON_COUNT] = {
    [REASON_NONE] = {"none", "nothing is wrong", "nothing to do"},
    [REASON_DELIVERED_TOO_OFTEN] =
        {"delivered_too_often", "a queue delivered the record again and again without an answer",
         "look for what ended the worker while it held the record, then retry it"},
    [REASON_MESSAGE_ID_MISSING] =
        {"message_id_missing", "the message has no message_id, and amqp.missing_id is park",
         "ask the producer to set it; where its events have ids of their own, retry the record"},
    [REASON_VALUE_MISSING] = {"value_missing",
                              "the record has no value where an event was expected",
                              "ask the producer why it writes tombstones; an event topic is not "
                              "compacted"},
    [REASON_VALUE_OVERSIZED] = {"value_oversized", "the record is longer than one message may be",
                                "raise the ceiling of one message if the record is genuine, then "
                                "retry it"},
    [REASON_FRAME_UNKNOWN] = {"frame_unknown", "the bytes are not in the Confluent wire format",
                              "find the producer that writes without the schema registry's "
                              "serializer"},
    [REASON_SCHEMA_UNKNOWN] = {"schema_unknown",
                               "the schema id does not exist or is not on the allow-list",
                               "allow the schema if it is genuine, then retry the record"},
    [REASON_SCHEMA_UNREADABLE] = {"schema_unreadable",
                                  "the writer's schema cannot be resolved into our columns",
                                  "compare it with schemas/avro: a required field is gone or has "
                                  "another type"},
    [REASON_AVRO_MALFORMED] = {"avro_malformed", "the bytes do not follow their schema",
                               "ask the producer for the event again; these bytes are damaged"},
    [REASON_LINE_MALFORMED] =
        {"line_malformed",
         "a line of a file is not one JSON object, or has not the fields its header names",
         "ask the producer for the event again; this line is damaged or was never whole"},
    [REASON_FIELD_UNKNOWN] = {"field_unknown", "a line of a file has a field that no event has",
                              "compare its name with schemas/avro: a misspelt field would be lost"},
    [REASON_FIELD_UNREADABLE] = {"field_unreadable",
                                 "a field of a line is missing, comes twice or is not of its type",
                                 "amounts are decimals without exponent, instants RFC 3339 or "
                                 "whole microseconds"},
    [REASON_TEXT_INVALID] = {"text_invalid",
                             "a text is not UTF-8, empty, too long or has control bytes",
                             "ask the producer to correct the field and send a new event"},
    [REASON_EVENT_ID_INVALID] = {"event_id_invalid", "the event has no usable id",
                                 "ask the producer to send the event with its id"},
    [REASON_UETR_INVALID] = {"uetr_invalid", "the UETR is not a UUID",
                             "ask the producer to correct the UETR and send a new event"},
    [REASON_RETURN_ID_UNEXPECTED] =
        {"return_id_unexpected", "an event has a return id and is no refund",
         "ask the producer to send it without; a transfer is completed, or reversed, once"},
    [REASON_CURRENCY_UNKNOWN] = {"currency_unknown", "the currency code is not in our table",
                                 "check the code; retired codes are not accepted in payments"},
    [REASON_AMOUNT_UNREADABLE] = {"amount_unreadable",
                                  "an amount overflows or has more decimals than its currency",
                                  "ask the producer to send the amount in whole minor units"},
    [REASON_AMOUNT_NOT_POSITIVE] =
        {"amount_not_positive", "an amount is zero or negative",
         "a return is an event of its own kind, never a negative amount"},
    [REASON_RATE_INVALID] = {"rate_invalid",
                             "a rate is zero, negative or has more than 10 fraction digits",
                             "ask the producer to correct the rate and send a new event"},
    [REASON_TIME_OUT_OF_RANGE] = {"time_out_of_range", "an instant lies outside what we keep",
                                  "check the producer's clock and the unit of its timestamps"},
    [REASON_EVENT_DAY_OUT_OF_RANGE] = {"event_day_out_of_range",
                                       "the day of the event id is too old or after tomorrow",
                                       "check the producer's clock; old events come in by replay"},
    [REASON_CORRIDOR_UNKNOWN] = {"corridor_unknown", "no corridor has this code",
                                 "load the corridor, then retry the record"},
    [REASON_PARTICIPANT_UNKNOWN] = {"participant_unknown",
                                    "an agent is not a participant of the corridor",
                                    "add the participant to the corridor, then retry the record"},
    [REASON_CURRENCY_NOT_OF_CORRIDOR] =
        {"currency_not_of_corridor", "an amount is in a currency that the corridor does not use",
         "ask the producer which corridor the payment belongs to"},
    [REASON_PARTICIPANTS_EQUAL] = {"participants_equal",
                                   "the debtor agent is also the creditor agent",
                                   "a transfer inside one participant is not settled here"},
    [REASON_ABOVE_LIMIT] = {"above_limit",
                            "the amount is above the corridor's limit of one payment",
                            "have the limit raised or the payment refused, then retry or drop it"},
    [REASON_RATE_MISSING] =
        {"rate_missing", "the payment names no rate, and its corridor or one of its fees needs it",
         "ask the producer for the rate and a new event"},
    [REASON_AMOUNT_OFF_RATE] =
        {"amount_off_rate", "the settlement amount does not follow from the rate, as it is rounded",
         "ask the producer which of the two is right and for a new event"},
    [REASON_FEE_OUT_OF_RANGE] = {"fee_out_of_range", "a fee of the payment does not fit 64 bits",
                                 "correct the corridor's fees by a new version, then retry it"},
    [REASON_PARTIES_MISSING] =
        {"parties_missing",
         "the bank of the corridor wants names and accounts of debtor and creditor, and the "
         "payment does not say all four",
         "ask the producer for a new event that names them; nobody guesses them"},
    [REASON_PARTIES_INVALID] =
        {"parties_invalid",
         "a name, account, country, town or purpose is too long, or cannot be written to a bank",
         "ask the producer to correct the field and send a new event"},
    [REASON_SAME_ID_DIFFERENT_CONTENT] =
        {"same_id_different_content", "an event with this id and other content is held already",
         "ask the producer which is right; a correction needs an id "
         "of its own"},
    [REASON_TRANSFER_ALREADY_RECORDED] = {"transfer_already_recorded",
                                          "the same transfer is held under another event id",
                                          "nothing if it is a second report; else correct the "
                                          "transaction id"},
    [REASON_LOCK_ALREADY_RECORDED] = {"lock_already_recorded",
                                      "the same lock is held under another event id",
                                      "nothing if it is a second report; else lock under a new id"},
    [REASON_REFUSED_BY_STORE] = {"refused_by_store",
                                 "the database refused the row for a cause nothing above foresaw",
                                 "read the constraint in the parked record and report it"},
};

const struct reason_entry *reason_entry(enum reason reason)
{
    assert(reason >= REASON_NONE && reason < REASON_COUNT);
    assert(reasons[reason].name != NULL);
    return &reasons[reason];
}
