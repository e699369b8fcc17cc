"""statements.py - large statement files whose sums are known, and what reads or stores them."""
import os
import sys
import time
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../support"))
# pylint: disable=wrong-import-position
from banklib import camt, money
from banklib import mt940 as swift
from scratch import ROOT, Scratch

OPENING, BLOCK = 10**13, 10_000
PRIME, SEED, MASK = 0x100000001b3, 0xcbf29ce484222325, 2**64 - 1
ACCOUNT = SimpleNamespace(servicer_account="0110447", servicer_bic="EXAMKENA", currency="KES",
                          name="BENCH-KES")
DAY, BEFORE = date(2026, 3, 2), date(2026, 2, 27)


@dataclass
class File:
    entries: int = 0
    lines: int = 0
    size: int = 0
    sum_minor: int = 0
    references: int = 0
    path: str = ""


def fnv(texts):
    """As statement_read.c hashes the references of an entry."""
    seed = SEED
    for text in texts:
        for byte in text.encode():
            seed = ((seed ^ byte) * PRIME) & MASK
    return seed


def entry(number):
    return SimpleNamespace(
        amount_minor=((number * 7919) % 1_000_000 + 1) * (1 if number % 3 else -1),
        charge_minor=0, party="ACHIENG TRADING LTD", reference=f"SW{number:08d}",
        servicer_reference=f"FT{number:010d}", end_to_end_id=f"E2E{number:020d}",
        text=f"invoice {number} of the window", booking_date=DAY, value_date=DAY)


def _write(out, entries, size, body, hashed, block=BLOCK):
    """Head, blocks of distinct entries over and over, tail; body(entries) gives the three."""
    block = [entry(number) for number in range(min(entries or block, block))]
    _, middle, _ = body(block, 0)
    file = File()
    times = (entries // len(block)) if entries else max(size // len(middle), 1)
    file.entries = times * len(block)
    file.sum_minor = times * sum(one.amount_minor for one in block)
    file.references = times * sum(hashed(one) for one in block) & MASK
    head, _, tail = body([], file.sum_minor)
    for piece in (head, *([middle] * times), tail):
        out.write(piece)
        file.size += len(piece)
        file.lines += piece.count(b"\n")
    return file


def _split(text, first, last):
    """Text before the first entry, the entries, the rest."""
    at = text.find(first)
    end = text.find(last) if at < 0 else text.find(last, at)
    at = end if at < 0 else at
    return text[:at].encode(), text[at:end].encode(), text[end:].encode()


def write_mt940(out, entries=0, size=0, block=BLOCK):
    """One message; /EREF/, remittance and party in :86:."""
    def body(block, total):
        text = swift.statement(ACCOUNT, 1, DAY, BEFORE, OPENING, block)
        head, middle, tail = _split(text, ":61:", ":62F:")
        if not block:
            closing = swift.statement(ACCOUNT, 1, DAY, BEFORE, OPENING + total, [])
            tail = _split(closing, ":61:", ":62F:")[2]
        return head, middle, tail

    return _write(out, entries, size, body,
                  lambda one: fnv((one.reference, one.servicer_reference, one.end_to_end_id)),
                  block)


def write_camt(out, entries=0, size=0):
    def body(block, total):
        text = camt.statement(ACCOUNT, 1, DAY, BEFORE, OPENING, block)
        head, middle, tail = _split(text, "<Ntry>", "</Stmt>")
        if not block:
            here = money.decimal_text(OPENING, "KES") + "</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2"
            at = head.decode().rindex(here.partition("</Amt>")[0])
            text = head.decode()
            head = (text[:at] + money.decimal_text(OPENING + total, "KES")
                    + text[at + len(money.decimal_text(OPENING, "KES")):]).encode()
        return head, middle, tail

    return _write(out, entries, size, body,
                  lambda one: fnv(("", one.servicer_reference, one.end_to_end_id)))


# -- readers that users have today -------------------------------------------------------------

NODE_MT = ("const {Parser} = require('mt940js'), fs = require('fs');"
           "console.log(new Parser().parse(fs.readFileSync(process.argv[1], 'utf8')).length)")
NODE_CAMT = ("const {parseCamt053} = require('camt-parser'), fs = require('fs');"
             "parseCamt053(fs.readFileSync(process.argv[1], 'utf8')).then(s => console.log(s))")
PYTHON_MT = "import sys, mt940; print(len(mt940.parse(sys.argv[1])))"


def others(folder):
    """(name, command, files it reads) of those that are installed in folder."""
    python = os.path.join(folder, "bin", "python")
    if os.path.exists(python):
        yield "mt-940", [python, "-c", PYTHON_MT], "mt940"
    for name, script, kind in (("mt940js", NODE_MT, "mt940"), ("camt-parser", NODE_CAMT, "camt")):
        if os.path.isdir(os.path.join(folder, "node_modules", name)):
            yield name, ["env", f"NODE_PATH={folder}/node_modules", "node", "-e", script], kind


# -- into the database -------------------------------------------------------------------------

def _copy_again(scratch, path):
    """Seconds of COPY of the rows that the statement left, into the table they came from."""
    with open(path, "wb") as out, scratch.connection.cursor() as cursor:
        cursor.copy_expert("COPY statement_entry TO STDOUT (FORMAT binary)", out)
        cursor.execute("TRUNCATE statement_entry CASCADE")
        cursor.execute("CHECKPOINT")
        cursor.execute("SET search_path TO sawa")
    with open(path, "rb") as rows, scratch.connection.cursor() as cursor:
        begin = time.monotonic()
        cursor.copy_expert("COPY statement_entry FROM STDIN (FORMAT binary)", rows, 1 << 20)
        return time.monotonic() - begin


def load(folder, entries, rounds, raw):
    """A statement into an empty database, and COPY of its rows, by turns."""
    path = os.path.join(folder, "load.sta")
    with open(path, "wb") as out:
        write_mt940(out, entries=entries, block=entries)
    for _ in range(rounds):
        with Scratch("bench_statement") as scratch:
            scratch.must("corridor", "load",
                         os.path.join(ROOT, "deploy", "corridors.example.yaml"))
            scratch.sql("UPDATE account SET servicer_account = %s"
                        " WHERE kind = 'NOSTRO' AND currency = 'KES'",
                        ACCOUNT.servicer_account)
            scratch.sql("CHECKPOINT")
            begin = time.monotonic()
            print("#", scratch.must("statement", "load", path, role="statement").strip())
            raw["load_s"].append(time.monotonic() - begin)
            assert scratch.value("SELECT count(*) FROM statement_entry") == entries
            raw["copy_s"].append(_copy_again(scratch, os.path.join(folder, "rows")))
        print(f"load: {entries / raw['load_s'][-1]:,.0f} entries/s, COPY"
              f" {entries / raw['copy_s'][-1]:,.0f}", flush=True)
