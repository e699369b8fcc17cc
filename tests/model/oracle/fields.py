"""fields.py - what one record of the log says, and the first reason not to take it.

The log tells what was sent: the intent names damage done to the bytes, the columns tell the
fields. The reasons of damaged bytes follow from the intent, all others are decided here, in the
order of the page "reasons" (schemas/README.md).
"""
import hashlib
import uuid
from datetime import date
from sys import intern

from . import fees
from .currency import SCALES, minor_of_e5

(PARTITION, OFFSET, INTENT, EVENT_ID, KIND, CORRIDOR, DEBTOR, CREDITOR, TRANSACTION, END_TO_END,
 UETR, CHANNEL, INSTRUCTED, INSTRUCTED_CCY, SETTLEMENT, SETTLEMENT_CCY, RATE, LOCK, FEE, FEE_CCY,
 ACCEPTANCE, RETURN, TIMESTAMP) = range(23)
COLUMN_COUNT = 23

BYTES_REASONS = {
    "malformed:tombstone": "value_missing",
    "malformed:oversized": "value_oversized",
    "malformed:wrong_magic": "frame_unknown",
    "malformed:unknown_schema": "schema_unknown",
    "malformed:truncated": "avro_malformed",
    "malformed:bad_enum": "avro_malformed",
    "malformed:bad_utf8": "text_invalid",
    "malformed:line": "line_malformed",
    "malformed:unknown_field": "field_unknown",
    "malformed:field": "field_unreadable",
}

KINDS = {"COMPLETED": 1, "REVERSED": 2, "REFUNDED": 3}
CHANNELS = {"WALLET": 1, "MOBILE_MONEY": 2, "CARD": 3, "BANK": 4, "USSD": 5}
NAMESPACE = bytes.fromhex("8c1f6b520d7e5a419b33534157410001")
INSTANT_MIN, INSTANT_MAX = 946_684_800_000_000, 4_102_444_800_000_000
DAY_US = 86_400_000_000
AHEAD_MAX_US = 3_600_000_000   # of the acceptance time, before the record's own timestamp
EPOCH_DAY = date(1970, 1, 1).toordinal()


def parse_uuid(text):
    """32 lower-case hex digits, or None."""
    if len(text) == 36:
        if text[8] != "-" or text[13] != "-" or text[18] != "-" or text[23] != "-":
            return None
        text = text.replace("-", "")
    if len(text) != 32:
        return None
    try:
        bytes.fromhex(text)
    except ValueError:
        return None
    return text.lower() if " " not in text else None


def event_id_of(text):
    """The identity of an event id: the UUID it is, else the UUIDv5 of the text."""
    found = parse_uuid(text)
    if found is None:
        digest = bytearray(hashlib.sha1(NAMESPACE + text.encode()).digest()[:16])
        digest[6] = digest[6] & 0x0F | 0x50
        digest[8] = digest[8] & 0x3F | 0x80
        found = digest.hex()
    return found


def event_day(event_id, acceptance_us):
    """Days since 1970 (UTC): of a UUIDv7 its own, else of the acceptance time."""
    if event_id[12] == "7":
        return int(event_id[:12], 16) // 86_400_000
    return acceptance_us // DAY_US


def text_is_invalid(text, longest):
    return not text or len(text) > longest or not text.isprintable()


class Payment:
    """A record that passed the checks of its fields."""

    __slots__ = ("event_id", "day", "kind", "corridor", "debtor", "creditor", "transaction_id",
                 "end_to_end_id", "uetr", "channel", "instructed", "instructed_currency",
                 "settlement", "settlement_currency", "rate", "lock_id", "fee", "fee_currency",
                 "acceptance_us", "return_id", "charges")

    def content(self):
        """All that makes two events the same event."""
        return tuple(getattr(self, name) for name in self.__slots__[:-1])


def read(columns, days):
    """(Payment, None), or (None, reason); days: the first and the last day an event may have."""
    reason = BYTES_REASONS.get(columns[INTENT])
    if reason:
        return None, reason
    for index in (CORRIDOR, DEBTOR, CREDITOR, TRANSACTION, END_TO_END):
        if text_is_invalid(columns[index], 35):
            return None, "text_invalid"
    p = Payment()
    p.return_id = columns[RETURN]
    if p.return_id and text_is_invalid(p.return_id, 35):
        return None, "text_invalid"
    p.lock_id = parse_uuid(columns[LOCK]) if columns[LOCK] else ""
    if p.lock_id is None or len(columns[EVENT_ID]) > 64:
        return None, "text_invalid"
    if not columns[EVENT_ID]:
        return None, "event_id_invalid"
    p.event_id = event_id_of(columns[EVENT_ID])
    p.uetr = parse_uuid(columns[UETR]) if columns[UETR] else ""
    if p.uetr is None:
        return None, "uetr_invalid"
    if p.return_id and columns[KIND] != "REFUNDED":
        return None, "return_id_unexpected"
    reason = _read_money(columns, p)
    if reason:
        return None, reason
    p.rate = int(columns[RATE]) if columns[RATE] else 0
    if columns[RATE] and p.rate <= 0:
        return None, "rate_invalid"
    p.acceptance_us = int(columns[ACCEPTANCE])
    if not INSTANT_MIN <= p.acceptance_us < INSTANT_MAX \
            or p.acceptance_us > int(columns[TIMESTAMP]) * 1000 + AHEAD_MAX_US:
        return None, "time_out_of_range"
    p.day = event_day(p.event_id, p.acceptance_us)
    if not days[0] <= p.day <= days[1]:
        return None, "event_day_out_of_range"
    p.kind, p.channel = intern(columns[KIND]), intern(columns[CHANNEL])
    p.corridor = intern(columns[CORRIDOR])
    p.debtor, p.creditor = intern(columns[DEBTOR]), intern(columns[CREDITOR])
    p.transaction_id, p.end_to_end_id = columns[TRANSACTION], columns[END_TO_END]
    return p, None


def _read_money(columns, p):
    """A fee of zero is no fee."""
    p.instructed_currency = intern(columns[INSTRUCTED_CCY])
    p.settlement_currency = intern(columns[SETTLEMENT_CCY])
    p.fee, p.fee_currency = 0, ""
    amounts = [("instructed", int(columns[INSTRUCTED]), p.instructed_currency),
               ("settlement", int(columns[SETTLEMENT]), p.settlement_currency)]
    if columns[FEE] and int(columns[FEE]):
        p.fee_currency = intern(columns[FEE_CCY])
        amounts.append(("fee", int(columns[FEE]), p.fee_currency))
    for _, _, currency in amounts:
        if currency not in SCALES:
            return "currency_unknown"
    for name, unscaled, currency in amounts:
        minor = minor_of_e5(unscaled, currency)
        if minor is None:
            return "amount_unreadable"
        setattr(p, name, minor)
    for name, _, _ in amounts:
        if getattr(p, name) <= 0:
            return "amount_not_positive"
    return None


def check_against_book(p, corridors):
    """The reason to park a payment that reference data does not know, or None."""
    corridor = corridors.get(p.corridor)
    if corridor is None:
        return "corridor_unknown"
    if p.debtor not in corridor.participants or p.creditor not in corridor.participants:
        return "participant_unknown"
    if (p.settlement_currency, p.instructed_currency) != (corridor.settlement_currency,
                                                          corridor.source_currency):
        return "currency_not_of_corridor"
    if p.debtor == p.creditor:
        return "participants_equal"
    if p.settlement > corridor.limit_minor:
        return "above_limit"
    if corridor.rate_rounding and p.instructed_currency != p.settlement_currency:
        if not p.rate:
            return "rate_missing"
        exact = fees.converted(p.instructed, p.instructed_currency, p)
        if fees.rounded(exact, corridor.rate_rounding) != p.settlement:
            return "amount_off_rate"
    try:
        p.charges = fees.charges(corridor.fees, p)
    except fees.Parked as parked:
        return str(parked)
    return None


# -- digests: the canonical content of payment_decode.h, from the page, not from the code -------

def _field(data):
    return len(data).to_bytes(2, "big") + data


_ABSENT = b"\xff\xff"


def _uuid(digits):
    return _field(bytes.fromhex(digits)) if digits else _ABSENT


def _number(value):
    return b"\0\x08" + value.to_bytes(8, "big", signed=True)


def _amount(minor, currency):
    return _number(minor) + _field(currency.encode()) if currency else _ABSENT + _ABSENT


def transfer_id(p):
    data = b"".join(_field(text.encode()) for text in (p.debtor, p.transaction_id, p.kind))
    data += _number(p.acceptance_us // DAY_US)
    data += _field(p.return_id.encode()) if p.return_id else b""
    return hashlib.sha256(data).digest()[:16].hex()


def content_digest(p):
    data = b"".join((
        b"\2" if p.return_id else b"\1", _uuid(p.event_id),
        _field(p.kind.encode()), _field(p.corridor.encode()),
        _field(p.debtor.encode()), _field(p.creditor.encode()), _field(p.transaction_id.encode()),
        _field(p.end_to_end_id.encode()), _uuid(p.uetr), _field(p.channel.encode()),
        _amount(p.instructed, p.instructed_currency),
        _amount(p.settlement, p.settlement_currency), _amount(p.fee, p.fee_currency),
        _number(p.rate) if p.rate else _ABSENT, _uuid(p.lock_id), _number(p.acceptance_us),
        _field(p.return_id.encode()) if p.return_id else b""))
    return hashlib.sha256(data).digest()[:16].hex()


def hyphens(digits):
    return str(uuid.UUID(digits))
