"""rates.py - the same for exchange rates: what a reader fills in itself.

Of all our columns one has a value for writers that do not send it: `source` of an FX event, then
"unspecified". It is used for exactly those, and for no other.

No two versions differ in an alias alone: the registry gives such schemas one id, and the text that
came first.
"""
import uuid
from decimal import Decimal

import avro_writer
import versions
from versions import Version, add, both, drop, each, moved, rename, retype

SUBJECT = "fx-value"
PER_VERSION = 6
DAY_US = 86_400_000_000

LAST_DIGIT = Decimal("0.0000000001")
SIDES = both(*(add(name, ["null", versions.decimal(20, 10)]) for name in ("bid", "ask")))

VERSIONS = [
    Version("the published schema"),
    Version("bid and ask added, of the second version", SIDES,
            lambda datum, rate: datum.update(bid=rate["rate"] - LAST_DIGIT, ask=rate["rate"])),
    Version("bid and ask added, and not quoted", SIDES,
            lambda datum, rate: datum.update(bid=None, ask=None)),
    Version("a bid above the rate", SIDES,
            lambda datum, rate: datum.update(bid=rate["rate"] + LAST_DIGIT, ask=None),
            "rate_invalid"),
    Version("a source that says what we would say", datum=lambda datum, rate: datum.update(
        source="unspecified"), event=lambda rate: rate.update(source="unspecified")),
    Version("the source removed", drop("source"),
            event=lambda rate: rate.update(source="unspecified")),
    Version("optional fields removed", drop("corridor", "lock_id", "notional_amount")),
    Version("the source renamed, with an alias", rename({"source": "provider"}),
            moved({"source": "provider"})),
    Version("a rate of four digits", retype("rate", to=versions.decimal(12, 4)),
            event=lambda rate: rate.update(rate=rate["rate"].quantize(Decimal("0.0001")))),
    Version("the source renamed, without an alias: removed", rename({"source": "quoter"}, False),
            moved({"source": "quoter"}), event=lambda rate: rate.update(source="unspecified")),
    Version("an empty source is no missing one", datum=lambda datum, rate: datum.update(source=""),
            parked="text_invalid"),
    Version("the source as null", retype("source", to=["null", "string"]),
            lambda datum, rate: datum.update(source=None), versions.UNREADABLE),
    Version("a rate removed", drop("rate"), parked=versions.UNREADABLE),
    Version("a double for a rate", retype("rate", to="double"), each(["rate"], float),
            versions.UNREADABLE),
]


def plain(rng, now_us):
    """A rate, by the names of the published schema."""
    return {"event_id": str(uuid.UUID(int=now_us // 1000 << 80 | 7 << 76 | 2 << 62 |
                                      rng.getrandbits(60))),
            "kind": "RATE", "source": f"desk-{rng.randint(1, 9)}", "corridor": None,
            "base_currency": "KES", "quote_currency": "NGN",
            "rate": Decimal(rng.randint(10 ** 9, 10 ** 12)).scaleb(-10), "lock_id": None,
            "notional_amount": None, "valid_from": now_us, "valid_until": now_us + DAY_US}


def make(rng, now_us, version, ids, register):
    """(what must be stored, bytes)"""
    schema = versions.published("fx_event")
    version.schema(schema["fields"])
    rate = plain(rng, now_us)
    datum = dict(rate)
    version.event(rate)
    datum["rate"] = rate["rate"]
    version.datum(datum, rate)
    if version.name not in ids:
        ids[version.name] = register(schema, SUBJECT)
    return rate, avro_writer.confluent(ids[version.name], avro_writer.encode(schema, datum))


def evolve(stage, register):
    now_us = stage.scratch.value("SELECT (extract(epoch FROM now()) * 1000000)::bigint")
    rng, ids, wanted, parked, values = stage.random, {}, {}, {}, []
    chosen = VERSIONS * PER_VERSION
    rng.shuffle(chosen)
    for offset, version in enumerate(chosen):
        rate, value = make(rng, now_us, version, ids, register)
        values.append(value)
        if version.parked:
            parked[offset] = version.parked
        else:
            wanted[rate["event_id"]] = (offset, rate["source"], int(rate["rate"].scaleb(10)),
                                        rate["valid_from"])
    worker = stage.fx_worker()
    stage.send(0, values)
    stage.until(lambda: stage.next_offset(0) == len(values), "the rates are read")
    rows = stage.scratch.sql("SELECT event_id::text, record_offset, rate_source, rate_e10,"
                             " (extract(epoch FROM valid_from) * 1000000)::bigint FROM fx_rate")
    stage.scratch.equal(f"1 {len(wanted)} rates: the source is filled in where the writer has none",
                        wanted, {row[0]: row[1:] for row in rows})
    stage.scratch.equal(f"2 {len(parked)} records of rates are parked, with their reasons", parked,
                        dict(stage.scratch.sql("SELECT record_offset, reason FROM parked")))
    stage.scratch.equal("the FX worker ends with 0", 0, stage.stop(worker))
