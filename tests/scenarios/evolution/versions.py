"""versions.py - the writers of the scenario: what each changed in the schema, and what must come of
its records.

A row says what a writer did to the published schema (`schema`, on the list of fields), how its
records differ from the plain ones (`datum`), and what becomes of them: a reason to park, or None: a
payment, exactly as the producer meant it. Where a change takes something out of the event itself,
`event` says so first: the event is what must be stored.

Rows with the same schema are one version for the registry, with one id.
"""
import copy
import json
import os
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Callable, Optional

from avro_writer import Branch
from scratch import ROOT

AMOUNTS = ("instructed_amount", "settlement_amount", "fee_amount")
FOLDER = os.path.join(ROOT, "schemas", "avro")


def nothing(*_):
    pass


@dataclass
class Version:
    name: str
    schema: Callable = nothing             # (fields)
    datum: Callable = nothing              # (values by field name, event)
    parked: Optional[str] = None           # the reason, None: a payment
    event: Callable = nothing              # (event)
    first: bool = False                    # registered before the worker starts


# ---- what may happen to a list of fields ---------------------------------------------------------

def published(kind="payment_event"):
    with open(os.path.join(FOLDER, f"{kind}.avsc"), encoding="utf-8") as file:
        return json.load(file)


def find(fields, name):
    return next(field for field in fields if field["name"] == name)


def add(name, kind, default=None, at=None):
    def change(fields):
        field = {"name": name, "type": kind}
        if default is not None or (isinstance(kind, list) and kind[0] == "null"):
            field["default"] = default
        fields.insert(len(fields) if at is None else at, field)
    return change


def drop(*names):
    def change(fields):
        fields[:] = [field for field in fields if field["name"] not in names]
    return change


def retype(*names, to):
    def change(fields):
        for name in names:
            field = find(fields, name)
            field["type"] = copy.deepcopy(to)
            field.pop("default", None)
    return change


def rename(new_of, with_alias=True):
    def change(fields):
        for old, new in new_of.items():
            field = find(fields, old)
            field["name"] = new
            if with_alias:
                field["aliases"] = [old]
    return change


def replace_by(others):
    def change(fields):
        fields[:] = copy.deepcopy(others)
    return change


def both(*changes):
    def change(*words):
        for one in changes:
            one(*words)
    return change


def moved(new_of):
    """The values of renamed fields, under their new names."""
    def change(datum, _):
        for old, new in new_of.items():
            datum[new] = datum.pop(old)
    return change


def put(**values):
    def change(datum, _):
        datum.update(values)
    return change


def each(names, to):
    def change(datum, _):
        for name in names:
            datum[name] = to(datum[name])
    return change


def without(*names):
    """The event had none of them."""
    def change(event):
        for name in names:
            setattr(event, name, 0 if name.endswith(("_e5", "_e10")) else "")
    return change


def decimal(precision, scale, size=None):
    kind = {"type": "bytes"} if size is None else {"type": "fixed", "name": f"Decimal{size}",
                                                   "size": size}
    return {**kind, "logicalType": "decimal", "precision": precision, "scale": scale}


def symbols(name, field, *values):
    return retype(field, to={"type": "enum", "name": name, "symbols": list(values)})


# ---- plain values ------------------------------------------------------------------------------

def plain(event):
    """What the event is, by the names of the published schema."""
    def money(number, scale):
        return None if number == 0 else Decimal(number).scaleb(-scale)
    return {
        "event_id": event.event_id, "kind": event.kind, "corridor": event.corridor,
        "debtor_agent": event.debtor_agent, "creditor_agent": event.creditor_agent,
        "transaction_id": event.transaction_id, "end_to_end_id": event.end_to_end_id,
        "uetr": event.uetr or None, "channel": event.channel,
        "instructed_amount": money(event.instructed_e5, 5),
        "instructed_currency": event.instructed_currency,
        "settlement_amount": money(event.settlement_e5, 5),
        "settlement_currency": event.settlement_currency, "rate": money(event.rate_e10, 10),
        "lock_id": event.lock_id or None, "fee_amount": money(event.fee_e5, 5),
        "fee_currency": event.fee_currency or None, "acceptance_time": event.acceptance_us,
        "debtor_account": event.debtor_account, "creditor_account": event.creditor_account,
        "return_id": event.return_id or None}


def whole_millisecond(event):
    event.acceptance_us -= event.acceptance_us % 1000


def whole_units(event):
    """Amounts without a fraction, also of the fee."""
    for name in ("instructed_e5", "settlement_e5", "fee_e5"):
        if getattr(event, name):
            setattr(event, name, (getattr(event, name) // 100000 + 1) * 100000)


def excess_digit(datum, _):
    datum["settlement_amount"] += Decimal("0.00000001")


def beyond_precision(datum, _):
    datum["settlement_amount"] = Decimal("1234567.89")   # nine digits where seven may stand


CONTEXT = {"type": "record", "name": "Context", "fields": [
    {"name": "trusted", "type": "boolean"},
    {"name": "attempt", "type": "int"},
    {"name": "elapsed", "type": "long"},
    {"name": "score", "type": "double"},
    {"name": "tags", "type": {"type": "array", "items": "string"}},
    {"name": "weights", "type": {"type": "map", "values": ["null", "float", "long"]}},
    {"name": "trace", "type": {"type": "fixed", "name": "Trace", "size": 16}},
    {"name": "inner", "type": ["null", "Context"], "default": None}]}


def context(datum, event):
    inner = {"trusted": True, "attempt": -3, "elapsed": 1 << 40, "score": 0.25, "tags": [],
             "weights": {}, "trace": bytes(16), "inner": None}
    datum["context"] = {**inner, "tags": ["a", event.transaction_id], "trace": bytes(range(16)),
                        "weights": {"x": Branch(1, 0.5), "y": None, "z": Branch(2, -7)},
                        "inner": inner}


SCORED = {"score": "int", "ratio": "float"}
PROMOTED = {"score": "long", "ratio": "double"}
OPTIONAL = ("uetr", "lock_id", "rate_e10", "fee_e5", "fee_currency")
RENAMED = {"corridor": "corridor_code", "transaction_id": "tx_id", "fee_amount": "charge"}
UETR_WIDE = retype("uetr", to=["null", {"type": "string", "logicalType": "uuid"}, "long"])
CORRIDOR_OPTIONAL = retype("corridor", to=["null", "string"])
CHANNEL_GROWN = symbols("PaymentChannel", "channel", "QR", "WALLET", "MOBILE_MONEY", "CARD",
                        "BANK", "USSD", "AGENT")
EIGHT_DIGITS = retype("settlement_amount", "instructed_amount", to=decimal(20, 8))
SEVEN_DIGITS = retype("settlement_amount", to=decimal(7, 2))
FX = published("fx_event")["fields"]

READ = [
    Version("the published schema", first=True),
    Version("a field added, with a default", add("purpose", "string", "GDDS", at=3),
            put(purpose="SALA"), first=True),
    Version("an optional field added", add("remittance", ["null", "string"], at=0),
            put(remittance="invoice 17"), first=True),
    Version("a record added, with all it may hold", add("context", CONTEXT, at=7), context),
    Version("a number added, a float beside it", both(*(add(*item) for item in SCORED.items())),
            put(score=-70000, ratio=0.5), first=True),
    Version("int to long, float to double", both(*(add(*item) for item in PROMOTED.items())),
            put(score=-(1 << 45), ratio=0.5)),
    Version("optional fields removed", drop("uetr", "lock_id", "rate", "fee_amount",
                                            "fee_currency", "debtor_account", "creditor_account"),
            event=without(*OPTIONAL), first=True),
    Version("fields renamed, with aliases", rename(RENAMED), moved(RENAMED), first=True),
    Version("fields in another order", lambda fields: fields.reverse()),
    Version("a union widened, the old branch used", UETR_WIDE),
    Version("a union turned around", retype("uetr", "fee_currency", to=["string", "null"])),
    Version("a required field made optional, and sent", CORRIDOR_OPTIONAL),
    Version("an optional field made required", retype("uetr", to="string")),
    Version("an enum grown at both ends, an old symbol used", CHANNEL_GROWN),
    Version("an enum in another order", symbols("PaymentKind", "kind", "REFUNDED", "COMPLETED",
                                                "REVERSED"), first=True),
    Version("amounts of two digits", retype(*AMOUNTS[:2], to=decimal(12, 2))),
    Version("amounts of eight digits, of which two are used", EIGHT_DIGITS),
    Version("amounts in whole units", both(retype(*AMOUNTS[:2], to=decimal(9, 0)),
                                           retype("fee_amount", to=["null", decimal(9, 0)])),
            event=whole_units),
    Version("amounts of fixed size", retype("settlement_amount", to=decimal(18, 5, 12))),
    Version("an amount within its seven digits", SEVEN_DIGITS),
    Version("milliseconds for microseconds",
            retype("acceptance_time", to={"type": "long", "logicalType": "timestamp-millis"}),
            event=whole_millisecond),
    Version("an instant without its logical type", retype("acceptance_time", to="long")),
    Version("an event id of 16 bytes",
            retype("event_id", to={"type": "fixed", "name": "Id", "size": 16,
                                   "logicalType": "uuid"}),
            each(["event_id"], lambda text: uuid.UUID(text).bytes)),
    Version("string to bytes", retype("transaction_id", "corridor", "settlement_currency",
                                      to="bytes")),
]

UNREADABLE, AMOUNT, TIME = "schema_unreadable", "amount_unreadable", "time_out_of_range"

REFUSED = [
    Version("an amount removed", drop("settlement_amount"), parked=UNREADABLE, first=True),
    Version("the event id removed", drop("event_id"), parked=UNREADABLE),
    Version("an amount renamed, without an alias", rename({"settlement_amount": "amount"}, False),
            moved({"settlement_amount": "amount"}), UNREADABLE),
    Version("two fields that both were the amount once",
            both(rename({"settlement_amount": "net"}),
                 lambda fields: fields.append({**find(fields, "net"), "name": "gross"})),
            both(moved({"settlement_amount": "net"}),
                 lambda datum, _: datum.update(gross=datum["net"])), UNREADABLE),
    Version("a double for an amount", retype("settlement_amount", to="double"),
            each(["settlement_amount"], float), UNREADABLE, first=True),
    Version("a float for a rate", retype("rate", to=["null", "float"]),
            each(["rate"], float), UNREADABLE),
    Version("text for an amount", retype("settlement_amount", to="string"),
            each(["settlement_amount"], str), UNREADABLE),
    Version("a long for an amount: units, or minor units?", retype("settlement_amount", to="long"),
            each(["settlement_amount"], lambda amount: int(amount * 100)), UNREADABLE),
    Version("bytes for an amount, of no logical type", retype("settlement_amount", to="bytes"),
            each(["settlement_amount"], lambda amount: int(amount * 100).to_bytes(8, "big")),
            UNREADABLE),
    Version("an amount that may be a decimal or a double, as a double",
            retype("settlement_amount", to=[decimal(18, 5), "double"]),
            each(["settlement_amount"], lambda amount: Branch(1, float(amount))), UNREADABLE),
    Version("text for an instant", retype("acceptance_time", to="string"),
            each(["acceptance_time"], str), UNREADABLE),
    Version("nanoseconds",
            retype("acceptance_time", to={"type": "long", "logicalType": "timestamp-nanos"}),
            parked=UNREADABLE),
    Version("seconds in an int", retype("acceptance_time", to="int"),
            each(["acceptance_time"], lambda us: us // 1000000), TIME),
    Version("a currency as an enum", symbols("Currency", "settlement_currency", "USD", "KES"),
            parked=UNREADABLE),
    Version("a union widened, the new branch used", UETR_WIDE, put(uetr=Branch(2, 7)), UNREADABLE),
    Version("a required field made optional, and not sent", CORRIDOR_OPTIONAL, put(corridor=None),
            UNREADABLE),
    Version("an enum grown, a new symbol used", CHANNEL_GROWN, put(channel="QR"), UNREADABLE),
    Version("an amount with more digits than its currency", EIGHT_DIGITS, excess_digit, AMOUNT),
    Version("an amount beyond its own precision", SEVEN_DIGITS, beyond_precision, AMOUNT),
    Version("another event altogether", replace_by(FX),
            lambda datum, event: datum.update(
                kind="RATE", source="x", corridor=None, base_currency="KES", quote_currency="NGN",
                rate=Decimal("1.5"), lock_id=None, notional_amount=None, valid_from=event
                .acceptance_us, valid_until=event.acceptance_us + 1), UNREADABLE),
]

# Registered while the registry is about to stop answering; each is met for the first time then.
LATE = [
    Version("first met while the registry hangs", add("channel_partner", "string", "none"),
            put(channel_partner="a")),
    Version("first met while the registry is down", add("batch_number", "long", 0),
            put(batch_number=12)),
    Version("registered too late", add("later", "string", ""), put(later="b")),
]


def make(version, event):
    """(schema, values): of a record of this version."""
    schema = published()
    version.schema(schema["fields"])
    version.event(event)
    datum = plain(event)
    version.datum(datum, event)
    return schema, datum
