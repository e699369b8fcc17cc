"""The generator: the same seed gives the same bytes, and the bytes say what the log says."""
import io
import json
import os
import tempfile
import unittest
from collections import Counter

from trafficlib import currencies, files, fx, generate, plan as plans, rates, send, wire
from trafficlib.events import LOG_COLUMNS

CORRIDORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corridors.test.yaml")
BYTES_DAMAGED = {"malformed:" + kind for kind in (
    "truncated", "wrong_magic", "unknown_schema", "oversized", "tombstone", "bad_utf8",
    "bad_enum")}


def options(**other):
    return plans.Options(**{"seed": 7, "events": 6000, "corridors": CORRIDORS, "hours": 24,
                            "from_": plans.parse_instant("2026-11-16T00:00Z"), "partitions": 5,
                            "oversized_bytes": 4096, "malformed": 0.05} | other)


class Decoder:
    """Reads one value back, by the schema and nothing else."""

    def __init__(self, data):
        self.data, self.at = data, 5

    def number(self):
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return (value >> 1) ^ -(value & 1)

    def bytes(self):
        size = self.number()
        self.at += size
        return self.data[self.at - size:self.at]

    def text(self):
        return self.bytes().decode()

    def decimal(self):
        return int.from_bytes(self.bytes(), "big", signed=True)

    def optional(self, read):
        return read() if self.number() == 1 else ""

    def payment(self):
        out = [self.text(), ("COMPLETED", "REVERSED", "REFUNDED")[self.number()]]
        out += [self.text() for _ in range(5)] + [self.optional(self.text)]
        out += [plans.CHANNELS[self.number()], self.decimal(), self.text(), self.decimal(),
                self.text(), self.optional(self.decimal), self.optional(self.text),
                self.optional(self.decimal), self.optional(self.text), self.number()]
        out += [self.optional(self.text), self.optional(self.text)]
        second = self.data[4] in (4, 5)   # from then on it says who pays whom
        out += [self.optional(self.text) if second else "" for _ in range(7)]
        out.append(self.optional(self.text) if self.data[4] == 5 else "")   # the third, RtrId
        assert self.at == len(self.data), "bytes are left over"
        return [str(value) for value in out]


class Generator(unittest.TestCase):
    def run_of(self, **other):
        chunks = list(generate.shards(options(**other), 1))
        return b"".join(c[0] for c in chunks), "".join(c[1] for c in chunks), \
            sum((c[2] for c in chunks), Counter())

    def test_determinism(self):
        """traffic: the same seed gives the same bytes and log, another seed others"""
        first, again, other = self.run_of(), self.run_of(), self.run_of(seed=8)
        self.assertTrue(first == again)
        self.assertNotEqual(first[0], other[0])

    def test_shards_stand_alone(self):
        """traffic: a shard is the same whether or not the one before it was made"""
        settings = options(events=plans.SHARD + 3000, malformed=0.001)
        plan = plans.Plan(settings)
        alone = generate.shard_bytes(plans.Plan(settings), 1)
        generate.shard_bytes(plan, 0)
        self.assertTrue(alone == generate.shard_bytes(plan, 1))

    def test_log_tells_the_bytes(self):
        """traffic: every sound record decodes to its line of the log, at its offset"""
        for ids in ("v7", "mixed"):
            data, log, intents = self.run_of(ids=ids)
            offsets, lines = Counter(), log.splitlines()
            records = list(wire.read_records(io.BytesIO(data)))
            self.assertEqual(len(records), len(lines))
            for (partition, _, key, value), line in zip(records, lines):
                columns = line.split("\t")
                self.assertEqual(len(columns), len(LOG_COLUMNS))
                self.assertEqual(columns[:2], [str(partition), str(offsets[partition])])
                offsets[partition] += 1
                if columns[2] not in BYTES_DAMAGED:
                    found = Decoder(value).payment()
                    self.assertEqual(found[:18] + found[27:], columns[3:-1])
                    self.assertEqual(key.decode(), columns[8])
            self.assertEqual(intents["malformed:tombstone"],
                             sum(value is None for _, _, _, value in records))

    def test_names(self):
        """traffic: with names each sound record says who pays whom, and the log says the same"""
        plain, log, _ = self.run_of()
        named, same, _ = self.run_of(names=True)
        self.assertEqual(log, same)
        self.assertNotEqual(plain, named)
        for (_, _, _, value), line in zip(wire.read_records(io.BytesIO(named)), log.splitlines()):
            columns = line.split("\t")
            if columns[2] not in BYTES_DAMAGED:
                found = Decoder(value).payment()
                self.assertEqual(found[:18] + found[27:], columns[3:-1])
                self.assertTrue(all(found[at] for at in (18, 19, 20, 23)), found)

    def test_intents(self):
        """traffic: there are as many of each oddity as the shares say"""
        _, _, intents = self.run_of(events=20000, duplicates=0.02, late=0.002, reversals=0.01)
        self.assertEqual((intents["duplicate"], intents["late"], intents["reversal"]),
                         (400, 40, 200))
        malformed = sum(n for intent, n in intents.items() if intent.startswith("malformed:"))
        self.assertEqual(malformed, 1000)
        self.assertEqual(len([i for i in intents if i.startswith("malformed:")]),
                         len(plans.MALFORMED))

    def test_place(self):
        """traffic: partition and offset of a record are known without the records before it"""
        plan, seen = plans.Plan(options(events=20000)), Counter()
        for index in range(20000):
            partition, offset = plan.place(index)
            self.assertEqual(offset, seen[partition])
            seen[partition] += 1
        self.assertEqual([seen[p] for p in range(5)], plan.counts(20000))

    def test_time(self):
        """traffic: events fill all hours, in order but for a few seconds"""
        plan = plans.Plan(options(events=24000))
        segments = plan.segments(0, 24000)
        self.assertEqual(segments[0][2], plan.from_us)
        self.assertEqual([s[1] for s in segments[:-1]], [s[0] for s in segments[1:]])
        self.assertEqual(len(segments), 24)


class Message:
    def __init__(self, offset):
        self.offset, self.partition = lambda: offset, lambda: 0


class Delivered(unittest.TestCase):
    def test_what_the_broker_had_already_is_delivered(self):
        """A request sent twice is confirmed without an offset; the next record proves its place."""
        delivered = send.Delivered([0])
        for offset in (0, None, 2):
            delivered(None, Message(offset))
        self.assertEqual((delivered.next_offsets, delivered.count, delivered.error), ([3], 3, None))

    def test_a_request_without_a_place_counts_from_nothing(self):
        """Seen in the flood of poison: the second record of such a request says it stands at 0."""
        delivered = send.Delivered([0])
        for offset in (0, 1, 2, None, 0, 1, 6):
            delivered(None, Message(offset))
        self.assertEqual((delivered.next_offsets, delivered.count, delivered.error), ([7], 7, None))

    def test_a_hole_behind_such_a_request_is_an_error(self):
        delivered = send.Delivered([0])
        for offset in (0, 1, 2, None, 0, 1, 7, 2):
            delivered(None, Message(offset))
        self.assertIn("expected at offset 6, stands at 7", delivered.error)

    def test_what_stands_further_on_is_fine_where_doubles_are(self):
        delivered = send.Delivered([0], may_double=True)
        for offset in (0, 1, 4):
            delivered(None, Message(offset))
        self.assertEqual((delivered.next_offsets, delivered.error), ([5], None))
        delivered(None, Message(3))
        self.assertIn("expected at offset 5, stands at 3", delivered.error)

    def test_a_hole_is_an_error(self):
        delivered = send.Delivered([0])
        for offset in (0, None, 3):
            delivered(None, Message(offset))
        self.assertIn("expected at offset 2, stands at 3", delivered.error)


class Numbers(unittest.TestCase):
    def test_varint(self):
        """traffic: varints and instants, by hand and against each other"""
        self.assertEqual([wire.varint(n) for n in (0, -1, 1, -64, 64, 300)],
                         [b"\0", b"\1", b"\2", b"\x7f", b"\x80\x01", b"\xd8\x04"])
        for us in (1_794_787_200_000_000, 1_000_000_000_000_000, 4_102_444_799_999_999):
            self.assertEqual(wire.instant(us), wire.varint(us))

    def test_decimal(self):
        """traffic: decimals are two's complement, as short as they go"""
        self.assertEqual([wire.decimal(n) for n in (0, 127, 128, -1, -128, -129)],
                         [b"\2\0", b"\2\x7f", b"\4\0\x80", b"\2\xff", b"\4\xff\x80",
                          b"\4\xff\x7f"])

    def test_convert(self):
        """traffic: conversion is exact and rounds half to even"""
        # KES 10.00 at 0.125 is NGN 1.25; KES 0.20 at 0.125 is 2.5 minor units: to 2;
        # KES 0.28 is 3.5: to 4. UGX has no decimals: KES 12.34 at 29.5 is UGX 364.03.
        eighth = 1_250_000_000
        self.assertEqual(currencies.convert(1000, "KES", eighth, "NGN"), 125)
        self.assertEqual(currencies.convert(20, "KES", eighth, "NGN"), 2)
        self.assertEqual(currencies.convert(28, "KES", eighth, "NGN"), 4)
        self.assertEqual(currencies.convert(1234, "KES", 295_000_000_000, "UGX"), 364)

    def test_rates(self):
        """traffic: a cross rate from the daily table"""
        # 2026-09-01: USD is 129.51486363 KES and 1338.15261871 NGN: 10.332038... NGN a KES.
        row = next(o for o in range(10) if rates.DAYS[o % 10]["KES"] == 1_295_148_636_300)
        self.assertEqual(rates.rate_e10(row, "KES", "NGN") // 10_000, 10_332_038)


class Files(unittest.TestCase):
    """What stands in a file, and where, is what its log says."""

    def _write(self, folder, form, **more):
        path = os.path.join(folder, f"out.{form}.{len(os.listdir(folder))}")
        count = files.write(folder, path, form, **more)
        with open(os.path.join(folder, "file.tsv"), encoding="utf-8") as log:
            names = log.readline().rstrip("\n").split("\t")
            rows = [dict(zip(names, line.rstrip("\n").split("\t"))) for line in log]
        self.assertEqual(count, len(rows))
        return path, rows

    def _run(self, folder):
        generate.generate(options(partitions=1, events=1500), folder)

    def test_lines_stand_at_their_offsets(self):
        """traffic: a line of a file stands at its offset and says what the log says"""
        with tempfile.TemporaryDirectory() as folder:
            self._run(folder)
            path, rows = self._write(folder, "ndjson")
            with open(path, "rb") as file:
                data = file.read()
        for row in rows:
            line = data[int(row["offset"]):].split(b"\n", 1)[0]
            self.assertIn(data[int(row["offset"]) - 1:int(row["offset"])], (b"", b"\n"))
            if row["intent"] == "payment":
                event = json.loads(line, parse_float=str, parse_int=str)
                self.assertEqual(row["event_id"], event["event_id"])
                whole, _, fraction = event["settlement_amount"].partition(".")
                self.assertEqual(int(row["settlement_e5"]), int(whole + fraction.ljust(5, "0")))

    def test_numbered_files(self):
        """traffic: files of a folder have their number above the place, and lose no record"""
        with tempfile.TemporaryDirectory() as folder:
            self._run(folder)
            _, one = self._write(folder, "csv")
            path, many = self._write(folder, "csv", files=3)
            self.assertEqual(3, len(os.listdir(path)))
        self.assertEqual([row["event_id"] for row in one], [row["event_id"] for row in many])
        self.assertEqual({1, 2, 3}, {int(row["offset"]) >> files.PLACE_BITS for row in many})

    def test_containers_hold_the_same_bytes(self):
        """traffic: an Avro container holds the values of the run, block by block"""
        with tempfile.TemporaryDirectory() as folder:
            self._run(folder)
            path, rows = self._write(folder, "avro")
            with open(path, "rb") as file:
                data = file.read()
            with open(os.path.join(folder, "events.bin"), "rb") as file:
                values = {record[3][5:] for record in wire.read_records(file) if record[3]}
        first = int(rows[0]["offset"])
        self.assertEqual(files.BLOCK, Decoder(b"\0" * 5 + data[first:]).number())
        self.assertTrue(any(data[first:first + 4096].find(value) > 0 for value in values))


class Fx(unittest.TestCase):
    def test_locks(self):
        """traffic: every lock a payment names is among the FX events"""
        settings = options(locks=0.5, malformed=0)
        with tempfile.TemporaryDirectory() as folder:
            plan = plans.Plan(settings)
            count = fx.generate(plan, folder)
            with open(os.path.join(folder, "fx.tsv"), encoding="utf-8") as file:
                rows = [line.rstrip("\n").split("\t") for line in file][1:]
            generate.generate(settings, folder)
            with open(os.path.join(folder, "log.tsv"), encoding="utf-8") as file:
                named = {line.split("\t")[17] for line in file} - {"", "lock_id"}
        self.assertEqual(count, len(rows))
        self.assertTrue(named and named <= {row[10] for row in rows})


if __name__ == "__main__":
    unittest.main()
