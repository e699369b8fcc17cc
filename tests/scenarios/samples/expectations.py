"""expectations.py - what other readers made of the samples, entry by entry beside ours.

Two suites publish their results as JSON: WoLpH (MT940, MT942) and genkgo (camt). Each function
gives (name, entries compared, differences); a difference is (place, field, ours, theirs). What is
said in other words on purpose is put into ours first, with the rule that asks for it; what is left
must be named in KNOWN.
"""
import json
from decimal import Decimal

MT, CAMT = "WoLpH-mt940", "genkgo-camt/test/data"

# name: ({(place, field)}, why we are right). The scenario proves the first by the balances.
KNOWN = {
    "betterplace/sepa_mt9401": (
        {(5, "amount"), (18, "amount")},
        "RC takes a credit back, so it is money out (rule 1); their sign is the other"),
    "jejik/ing": (
        {(6, "narrative")}, "they keep the bank's trailer behind the closing balance in :86:"),
    "jejik/rabobank-iban": (
        {(0, "customer_reference"), (2, "customer_reference")},
        "EREF only points to :86:, which has the reference"),
    "self-provided/multiline": (
        {(0, "narrative")},
        "their :86: is replaced by that of the statement"),
    "self-provided/raiffeisen-cmi": (
        {(0, "narrative")},
        "cp852, which they are told; ours guesses cp1252 and says so (rule 26)"),
    "camt053.v2.multi.statement": (
        {("entries", "count"), (0, "amount"), (0, "end_to_end_id"), (0, "unstructured")},
        "the dump repeats no object, and so shows the last of two statements only"),
}


def _sources(samples, name):
    folder = samples / MT / "mt940_tests"
    return [path for path in folder.glob(f"{name}.*") if path.suffix in (".sta", ".txt")]


def _compare(pairs):
    return [(place, field, ours, theirs) for place, field, ours, theirs in pairs if ours != theirs]


def _mt_pairs(place, ours, theirs):
    amount, references = theirs["amount"], ours["references"]
    yield place, "amount", ours["amount"] and Decimal(ours["amount"]), Decimal(amount["amount"])
    yield place, "currency", ours["currency"], amount["currency"]
    yield place, "value_date", ours["value_date"], theirs["date"]
    if theirs.get("entry_date"):
        yield place, "booking_date", ours["booking_date"], theirs["entry_date"]
    yield place, "swift_type", ours["transaction_code"]["swift_type"], theirs["id"].strip()   # 23
    bank = theirs.get("bank_reference")
    yield (place, "servicer_reference", references["servicer_reference"],
           None if bank == "NONREF" else bank)                                                # 21
    customer = (theirs.get("customer_reference") or "").replace("KREF+\n", "").strip()
    if customer:                  # theirs is emptied where :86: has one, ours is not
        yield (place, "customer_reference", references["customer_reference"],
               None if customer == "NONREF" else customer)
    words = "".join((theirs.get("transaction_details") or "").split())
    raw = "".join((ours["raw"] or "").replace(":86:", "").split())
    yield place, "narrative", words in raw, True


def mt(samples, parse):
    root = samples / MT / "_derived-json"
    for path in sorted(root.rglob("*.json")):
        name = str(path.relative_to(root).with_suffix(""))
        theirs = json.loads(path.read_text(encoding="utf-8"))
        for source in _sources(samples, name):
            entries = [entry for one in parse(source.read_bytes()) for entry in one["entries"]]
            expected = [one["data"] for one in theirs["transactions"]]
            differences = [] if len(entries) == len(expected) else \
                [("entries", "count", len(entries), len(expected))]
            for place, (ours, their) in enumerate(zip(entries, expected)):
                differences += _compare(_mt_pairs(place, ours, their))
            yield name, len(entries), differences


# -- camt ----------------------------------------------------------------------------------------

def _minor(amount, currency):
    return (int(amount.replace(".", "")), currency) if amount else None


def _money(theirs):
    return (int(theirs["getAmount"]), theirs["getCurrency"]["getCode"]) if theirs else None


def _day(theirs):
    return theirs["0"][:10] if theirs else None


def _details(theirs):
    """An object that was dumped before is a word here: it is the first detail."""
    return [theirs["getTransactionDetail"] if isinstance(one, str) else one
            for one in theirs.get("getTransactionDetails") or []]


def _unstructured(remittance):
    return [(one if isinstance(one, dict) else remittance["getUnstructuredBlock"])["getMessage"]
            for one in remittance.get("getUnstructuredBlocks") or []]


def _detail_pairs(place, ours, theirs):
    references = theirs["getReference"] or {}
    for field, name in (("end_to_end_id", "getEndToEndId"), ("instruction_id", "getInstructionId"),
                        ("mandate_id", "getMandateId"), ("uetr", "getUuidEndToEndReference"),
                        ("transaction_id", "getTransactionId")):
        yield place, field, ours["references"][field], references.get(name)
    remittance = theirs.get("getRemittanceInformation")
    if remittance:
        yield place, "unstructured", ours["remittance"]["unstructured"], _unstructured(remittance)


def _camt_pairs(place, ours, theirs):
    code, domain = ours["transaction_code"], (theirs["getBankTransactionCode"] or {}).get(
        "getDomain")
    family = domain and domain["getFamily"]
    details = _details(theirs)
    yield place, "amount", _minor(ours["amount"], ours["currency"]), _money(theirs["getAmount"])
    yield place, "booking_date", ours["booking_date"], _day(theirs["getBookingDate"])
    yield place, "value_date", ours["value_date"], _day(theirs["getValueDate"])
    yield (place, "servicer_reference", ours["references"]["servicer_reference"],
           theirs["getAccountServicerReference"] or None)
    yield place, "reversal", ours["reversal"], theirs["getReversalIndicator"]
    yield place, "status", ours["status"], theirs["getStatus"]
    yield place, "domain", code["domain"], domain and domain["getCode"]
    yield place, "family", code["family"], family and family["getCode"]
    yield place, "subfamily", code["subfamily"], family and family["getSubFamilyCode"]
    yield place, "details", len(ours["details"]), len(details) if len(details) > 1 else 0
    for mine, their in zip(ours["details"] or [ours], details):
        yield from _detail_pairs(place, mine, their)


def camt(samples, parse):
    for path in sorted((samples / CAMT).glob("*.json")):
        theirs = json.loads(path.read_text(encoding="utf-8"))["getEntries"]
        entries = [entry for one in parse(path.with_suffix(".xml").read_bytes())
                   for entry in one["entries"]]
        differences = [] if len(entries) == len(theirs) else \
            [("entries", "count", len(entries), len(theirs))]
        for place, (ours, their) in enumerate(zip(entries, theirs)):
            differences += _compare(_camt_pairs(place, ours, their))
        yield path.stem, len(entries), differences
