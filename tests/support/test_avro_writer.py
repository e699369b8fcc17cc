"""The Avro writer of the tests writes what the specification says, and what trafficlib writes."""
import json
import os
import random
import struct
import unittest
from decimal import Decimal

from avro_writer import Branch, confluent, encode
from scratch import ROOT
from trafficlib.events import Event


def payment(rng):
    """(event, values by the names of the published schema)"""
    minor = rng.randint(1, 10 ** rng.randint(1, 9))
    optional = {name: f"{name}-{rng.random()}" if rng.random() < 0.5 else ""
                for name in ("uetr", "lock_id", "debtor_account", "creditor_account")}
    fee = rng.randint(0, 1) * rng.randint(1, 10 ** 9)
    rate = rng.randint(0, 1) * rng.randint(1, 10 ** 14)
    event = Event("id", "REVERSED", "KES-NGN", "A" * rng.randint(1, 200), "B", "tä", "E",
                  optional["uetr"], "CARD", minor, "KES", minor * 1000, "USD", rate,
                  optional["lock_id"], fee, "USD" if fee else "", rng.randint(1 << 48, 1 << 51),
                  optional["debtor_account"], optional["creditor_account"])
    values = dict(vars(event), **{name: value or None for name, value in optional.items()})
    values["instructed_amount"] = Decimal(minor).scaleb(-5)
    values["settlement_amount"] = Decimal(minor * 1000).scaleb(-5)
    values["fee_amount"] = Decimal(fee).scaleb(-5) if fee else None
    values["rate"] = Decimal(rate).scaleb(-10) if rate else None
    values["fee_currency"] = event.fee_currency or None
    values["acceptance_time"] = event.acceptance_us
    return event, values


class TestAvroWriter(unittest.TestCase):
    def test_trafficlib(self):
        """avro_writer: a thousand payments, byte for byte as trafficlib writes them"""
        with open(os.path.join(ROOT, "schemas", "avro", "payment_event.avsc"),
                  encoding="utf-8") as file:
            schema = json.load(file)
        rng = random.Random(1)
        for _ in range(1000):
            event, values = payment(rng)
            self.assertEqual(event.value().hex(), confluent(1, encode(schema, values)).hex())

    def test_specification(self):
        """avro_writer: what the Avro specification gives as examples"""
        fixed = {"type": "fixed", "name": "F", "size": 4, "logicalType": "decimal", "precision": 9,
                 "scale": 2}
        cases = (
            ("long", 0, "00"), ("long", -1, "01"), ("long", 1, "02"), ("long", -64, "7f"),
            ("long", 64, "8001"), ("string", "foo", "06666f6f"), (["null", "string"], None, "00"),
            (["null", "string"], "a", "020261"), (["string", "null"], None, "02"),
            ({"type": "array", "items": "long"}, [], "00"),
            ({"type": "array", "items": "long"}, [3, 27], "0304063600"),
            ({"type": "map", "values": "boolean"}, {"k": True}, "0106026b0100"),
            (["long", "int"], Branch(1, 5), "020a"), ("float", 1.5, struct.pack("<f", 1.5).hex()),
            (fixed, Decimal("-0.01"), "ffffffff"),
            ({"type": "long", "logicalType": "timestamp-millis"}, 2000, "04"),
        )
        for schema, value, expected in cases:
            self.assertEqual(expected, encode(schema, value).hex(), (schema, value))

    def test_itself(self):
        """avro_writer: a type that holds itself"""
        schema = {"type": "record", "name": "List", "fields": [
            {"name": "head", "type": "int"}, {"name": "rest", "type": ["null", "List"]}]}
        value = {"head": 1, "rest": {"head": 2, "rest": None}}
        self.assertEqual("02020400", encode(schema, value).hex())

    def test_exactness(self):
        """avro_writer: what does not fit is refused, not rounded"""
        cents = {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}
        with self.assertRaises(ValueError):
            encode(cents, Decimal("0.001"))
        with self.assertRaises(ValueError):
            encode({"type": "long", "logicalType": "timestamp-millis"}, 1)
        with self.assertRaises(ValueError):
            encode({"type": "fixed", "name": "F", "size": 3}, b"ab")


if __name__ == "__main__":
    unittest.main()
