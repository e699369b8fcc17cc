"""seeds.py - what the targets begin with: sound inputs and near misses, made anew for each run.

    write(target, folder)        the seeds of one target; returns how many
    dictionary(target, path)     words its inputs are made of, in libFuzzer's form

Everything comes from the same helpers as the tests' traffic, so a seed is a payment, a statement or
a file as producers and banks write them. Sample statements are other people's: they are read from
$SAWA_SAMPLES where it is set, and go only into the run's own folder.
"""
import decimal
import glob
import gzip
import io
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
SUPPORT = os.path.join(ROOT, "tests", "support")
sys.path.insert(0, SUPPORT)
# pylint: disable=wrong-import-position
import pika
from banklib.model import random_statement
from banklib.writers import WRITERS
from trafficlib import events, files, fx, wire

SAMPLE_SIZE_MAX = 32 * 1024
LOCK = "01935f00-0000-7000-8000-000000000001"
UETR = "11111111-2222-4333-8444-555555555555"
ACCEPTED_US = 1_764_000_000_000_000
DECIMAL = decimal.Decimal("1.5")


def text_of(*path):
    with open(os.path.join(ROOT, *path), "rb") as file:
        return file.read()


# ---- events -------------------------------------------------------------------------------------

def event(number=0, **changes):
    made = {"event_id": f"01935f00-{number:04x}-7000-8000-0000000000ff", "kind": "COMPLETED",
            "corridor": "KES-NGN", "debtor_agent": "EXAMKE01", "creditor_agent": "EXAMNG02",
            "transaction_id": f"EXAMKN{number:010d}", "end_to_end_id": f"E{number:08d}",
            "uetr": UETR, "channel": "MOBILE_MONEY", "instructed_e5": 130_000_000,
            "instructed_currency": "KES", "settlement_e5": 1_000_000,
            "settlement_currency": "USD", "rate_e10": 76_923_077, "lock_id": LOCK,
            "fee_e5": 500_000, "fee_currency": "KES", "acceptance_us": ACCEPTED_US + number,
            "debtor_account": "254700000001", "creditor_account": "000000000002"}
    return events.Event(**{**made, **changes})


def payments():
    plain = {"uetr": "", "lock_id": "", "rate_e10": 0, "fee_e5": 0, "fee_currency": "",
             "debtor_account": "", "creditor_account": ""}
    return [event(), event(1, **plain), event(2, kind="REFUNDED", channel="USSD"),
            event(5, kind="REFUNDED", return_id="R1"),
            event(3, instructed_currency="UGX", settlement_currency="KWD"),
            event(4, event_id="a text that is no uuid", end_to_end_id="\u00c9\u4e2d\u6587")]


VALID_US = (ACCEPTED_US, ACCEPTED_US + 86_400_000_000)
FX_ROWS = (("01935f00-0000-7000-8000-0000000000aa", "RATE", "daily", "", "KES", "NGN",
            110_000_000_000, "", 0, *VALID_US, ""),
           ("01935f00-0000-7000-8000-0000000000ab", "LOCK", "desk", "KES-NGN", "KES", "NGN",
            110_000_000_000, LOCK, 5_000_000, *VALID_US, ""))
FX_VALUES = [fx._value(row) for row in FX_ROWS]  # pylint: disable=protected-access


def payment_rows():
    names = events.LOG_COLUMNS[3:-1]
    return [dict(zip(names, made.log().split("\t"))) | {"intent": "payment"}
            for made in payments()]


def fx_rows():
    return [dict(zip(fx.COLUMNS[3:], map(str, row))) | {"intent": row[1].lower()}
            for row in FX_ROWS]


def lines(form, fields, rows):
    write = files.json_line if form == "ndjson" else files.csv_line
    return [write(fields, row, index) for index, row in enumerate(rows * 2)]


def header(fields):
    return ",".join(name for name, _, _ in fields).encode()


def frame(offset, value, key=b"key", headers=()):
    """A raw record as codec/archive/records.h has it."""
    def sized(data):
        return struct.pack(">i", -1) if data is None else struct.pack(">i", len(data)) + data
    return struct.pack(">qq", offset, 1_764_000_000_000) + sized(key) + sized(value) \
        + struct.pack(">I", len(headers)) + b"".join(sized(n) + sized(v) for n, v in headers)


FILE_HEADERS = ((b"sawa-format", b"csv"), (b"sawa-file", b"a.csv"), (b"sawa-columns", b"a,b"))


def frames():
    value = event().value()
    return frame(0, value) + frame(1, None, None) + frame(2, value, b"", FILE_HEADERS) \
        + frame(3, b"", headers=((b"empty", None), (b"", b"")))


# ---- schemas ------------------------------------------------------------------------------------

def evolved():
    """Our payment schema with fields of every type behind it, and a body that fills them."""
    schema = json.loads(text_of("schemas", "avro", "payment_event.avsc"))
    node = {"type": "record", "name": "Node", "fields": [
        {"name": "next", "type": ["null", "Node"]}]}
    schema["fields"] += [
        {"name": "note", "type": ["null", "string", "bytes"]},
        {"name": "tags", "type": {"type": "array", "items": "string"}},
        {"name": "marks", "type": {"type": "map", "values": ["null", "long"]}},
        {"name": "chain", "type": node},
        {"name": "nothing", "type": {"type": "array", "items": "null"}},
        {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 4}},
        {"name": "numbers", "type": {"type": "record", "name": "Numbers", "fields": [
            {"name": "f", "type": "float"}, {"name": "d", "type": "double"},
            {"name": "b", "type": "boolean"}, {"name": "i", "type": "int"}]}}]
    body = event().value()[5:] + wire.varint(1) + wire.text("n") \
        + wire.varint(2) + wire.text("a") + wire.text("b") + b"\0" \
        + wire.varint(-1) + wire.varint(4) + wire.text("k") + wire.varint(1) + wire.varint(9) \
        + b"\0" + wire.varint(1) * 5 + wire.varint(0) + wire.varint(3) + b"\0" + b"hash" \
        + struct.pack("<fd?", 1.5, 2.5, True) + wire.varint(7)
    return json.dumps(schema).encode(), body


def schemas():
    return [text_of("schemas", "avro", name)
            for name in ("payment_event.avsc", "payment_event_3.avsc", "fx_event.avsc",
                         "fx_event_2.avsc")]


# ---- the seeds of each target: [(name, bytes)] ---------------------------------------------------

def avro():
    schema, body = evolved()
    yield from (b"\0" + made.value()[5:] for made in payments())
    yield from (b"\1" + value[5:] for value in FX_VALUES)
    yield b"\2" + frames()
    yield b"\3" + schema + b"\0" + body
    yield from (b"\3" + text + b"\0" + event().value()[5:] for text in schemas())


def line():
    yield from (b"\0" + text for text in lines("ndjson", files.PAYMENT, payment_rows()))
    yield from (b"\1" + text for text in lines("ndjson", files.FX, fx_rows()))
    for mode, fields, rows in ((b"\2", files.PAYMENT, payment_rows()),
                               (b"\3", files.FX, fx_rows())):
        yield from (mode + header(fields) + b"\n" + text for text in lines("csv", fields, rows))


def file():
    rows = payment_rows()
    for form in ("ndjson", "csv"):
        whole = b"\n".join(lines(form, files.PAYMENT, rows)) + b"\n"
        whole = header(files.PAYMENT) + b"\n" + whole if form == "csv" else whole
        yield from (mode + whole for mode in (b"\0", b"\1"))
    for codec in files.CODECS:
        out = files.AvroFile("avro", files.PAYMENT, codec)
        for index, (row, made) in enumerate(zip(rows, payments())):
            out.add(row, made.value(), index)
        yield from (mode + out.bytes() for mode in (b"\0", b"\1"))


def bank_files():
    """Statements as tests/support/bank writes them, of both formats, trouble included."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "items.ndjson")
        with open(path, "w", encoding="utf-8") as out:
            for number in range(24):
                out.write(json.dumps({
                    "id": number, "account": f"NOSTRO:{number % 2}", "currency": "KES",
                    "servicer_bic": "EXAMKENA", "amount_minor": (-1) ** number * (1000 + number),
                    "format": ("camt.053", "mt940")[number % 2], "reference": f"REF{number}",
                    "end_to_end_id": f"E2E{number}", "value_date": f"2026-11-{16 + number % 3}",
                    "participant": "EXAMNG02"}) + "\n")
        subprocess.run([os.path.join(SUPPORT, "bank"), "--items", path, "--out", folder],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for name in sorted(glob.glob(os.path.join(folder, "*.xml"))
                           + glob.glob(os.path.join(folder, "*.sta"))):
            with open(name, "rb") as found:
                yield found.read()


BAI2 = b"""01,SENDER,RECEIVER,260302,0815,7,80,1,2/
02,RECEIVER,122099999,1,260301,2359,KES,2/
03,0123456789,,010,100000,,,015,95000,,/
88,100,2500,1,S,1,2,3,400,7500,1,D,2,0,50,1,50/
16,195,2500,V,260304,1200,BANK/1,CUST1,from a friend/ 16,475,7500,,,CHQ 12/
88,more/
49,215000,6/ 98,215000,1,8/ 99,215000,1,10/
"""
OFX = b"""OFXHEADER:100
DATA:OFXSGML
VERSION:102
CHARSET:1252

<OFX><SONRS><DTSERVER>20260302081500.000[+3:EAT]</SONRS><STMTTRNRS><TRNUID>7<STMTRS><CURDEF>KES
<BANKACCTFROM><ACCTID>0011</BANKACCTFROM><BANKTRANLIST><DTSTART>20260301<DTEND>20260302
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260301<TRNAMT>12,50<FITID>1<NAME>A &amp; B &#75;
<MEMO><![CDATA[a > b]]></STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>1000.00<DTASOF>20260302
</LEDGERBAL></STMTRS></STMTTRNRS></OFX>
"""
CSV = (b"""The Bank,,
Account,0011,
Opening,"1,000.00"

Date,Value,Text,More,In,Out,Balance,Currency
2026-03-01,,"one, ""two""
three",x,50,,"1,050.00",KES
20260302 12:05:07,02.03.26,four,,,(0.50),1049.50,KES
Total,,,,50,0.50,,
Closing,1049.50
""", b"""Receipt,Time,Status,Paid In,Withdrawn,Balance,Fee,Party,Type
R4,01-03-2026 03:13:31 PM,Completed,,-50.00,847.00,3.00,Asha,Payment
R3,1-Mar-26,Pending,,-1.00,,,,
R2,01-03-2026,Failed,7,,,,,
R1,01-03-2026 08:00,Completed,900.00,,900.00,,Juma,Payment
""")


def sample_files():
    samples = os.path.join(os.environ.get("SAWA_SAMPLES") or "", "statements")
    for path in sorted(glob.glob(os.path.join(samples, "**", "*"), recursive=True)):
        if path.endswith((".xml", ".sta", ".txt")) and os.path.getsize(path) <= SAMPLE_SIZE_MAX:
            with open(path, "rb") as found:
                yield found.read()


def written_files(count=6):
    """Small statements as banks write them, with the quirks of each format."""
    for seed in range(count):
        for name, writer in sorted(WRITERS.items()):
            if name not in ("csv", "mobile_money"):     # read by a profile of the target's own
                yield writer.write(random_statement(seed), writer.random_quirks(seed)).data


def statement():
    yield from (b"\x1f" + data for data in written_files())
    yield from (b"\x0f" + text for text in (BAI2, OFX, *CSV, *bank_files()))
    yield from (b"\x3b" + text for text in sample_files())


def members():
    for data in written_files(1):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("in/one.sta", data)
            package.writestr("in/", b"")
            package.writestr("two.zip", b"PK\3\4")
        yield b"\x1f" + packed.getvalue()
        yield b"\x1f" + gzip.compress(data)
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as package:
        package.writestr("a", b":20:A")
    yield from (b"\0" + stored.getvalue(), b"\0PK\5\6" + bytes(18), b"\0:20:A")


def reply():
    line = (b"<TxInfAndSts><OrgnlGrpInf><OrgnlMsgId>M</OrgnlMsgId></OrgnlGrpInf><OrgnlInstrId>I"
            b"</OrgnlInstrId><OrgnlEndToEndId>E</OrgnlEndToEndId><OrgnlTxId>T</OrgnlTxId>"
            b"<OrgnlUETR>U</OrgnlUETR><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn>"
            b"<AddtlInf>closed \xc3\xa9</AddtlInf></StsRsnInf></TxInfAndSts>")
    group = (b"<GrpHdr><MsgId>R</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>M</OrgnlMsgId>"
             b"<GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>")
    for root, body in ((b"FIToFIPmtStsRpt", group + line + line),
                       (b"CstmrPmtStsRpt", group + b"<OrgnlPmtInfAndSts><PmtInfSts>ACSP</PmtInfSts>"
                        + line + b"</OrgnlPmtInfAndSts>")):
        document = b"<a:Document xmlns:a='urn:x'><" + root + b">" + body + b"</" + root + b">"
        yield document + b"</a:Document>"
        yield b'<?xml version="1.0" encoding="ISO-8859-1"?>' + document + b"</a:Document>"
    back = (b"<TxInf><RtrId>B</RtrId><OrgnlEndToEndId>E</OrgnlEndToEndId><RtrdIntrBkSttlmAmt Ccy="
            b"'KES'>4.80</RtrdIntrBkSttlmAmt><IntrBkSttlmDt>2026-03-02</IntrBkSttlmDt><RtrRsnInf>"
            b"<Rsn><Cd>AC04</Cd></Rsn></RtrRsnInf></TxInf>")
    header = b"<GrpHdr><MsgId>R</MsgId><GrpRtr>true</GrpRtr></GrpHdr><OrgnlGrpInf><OrgnlMsgId>M"
    for body in (b"", back, back + back):
        yield (b"<Document><PmtRtr>" + header + b"</OrgnlMsgId></OrgnlGrpInf>" + body
               + b"</PmtRtr></Document>")
    yield b"<!DOCTYPE a [<!ENTITY b 'c'>]><FIToFIPmtStsRpt>&b;</FIToFIPmtStsRpt>"
    yield b"<FIToFIPmtStsRpt><![CDATA[x]]>" + line + b"</FIToFIPmtStsRpt>"


def archive():
    plain = frames()
    yield b"\0" + plain
    yield b"\1\1" + bytes(12) + plain[:64] + bytes(16)
    packed = files.zstandard(plain)
    yield b"\2" + packed
    yield b"\2" + packed + files.zstandard(frame(4, b"x" * 100))
    yield b"\2" + files.zstandard(bytes(1 << 20))
    yield from (b"\3" + ceiling + packed for ceiling in (b"\0", b"\1", b"\xff"))
    yield b"\3\xff" + files.zstandard(bytes(1 << 20))
    deflated = files.deflate(plain)
    yield from (b"\4" + ceiling + deflated for ceiling in (b"\0", b"\xff"))
    yield b"\4\xff" + files.deflate(bytes(1 << 20))
    yield b"\4\xff" + zlib.compress(plain)


def nested(depth, kind):
    """A header table whose one field holds a table (or an array) that holds another, and so on."""
    inner = b""
    for _ in range(depth):
        sized = struct.pack(">I", len(inner)) + inner
        inner = b"\1kF" + sized if kind == "F" else b"A" + sized
    table = inner if kind == "F" else b"\1k" + inner
    return struct.pack(">HI", 1 << 13, len(table)) + table


def amqp():
    everything = pika.BasicProperties(
        "text/plain", "utf-8", {"x-stream-offset": 1 << 33, "timestamp_in_ms": 1_764_000_000_000,
                                "text": "x", "n": 1 << 40, "t": True, "none": None, "d": DECIMAL,
                                "list": [1, "a", {"b": 2}], "table": {"x-delivery-count": 3}},
        2, 1, "correlation", "reply", "60000", "message", 1_764_000_000, "type", "user", "app")
    made = [b"".join(pieces.encode()) for pieces in (
        everything, pika.BasicProperties(message_id="only"), pika.BasicProperties(),
        pika.BasicProperties(headers={"x-stream-offset": 1 << 62}))]
    made += [nested(depth, kind) for depth in (3, 200, 5000) for kind in "FA"]
    for properties in made:
        yield struct.pack(">H", len(properties)) + properties + event().value()
        yield struct.pack(">H", len(properties)) + properties


def registry():
    schema = schemas()[0]
    answer = json.dumps({"subject": "s", "version": 1, "id": 7, "schema": schema.decode()}).encode()
    head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
    sized = head + b"Content-Length: %d\r\n\r\n%s"
    yield b"\0" + sized % (b"200 OK", len(answer), answer)
    yield b"\0" + sized % (b"404 Not Found", 2, b"{}")
    yield b"\0" + sized % (b"500 Oh", 0, b"")
    yield b"\0" + head % b"200 OK" + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{\"sch\r\n0\r\n\r\n"
    yield b"\0" + head % b"302 Found" + b"Location: file:///etc/passwd\r\n\r\n"
    yield b"\0" + head % b"200 OK" + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08"
    yield b"\0HTTP/1.0 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" + answer
    yield b"\0HTTP/2 200\r\nSet-Cookie: a=b; Domain=x\r\n\r\n" + answer
    yield from (b"\1" + text for text in (answer, b"[]", b'{"schema": 1}',
                                          b'{"schema": "\\u0000"}'))
    yield b"\2" + text_of("schemas", "avro", "ids.json")
    yield b'\2{"1": "a", "4294967295": "b.avsc", "-1": "c"}'
    yield from (b"\3" + text for text in (schema, b"1e5", b'"\xff"', b"[" * 3000, b"-0.0"))


def health():
    for text in (b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /livez HTTP/1.0\r\n\r\n",
                 b"HEAD /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                 b"POST /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
                 b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                 b"GET /%2e%2e/metrics?a=b&c=%00 HTTP/1.1\r\nHost: a\r\nCookie: a=b\r\n\r\n",
                 b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /readyz HTTP/1.1\r\nHost: a\r\n\r\n",
                 b"GET /livez HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
                 b"GET http://a/livez HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
                 b"OPTIONS * HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"\r\n\r\n", b"GET"):
        yield from (pause + text for pause in (b"\0", b"\x09", b"\xff"))


CONFIG = b"""# a deployment
database:
  dsn: "host=db.example dbname=sawa sslmode=verify-full"
log.format: json
http: {listen: "127.0.0.1:0", heartbeat: 30s}
worker.id: one
ingest:
  source: queue
  strict: true
  path: /data/in
kafka:
  brokers: a:9092,b:9092
  ssl.ca.location: /etc/ca.pem
  sasl.password: secret
batch: {records_max: 500, bytes_max: 16MiB, linger: 500ms, lanes: 2, stop_after_idle: 1h}
settle: {anything: [1, 2, {a: b}]}
"""
ITEMS = b"""items:
  - {side: BANK, amount: "12.50", value_date: 2026-10-30, reference: FT2610A7}
  - side: BOOK
    amount: "-900.00"
    value_date: 2026-10-31
    end_to_end_id: 0a1b
"""


def config():
    yield b"\0" + CONFIG
    yield b"\0a: &x 1\nb: *x\n<<: {}\nc: !!str d\n--- e\n"
    yield b"\0" + b"[" * 40 + b"\n" + b"- " * 40
    settings = [b"batch.lanes=2", b"kafka.a.b=c d", b"ingest.source=file", b"log.level=debug",
                b"database.dsn=password=x", b"batch.linger=9223372036854775807h", b"nokey", b"=",
                b""]
    yield b"\1" + b"\n".join(settings[:5])
    yield from (b"\1" + text for text in settings)
    yield b"\2SAWA_BATCH_LANES=3\nSAWA_KAFKA_SSL_CA_LOCATION=/x\nPATH=/bin\nSAWA_KAFKA_=1\nSAWA_"
    yield b"\3" + ITEMS


BOOK = b"""holidays: h.csv
participants:
  - {participant_id: 1, code: A1, country: KE, account: "1", name: A}
  - {participant_id: 2, code: B1, country: NG, name: B}
accounts:
  - {code: N, servicer_bic: EXAMUS33, scheme: BBAN, servicer_account: "1", currency: USD,
     statement_format: camt.053}
corridors:
  - corridor_id: 1
    code: KES-NGN
    version: 1
    effective_from: 2026-01-01
    source_currency: KES
    target_currency: NGN
    settlement_currency: USD
    source_country: KE
    target_country: NG
    model: MULTILATERAL
    time_zone: Africa/Nairobi
    cut_offs: ["10:00", "16:00"]
    grace_seconds: 300
    calendars: [KE, NG]
    nostro_account: N
    limit_minor: 1000000
    participants: [A1, B1]
"""
HOLIDAYS = b"""# a comment
country,date,name
KE,2026-01-01,New Year
KE,2026-12-25,"Christmas, Day"
NG,2026-01-01,New Year
NG,2027-12-25,Christmas
"""
LATE_DAYS = b"""weekends:
  - {country: KE, days: [FRIDAY, SATURDAY]}
overrides:
  - {country: KE, announced: 2026-01-01, date: 2026-03-12, day: HOLIDAY, reason: late}
  - {country: KE, announced: 2025-12-01, date: 2026-03-13, day: BUSINESS, reason: worked}
  - {country: NG, announced: 2026-01-01, date: 2026-01-15, day: HALF, until: "12:00",
     time_zone: Africa/Lagos, reason: half}
participants:"""
LAG = b"""    settlement_calendars: [NG]
    settlement_lag: 2
    roll_convention: MODIFIED_FOLLOWING
    nostro_account"""
LATE_BOOK = BOOK.replace(b"A1", b"AAAA").replace(b"B1", b"BBBB").replace(
    b"participants:", LATE_DAYS, 1).replace(b"    nostro_account", LAG)
RULES = (b"EAT-3", b"<+01>-1", b"EET-2EEST,M3.5.0/3,M10.5.0/4", b"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
         b"A0B,J60/0,J300/167:59:59", b"A-24:59:59B-25:59:59,0/0,365/-167", b"X5Y,59,300")


def book():
    yield b"\0" + BOOK + b"\0" + HOLIDAYS
    yield b"\0" + text_of("deploy", "corridors.example.yaml") + b"\0" \
        + text_of("deploy", "holidays.example.csv")
    yield b"\0" + LATE_BOOK + b"\0" + HOLIDAYS
    yield b"\1" + HOLIDAYS
    for name in ("Africa/Nairobi", "Europe/Paris", "Africa/Casablanca", "UTC", "America/New_York"):
        path = os.path.join("/usr/share/zoneinfo", name)
        if os.path.exists(path):
            with open(path, "rb") as found:
                yield b"\2" + found.read()
    yield from (b"\3" + rule for rule in RULES)


def value():
    yield from (text.encode() for text in (
        "-9223372036854775808", "0", "-0", "007", LOCK, UETR.replace("-", ""), "2026-02-28",
        "2024-02-29", "0000-01-01", "9999-12-31", "KES", "1234.50", "-0.01", "92233720368547758.07",
        "0.0000000001", "922337203.6854775807", "1.000", "OPEN", "SETTLED", "debug", "json",
        "ab" * 32, "amqps://sawa:p%40ss%2Fword@broker.example:5999/cell%2Fke",
        "payments/1023@0", "000017-payments.ndjson", "99999999", "Africa/Nairobi",
        "payments/1023@0", "000017-payments.ndjson", "99999999", "Africa/Nairobi",
        "../../etc/passwd", "a/.hidden", "a//b"))


SEEDS = {"fuzz_avro": avro, "fuzz_line": line, "fuzz_file": file, "fuzz_statement": statement,
         "fuzz_members": members, "fuzz_reply": reply,
         "fuzz_archive": archive, "fuzz_amqp": amqp, "fuzz_registry": registry,
         "fuzz_health": health, "fuzz_config": config, "fuzz_book": book, "fuzz_value": value}


def write(target, folder):
    count = 0
    for count, data in enumerate(SEEDS[target](), 1):
        with open(os.path.join(folder, f"seed-{count:04d}"), "wb") as out:
            out.write(data)
    return count


# ---- dictionaries -------------------------------------------------------------------------------

WORDS = re.compile(rb"[A-Za-z_][A-Za-z0-9_.-]{1,40}")
TAGS = re.compile(rb"</?[A-Za-z][A-Za-z0-9]*|:\d\d[A-Z]?:|\{\d:|/[A-Z]{3,4}/|\?\d\d")
OTHERS = {
    "fuzz_avro": (b"\xff" * 9 + b"\1", b"\x80" * 9 + b"\1", b"\1", b'"logicalType"', b'"decimal"'),
    "fuzz_line": (b"\\u0000", b"\\ud800", b"1e5", b"null", b'""', b"\xc3\x28",
                  b"2026-11-16T10:00:00Z"),
    "fuzz_archive": (b"\x28\xb5\x2f\xfd", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff"),
    "fuzz_amqp": tuple(kind.encode() for kind in "tbBuUiIlLfdDSsATVFx") + (b"\xff\xff\xff\xff",),
    "fuzz_health": (b"\r\n\r\n", b"\r\n ", b"HTTP/1.1", b"chunked", b"Content-Length: ", b"%00"),
    "fuzz_registry": (b"\r\n\r\n", b"chunked", b"Content-Length: ", b"HTTP/1.1 200 ",
                      b'{"schema":'),
    "fuzz_config": (b"{", b"}", b"[", b"]", b": ", b"\n- ", b"&a", b"*a", b"!!", b"|", b">",
                    b"%YAML"),
    "fuzz_book": (b"TZif2", b"{", b"[", b": ", b"\n  - ", b",M3.5.0/", b"2026-02-29", b"24:00"),
}


def quoted(word):
    return '"' + "".join(chr(byte) if 32 < byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}"
                         for byte in word) + '"'


def dictionary(target, path):
    """Words of the seeds, the most frequent first, and what a seed would not hold."""
    found = {}
    pattern = TAGS if target in ("fuzz_statement", "fuzz_reply") else WORDS
    for data in SEEDS[target]():
        for word in pattern.findall(data[:SAMPLE_SIZE_MAX]):
            found[word] = found.get(word, 0) + 1
    often = sorted(found, key=lambda word: (-found[word], word))[:300]
    with open(path, "w", encoding="ascii") as out:
        out.writelines(quoted(word) + "\n" for word in (*OTHERS.get(target, ()), *often))
    return len(often)

