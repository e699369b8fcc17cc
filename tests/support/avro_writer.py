"""avro_writer.py - Avro binary encoding of values by any schema, for tests that write as others do.

    encode({"type": "record", ...}, {"event_id": "...", "amount": Decimal("12.50")}) -> bytes
    confluent(schema_id, body) -> the record's value on the wire

Written from the Avro specification, for tests alone: it shares nothing with the C decoder, nor with
trafficlib, which knows one schema and is fast. What a schema cannot hold exactly is a ValueError: a
test that wants damaged bytes makes them itself.

Values: a decimal is a Decimal, an instant is a number of microseconds whatever its unit on the
wire, a union takes its first branch for the kind of value unless Branch names one.
"""
import struct
from dataclasses import dataclass
from decimal import Decimal

UNITS = {"timestamp-millis": (1, 1000), "timestamp-micros": (1, 1), "timestamp-nanos": (1000, 1)}


@dataclass
class Branch:
    """A union's value with the number of its branch."""
    number: int
    value: object


def varint(number):
    number = (number << 1) ^ (number >> 63)
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def sized(data):
    return varint(len(data)) + data


def unscaled(schema, value):
    """The integer that stands for a Decimal at the schema's scale."""
    number = value.scaleb(schema.get("scale", 0))
    if number != number.to_integral_value():
        raise ValueError(f"{value} does not fit scale {schema.get('scale', 0)}")
    return int(number)


def of_instant(schema, microseconds):
    times, by = UNITS.get(schema.get("logicalType"), (1, 1))
    if microseconds % by:
        raise ValueError(f"{microseconds} us are no whole number of units")
    return microseconds * times // by


def of_bytes(schema, value):
    if isinstance(value, Decimal):
        number = unscaled(schema, value)
        value = number.to_bytes((number.bit_length() + 8) >> 3, "big", signed=True)
    return sized(value.encode() if isinstance(value, str) else value)


def of_fixed(schema, value):
    size = schema["size"]
    if isinstance(value, Decimal):
        return unscaled(schema, value).to_bytes(size, "big", signed=True)
    if len(value) != size:
        raise ValueError(f"{len(value)} bytes for a fixed of {size}")
    return bytes(value)


def of_blocks(items):
    """One block with its size in bytes, as a writer may give it, and the end."""
    body = b"".join(items)
    head = varint(-len(items)) + varint(len(body)) if items else b""
    return head + body + b"\0"


def branch_of(schema, value):
    """The number of the branch a plain value takes: null for None, else the first other."""
    for number, branch in enumerate(schema):
        if (branch == "null") == (value is None):
            return number
    raise ValueError(f"no branch for {value!r} in {schema}")


SIMPLE = {
    "null": lambda schema, value: b"",
    "boolean": lambda schema, value: b"\1" if value else b"\0",
    "int": lambda schema, value: varint(of_instant(schema, value)),
    "long": lambda schema, value: varint(of_instant(schema, value)),
    "float": lambda schema, value: struct.pack("<f", value),
    "double": lambda schema, value: struct.pack("<d", value),
    "bytes": of_bytes,
    "string": lambda schema, value: sized(value.encode()),
    "fixed": of_fixed,
    "enum": lambda schema, value: varint(schema["symbols"].index(value)),
}


class Writer:
    """Of one schema; knows its named types once it has met them."""

    def __init__(self, schema):
        self.schema, self.named = schema, {}

    def encode(self, value):
        return self._encode(self.schema, value)

    def _encode(self, schema, value):
        if isinstance(schema, list):
            if not isinstance(value, Branch):
                value = Branch(branch_of(schema, value), value)
            return varint(value.number) + self._encode(schema[value.number], value.value)
        if isinstance(schema, str):
            schema = self.named.get(schema) or {"type": schema}
        if "name" in schema:
            self.named[schema["name"]] = schema
        kind = schema["type"]
        if kind == "record":
            return b"".join(self._encode(field["type"], value[field["name"]])
                            for field in schema["fields"])
        if kind == "array":
            return of_blocks([self._encode(schema["items"], item) for item in value])
        if kind == "map":
            return of_blocks([sized(key.encode()) + self._encode(schema["values"], item)
                              for key, item in value.items()])
        return SIMPLE[kind](schema, value)


def encode(schema, value):
    return Writer(schema).encode(value)


def confluent(schema_id, body):
    return b"\0" + schema_id.to_bytes(4, "big") + body
