"""records.py - hostile records, each made by hand, and the reason each must be parked for.

    SCHEMAS            writer schemas by id, beside our own 1 (payments) and 2 (FX events)
    rows(event)        every Row; event(**changes) makes a payment nothing is wrong with
    evolved(value)     a payment's bytes under schema 3, with sound fields behind it

Schema 3 is ours with fields of every Avro type behind it, which we skip: so a record can lie about
each of them. What a varint, a block or a union may claim stands in Avro 1.11, "Binary encoding".
"""
import json
import os
import struct
from collections import namedtuple

from scratch import ROOT
from trafficlib import wire
from trafficlib.wire import text, varint

Row = namedtuple("Row", "name reason value key headers", defaults=(b"key", ()))

MESSAGE_MAX = 1 << 20                 # codec/avro/frame.h
INT64_MAX, INT64_MIN = (1 << 63) - 1, -(1 << 63)
TOO_DEEP, ITEM_MAX = 10_000, 10_000


# ---- schemas ------------------------------------------------------------------------------------

def _payment():
    path = os.path.join(ROOT, "schemas", "avro", "payment_event.avsc")
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def _with(*fields):
    schema = _payment()
    schema["fields"] += fields
    return schema


def _without(name):
    schema = _payment()
    schema["fields"] = [field for field in schema["fields"] if field["name"] != name]
    return schema


def _changed(name, kind):
    schema = _payment()
    for field in schema["fields"]:
        if field["name"] == name:
            field["type"] = kind
    return schema


def _nested(depth):
    kind = "string"
    for _ in range(depth):
        kind = {"type": "array", "items": kind}
    return kind


NODE = {"type": "record", "name": "Node", "fields": [{"name": "next", "type": ["null", "Node"]}]}
TAIL = (
    {"name": "note", "type": ["null", "string", "bytes"]},
    {"name": "tags", "type": {"type": "array", "items": "string"}},
    {"name": "marks", "type": {"type": "map", "values": ["null", "long"]}},
    {"name": "chain", "type": NODE},
    {"name": "nothing", "type": {"type": "array", "items": "null"}},
    {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 4}},
    {"name": "numbers", "type": {"type": "record", "name": "Numbers", "fields": [
        {"name": "f", "type": "float"}, {"name": "d", "type": "double"},
        {"name": "b", "type": "boolean"}, {"name": "i", "type": "int"}]}},
)
SCHEMAS = {
    3: _with(*TAIL),
    4: _without("settlement_amount"),
    5: _changed("instructed_amount", "double"),
    6: _with({"name": "deep", "type": _nested(40)}),
    7: _with({"name": "vast", "type": {"type": "fixed", "name": "Vast", "size": 2147483647}}),
    8: {"type": "array", "items": "null"},
}
IDS = {"1": "payment_event.avsc", "2": "fx_event.avsc", **{
    str(schema_id): f"hostile-{schema_id}.avsc" for schema_id in SCHEMAS}}


# ---- bytes --------------------------------------------------------------------------------------

def framed(schema_id, body):
    return b"\0" + struct.pack(">I", schema_id) + body


def tail(**changes):
    """The skipped fields of schema 3, sound but for the changes."""
    parts = {"note": varint(0), "tags": b"\0", "marks": b"\0", "chain": varint(0), "nothing": b"\0",
             "hash": b"hash", "numbers": struct.pack("<fd?", 1.5, 2.5, True) + varint(7)}
    return b"".join((parts | changes).values())


def evolved(value, **changes):
    return framed(3, value[5:] + tail(**changes))


def sound_tails():
    """Unusual, and right: these records are payments."""
    many = varint(ITEM_MAX) + b"\0"
    sized = varint(-2) + varint(4) + text("a") + text("b") + b"\0"
    return ({"nothing": many}, {"tags": sized}, {"chain": varint(1) * 14 + varint(0)},
            {"note": varint(2) + text(b"\xff\xfe")},
            {"marks": varint(1) + text("k") + varint(0) + b"\0"})


def big(byte, size):
    """A decimal of so many bytes."""
    return varint(size) + byte * size


# ---- the table ----------------------------------------------------------------------------------

MALFORMED = "avro_malformed"

# Lies in the fields that are skipped: (what it is, field, its bytes)
LIES = (
    ("an array of 2^62 items", "tags", varint(1 << 62)),
    ("an array of -2^63 items", "tags", varint(INT64_MIN) + varint(1)),
    ("an array of -(2^63-1) items in one byte", "tags", varint(-INT64_MAX) + varint(1)),
    ("a block with a negative size", "tags", varint(-1) + varint(-5) + text("abcd") + b"\0"),
    ("a block of 2^63-1 bytes", "tags", varint(-1) + varint(INT64_MAX) + text("abcd") + b"\0"),
    ("a block one byte smaller than its items", "tags",
     varint(-1) + varint(4) + text("abcd") + b"\0"),
    ("a block one byte larger than its items", "tags",
     varint(-1) + varint(6) + text("abcd") + b"\0"),
    ("an end of blocks that claims bytes", "tags", varint(-1) + varint(0) + b"\0"),
    ("2^31 items of no bytes", "nothing", varint(1 << 31) + b"\0"),
    ("-2^31 items of no bytes, in a block of none", "nothing", varint(-(1 << 31)) + varint(0)),
    ("one item of no bytes too many", "nothing", varint(ITEM_MAX + 1) + b"\0"),
    ("too many items in a thousand blocks", "nothing", varint(9_999) * 1000 + b"\0"),
    ("a map of 2^40 pairs", "marks", varint(1 << 40) + text("k")),
    ("a map whose key is no UTF-8", "marks", varint(1) + text(b"\xc3\x28") + varint(0) + b"\0"),
    ("a map whose key has 2^63-1 bytes", "marks", varint(1) + varint(INT64_MAX)),
    ("a map value of a branch that is not there", "marks",
     varint(1) + text("k") + varint(2) + b"\0"),
    ("a chain nested ten thousand deep", "chain", varint(1) * TOO_DEEP + varint(0)),
    ("a chain nested one too deep", "chain", varint(1) * 15 + varint(0)),
    ("a chain that never ends", "chain", varint(1) * 200),
    ("a string of 2^63-1 bytes", "note", varint(1) + varint(INT64_MAX)),
    ("a string of -1 bytes", "note", varint(1) + varint(-1)),
    ("a string of -2^63 bytes", "note", varint(1) + varint(INT64_MIN)),
    ("a skipped string that is no UTF-8", "note", varint(1) + text(b"\xed\xa0\x80")),
    ("bytes of 2^62", "note", varint(2) + varint(1 << 62)),
    ("a branch -1", "note", varint(-1)),
    ("a branch one too far", "note", varint(3)),
    ("a branch 2^63-1", "note", varint(INT64_MAX)),
    ("a varint of eleven bytes", "note", b"\x80" * 10 + b"\0"),
    ("a varint beyond 64 bits", "note", b"\xff" * 9 + b"\x7f"),
    ("a varint of a thousand bytes", "note", b"\x80" * 1000 + b"\0"),
    ("a boolean 2", "numbers", struct.pack("<fd", 0, 0) + b"\2" + varint(7)),
    ("an int of 33 bits", "numbers", struct.pack("<fd?", 0, 0, True) + varint(1 << 32)),
    ("an int that ends in the middle", "numbers", struct.pack("<fd?", 0, 0, True) + b"\x80"),
    ("a double cut off", "numbers", struct.pack("<f", 0) + b"\0\0\0"),
)

# What one field of a payment says: (what it is, reason, changes of the event)
FIELDS = (
    ("a text that is no UTF-8", "text_invalid", {"transaction_id": b"T\xc3\x28"}),
    ("a text in overlong UTF-8", "text_invalid", {"transaction_id": b"T\xc0\x80"}),
    ("a text with a surrogate", "text_invalid", {"transaction_id": b"T\xed\xa0\x80"}),
    ("a text with a NUL byte", "text_invalid", {"transaction_id": b"T\0T"}),
    ("a text that steers a terminal", "text_invalid", {"end_to_end_id": "\x1b[2J\x1b]0;x\x07"}),
    ("a text that forges a log line", "text_invalid", {"end_to_end_id": 'x"}\n{"event.action":"'}),
    ("a text of a million bytes", "text_invalid", {"transaction_id": b"T" * 1_000_000}),
    ("an empty text", "text_invalid", {"debtor_agent": ""}),
    ("an event id of 65 characters", "text_invalid", {"event_id": "e" * 65}),
    ("an empty event id", "event_id_invalid", {"event_id": ""}),
    ("a UETR of half a million bytes", "uetr_invalid", {"uetr": "1" * 500_000}),
    ("a currency of a hundred thousand bytes", "currency_unknown",
     {"settlement_currency": "KES" * 33_333}),
    ("SQL for a currency", "currency_unknown", {"instructed_currency": "';--"}),
    ("an instant of 2^63-1", "time_out_of_range", {"acceptance_us": INT64_MAX}),
    ("an instant of -2^63", "time_out_of_range", {"acceptance_us": INT64_MIN}),
    ("an id of the year 10889", "event_day_out_of_range",
     {"event_id": "ffffffff-ffff-7fff-bfff-ffffffffffff"}),
    ("an amount of zero", "amount_not_positive", {"settlement_e5": 0}),
    ("a corridor that is SQL", "corridor_unknown", {"corridor": "'; DROP TABLE payment; --"}),
    ("a bank that is a path", "participant_unknown", {"debtor_agent": "../../etc/passwd"}),
)

# The settlement amount of an event in other bytes: (what it is, reason, bytes)
AMOUNTS = (
    ("an amount of a kibibyte", "amount_unreadable", big(b"\x7f", 1024)),
    ("a negative amount of a kibibyte", "amount_unreadable", big(b"\x80", 1024)),
    ("an amount of 2^127-1", "amount_unreadable", varint(16) + b"\x7f" + b"\xff" * 15),
    ("an amount of no bytes", MALFORMED, varint(0)),
    ("an amount of 2^63-1 bytes", MALFORMED, varint(INT64_MAX)),
    ("an amount of -1 bytes", MALFORMED, varint(-1)),
)

GUID = bytes(range(16))


def _field_rows(event):
    for name, reason, changes in FIELDS:
        yield Row(name, reason, event(**changes).value())


def _amount_rows(event):
    for name, reason, data in AMOUNTS:
        made = event(settlement_e5=123_456_700_000)
        usual = wire.decimal(made.settlement_e5)
        assert made.value().count(usual) == 1
        yield Row(name, reason, made.value().replace(usual, data))


def _lie_rows(event):
    for name, field, data in LIES:
        yield Row(name, MALFORMED, evolved(event().value(), **{field: data}))
    sound = evolved(event().value())
    yield Row("a fixed cut off", MALFORMED, sound[:-len(tail()) + 8])
    yield Row("one byte left over", MALFORMED, sound + b"\0")
    yield Row("half a mebibyte left over", MALFORMED, sound + b"\0" * (1 << 19))
    yield Row("a kind that is not there", MALFORMED, event().value(kind_index=3))
    yield Row("a kind 2^62", MALFORMED, event().value(kind_index=1 << 62))


def _frame_rows(event):
    value = event().value()
    yield Row("a tombstone", "value_missing", None)
    yield Row("an empty value", "frame_unknown", b"")
    yield Row("four bytes", "frame_unknown", b"\0\0\0\0")
    yield Row("a frame and nothing in it", MALFORMED, framed(1, b""))
    yield Row("a frame with a GUID", "frame_unknown", b"\1" + GUID + value[5:])
    yield Row("another magic byte", "frame_unknown", b"\xff" + value[1:])
    yield Row("an Avro container", "frame_unknown", b"Obj\1" + value)
    yield Row("a gzip stream", "frame_unknown", b"\x1f\x8b\x08" + bytes(100))
    yield Row("a frame in a frame", MALFORMED, framed(1, value))
    yield Row("an FX schema in a payments topic", "schema_unreadable", framed(2, value[5:]))
    yield Row("a schema id nobody knows", "schema_unknown", framed(999, value[5:]))
    yield Row("schema id 0", "schema_unknown", framed(0, value[5:]))
    yield Row("schema id 2^32-1", "schema_unknown", framed(0xFFFFFFFF, value[5:]))
    yield Row("a schema without an amount", "schema_unreadable", framed(4, value[5:]))
    yield Row("a schema with a binary float", "schema_unreadable", framed(5, value[5:]))
    yield Row("a schema nested forty deep", "schema_unreadable", framed(6, value[5:]))
    yield Row("a fixed of 2^31-1 bytes", MALFORMED, framed(7, value[5:] + b"\0" * 100))
    yield Row("a schema that is no record", "schema_unreadable", framed(8, varint(1 << 31)))
    yield Row("a mebibyte that is no event", MALFORMED, framed(1, b"\xfe" * (MESSAGE_MAX - 5)))
    yield Row("one byte above a mebibyte", "value_oversized", framed(1, bytes(MESSAGE_MAX - 4)))


def _envelope_rows(event):
    """Key and headers: what a producer writes there means nothing to us, and is kept."""
    cut = event().value()[:30]
    yield Row("a key of half a mebibyte", "value_missing", None, b"\xff" * (1 << 19))
    yield Row("no key", MALFORMED, cut, None)
    yield Row("ten thousand headers", MALFORMED, cut, b"key",
              tuple((f"h{number}", b"v") for number in range(10_000)))
    yield Row("a header of half a mebibyte", MALFORMED, cut, b"key", (("h", b"v" * (1 << 19)),))
    yield Row("headers without name or value", MALFORMED, cut, b"key",
              (("", None), ("", b""), ("same", b"1"), ("same", b"2")))
    yield Row("headers that claim the format of a file", "frame_unknown", b'{"event_id":"x"}',
              b"key", (("sawa-format", b"ndjson"), ("sawa-file", b"../x"),
                       ("sawa-columns", b"a,b")))


def rows(event):
    for make in (_lie_rows, _field_rows, _amount_rows, _frame_rows, _envelope_rows):
        yield from make(event)
