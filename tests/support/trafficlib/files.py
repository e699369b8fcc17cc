"""files.py - a run as files for the file source: NDJSON, CSV, Avro containers; and their log.

Values are written in every way the formats allow, by the number of the record: amounts as texts
and as numbers, with and without zeros behind, instants as text and as microseconds, CSV fields with
and without quotes. What damage a format cannot show is left out of the file and of its log; other
damage gets the intent that says what the file source has to make of it.

file.tsv (of FX events fx-file.tsv) is log.tsv with the offsets of the file source: number of the
file << 36 | place. A file has no time of writing, so the log says one that no acceptance time lies
ahead of.
"""
import ctypes
import ctypes.util
import datetime
import hashlib
import json
import os
import zlib

from . import wire

FORMATS = ("ndjson", "csv", "avro")
CODECS = ("null", "deflate", "zstandard")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__)))))
PLACE_BITS = 36
BLOCK = 100
NO_TIME_MS = 4_102_444_800_000
PAYMENT = (("event_id", "event_id", "text"), ("kind", "kind", "text"),
           ("corridor", "corridor", "text"), ("debtor_agent", "debtor_agent", "text"),
           ("creditor_agent", "creditor_agent", "text"),
           ("transaction_id", "transaction_id", "text"),
           ("end_to_end_id", "end_to_end_id", "text"), ("uetr", "uetr", "text"),
           ("channel", "channel", "text"), ("instructed_amount", "instructed_e5", 5),
           ("instructed_currency", "instructed_currency", "text"),
           ("settlement_amount", "settlement_e5", 5),
           ("settlement_currency", "settlement_currency", "text"), ("rate", "rate_e10", 10),
           ("lock_id", "lock_id", "text"), ("fee_amount", "fee_e5", 5),
           ("fee_currency", "fee_currency", "text"), ("acceptance_time", "acceptance_us", "time"),
           ("return_id", "return_id", "text"))
FX = (("event_id", "event_id", "text"), ("kind", "kind", "text"), ("source", "source", "text"),
      ("corridor", "corridor", "text"), ("base_currency", "base_currency", "text"),
      ("quote_currency", "quote_currency", "text"), ("rate", "rate_e10", 10),
      ("lock_id", "lock_id", "text"), ("notional_amount", "notional_e5", 5),
      ("valid_from", "valid_from_us", "time"), ("valid_until", "valid_until_us", "time"),
      ("settlement_window", "settlement_window", "text"))
OPTIONAL = {"uetr", "rate", "lock_id", "fee_amount", "fee_currency", "notional_amount",
            "settlement_window", "return_id"}


# -- values ----------------------------------------------------------------------------------------

def decimal(unscaled, scale, index):
    sign, digits = "-" if unscaled < 0 else "", f"{abs(unscaled):0{scale + 1}d}"
    fraction = digits[-scale:]
    if index & 2:
        fraction = fraction.rstrip("0")
    return sign + digits[:-scale] + ("." + fraction if fraction else "")


def instant(us, index):
    """RFC 3339, at UTC or three hours east of it."""
    east = 3 if index & 4 else 0
    at = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=us, hours=east)
    return at.isoformat(timespec="microseconds") + ("+03:00" if east else "Z")


def value_of(kind, text, index):
    """(text, is it a number?)"""
    if kind == "text":
        return text, False
    if kind == "time":
        return (instant(int(text), index), False) if index & 1 else (text, True)
    return decimal(int(text), kind, index), bool(index & 1)


# -- lines -----------------------------------------------------------------------------------------

def json_line(fields, row, index, extra=None):
    parts = []
    for name, column, kind in fields:
        text = row[column]
        if text in ("", "0") and (name in OPTIONAL or (fields is FX and name == "corridor")):
            if index % 3 == 0:
                parts.append(f'"{name}":null')
            continue
        text, is_number = value_of(kind, text, index)
        parts.append(f'"{name}":{text if is_number else json.dumps(text)}')
    if extra:
        parts.append(extra)
    if index % 5 == 0 and fields is PAYMENT:
        parts.append('"debtor_account":"254700000001"')
    return ("{" + (", " if index % 7 == 0 else ",").join(parts) + "}").encode()


def csv_line(fields, row, index):
    parts = []
    for number, (name, column, kind) in enumerate(fields):
        text = row[column]
        if text == "0" and name in OPTIONAL:
            text = ""
        text = text and value_of(kind, text, index)[0]
        parts.append(f'"{text}"' if (index + number) % 3 == 0 else text)
    return ",".join(parts).encode()


def line_of(form, fields, row, index):
    """(bytes or None, intent)"""
    def plain(changed=row, **more):
        return (json_line if form == "ndjson" else csv_line)(fields, changed, index, **more)
    kind = row["intent"].removeprefix("malformed:")
    if kind in ("tombstone",) or (kind == "unknown_schema" and form == "csv"):
        return None, None
    if kind == "truncated":
        line = plain()
        low = line.index(b",")
        end = len(line) if form == "ndjson" else line.rindex(b",")
        return line[:low + index % (end - low)], "malformed:line"
    if kind == "wrong_magic":
        return json.dumps({"event_id": row["event_id"]}).encode(), \
            "malformed:field" if form == "ndjson" else "malformed:line"
    if kind == "unknown_schema":
        return plain(extra='"fee_amuont":"1.00"'), "malformed:unknown_field"
    if kind == "oversized":
        return plain() + b" " * (1 << 20), "malformed:oversized"
    if kind == "bad_utf8":
        return plain().replace(b"E", b"\xc3\x28", 1), "malformed:line"
    if kind == "bad_enum":
        return plain({**row, "kind": "EXPIRED"}), "malformed:field"
    return plain(), row["intent"]


class LineFile:
    """Lines with their places."""

    def __init__(self, form, fields, _):
        self.form, self.fields = form, fields
        self.end = b"\r\n" if form == "csv" else b"\n"
        self.data = bytearray()
        if form == "csv":
            self.data += ",".join(name for name, _, _ in fields).encode() + self.end

    def add(self, row, _, index):
        line, intent = line_of(self.form, self.fields, row, index)
        if line is None:
            return None
        place = len(self.data)
        self.data += line + self.end
        return place, intent

    def bytes(self):
        return bytes(self.data)


# -- Avro containers -------------------------------------------------------------------------------

# One file has one schema, the newest: what it has more than the schema of a value's frame is null.
NULLS_BEHIND = {1: b"\0" * 8, 4: b"\0"}
IMPOSSIBLE = {"truncated", "wrong_magic", "unknown_schema", "tombstone", "bad_enum", "oversized"}


def zstandard(data):
    library = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
    library.ZSTD_compressBound.restype = library.ZSTD_compress.restype = ctypes.c_size_t
    library.ZSTD_compressBound.argtypes = [ctypes.c_size_t]
    library.ZSTD_compress.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p,
                                      ctypes.c_size_t, ctypes.c_int]
    out = ctypes.create_string_buffer(library.ZSTD_compressBound(len(data)))
    size = library.ZSTD_compress(out, len(out), data, len(data), 3)
    return out.raw[:size]


def deflate(data):
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


PACK = {"null": bytes, "deflate": deflate, "zstandard": zstandard}


class AvroFile:
    def __init__(self, _, fields, codec):
        name = "payment_event_3.avsc" if fields is PAYMENT else "fx_event.avsc"
        with open(os.path.join(ROOT, "schemas", "avro", name), "rb") as file:
            schema = file.read()
        self.sync = hashlib.md5(schema).digest()
        self.codec = codec
        self.data = bytearray(b"Obj\1" + wire.varint(2) + wire.text(b"avro.schema")
                              + wire.text(schema) + wire.text(b"avro.codec")
                              + wire.text(codec.encode()) + b"\0" + self.sync)
        self.block = []

    def add(self, row, value, _):
        if row["intent"].removeprefix("malformed:") in IMPOSSIBLE:
            return None
        if len(self.block) == BLOCK:
            self._flush()
        self.block.append(value[5:] + NULLS_BEHIND.get(value[4], b""))
        return len(self.data) + len(self.block) - 1, row["intent"]

    def _flush(self):
        if self.block:
            packed = PACK[self.codec](b"".join(self.block))
            self.data += wire.varint(len(self.block)) + wire.varint(len(packed)) + packed \
                + self.sync
        self.block = []

    def bytes(self):
        self._flush()
        return bytes(self.data)


# -- a run -----------------------------------------------------------------------------------------

def read_run(folder, is_fx):
    """(columns, [(row, value)]) in the order of the one partition."""
    with open(os.path.join(folder, "fx.tsv" if is_fx else "log.tsv"), encoding="utf-8") as log:
        columns = log.readline().rstrip("\n").split("\t")
        rows = [dict(zip(columns, line.rstrip("\n").split("\t"))) for line in log]
    with open(os.path.join(folder, "fx.bin" if is_fx else "events.bin"), "rb") as data:
        values = [record[3] for record in wire.read_records(data)]
    if any(row["partition"] != "0" for row in rows):
        raise ValueError("files have one partition: generate with --partitions 1")
    return columns, list(zip(rows, values))


def put(path, data):
    """Complete by rename, as the file source wants them."""
    with open(path + ".tmp", "wb") as file:
        file.write(data)
    os.rename(path + ".tmp", path)


def write(folder, path, form, is_fx=False, files=0, codec="null"):
    """Writes the file, or numbered files into the folder path; how many records they have."""
    columns, run = read_run(folder, is_fx)
    fields = FX if is_fx else PAYMENT
    share = -(-len(run) // max(files, 1))
    count = 0
    if files:
        os.makedirs(path, exist_ok=True)
    with open(os.path.join(folder, "fx-file.tsv" if is_fx else "file.tsv"), "w",
              encoding="utf-8") as log:
        log.write("\t".join(columns) + "\n")
        for part in range(max(files, 1)):
            number = part + 1 if files else 0
            out = (AvroFile if form == "avro" else LineFile)(form, fields, codec)
            for index in range(part * share, min(len(run), (part + 1) * share)):
                row, value = run[index]
                added = out.add(row, value, index)
                if added is None:
                    continue
                row |= {"offset": str(number << PLACE_BITS | added[0]), "intent": added[1]}
                if not is_fx:
                    row["timestamp_ms"] = str(NO_TIME_MS)
                log.write("\t".join(row[column] for column in columns) + "\n")
                count += 1
            put(os.path.join(path, f"{number:06d}-run.{form}") if files else path, out.bytes())
    return count
