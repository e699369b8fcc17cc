"""mt940.py - a day of one account as an MT940 message in its SWIFT envelope."""
import re

from .money import mt_text

LINE = 65        # characters of a line of :86:
LINES = 6
REFERENCE = 16   # characters of a reference in :61:


def x_set(text):
    """The characters a SWIFT text may hold."""
    return re.sub(r"[^a-zA-Z0-9/\-?:().,'+ ]", " ", text)


def reference(text):
    """For :61: and :20:: neither begins nor ends with a slash, nor holds two."""
    return re.sub(r"/+", "/", x_set(text)).strip("/ ")[:REFERENCE].rstrip("/ ")


def _balance(tag, minor, day, currency):
    mark = "C" if minor >= 0 else "D"
    return f":{tag}:{mark}{day:%y%m%d}{currency}{mt_text(minor, currency)}"


def _lines(text):
    """A text folded; a line may not begin with ':' or '-', they would open a field."""
    out = []
    while text and len(out) < LINES:
        line, text = text[:LINE], text[LINE:]
        if line[0] in ":-":
            line, text = "." + line[:-1], line[-1] + text
        out.append(line)
    return out


def _entry(entry, currency):
    mark = "C" if entry.amount_minor >= 0 else "D"
    customer = reference(entry.reference) or "NONREF"
    servicer = reference(entry.servicer_reference)
    words = [f"/EREF/{x_set(entry.end_to_end_id)}"] if entry.end_to_end_id else []
    if entry.text:
        words.append(f"/REMI/USTD//{x_set(entry.text).replace('/', ' ')}")
    if entry.party:
        words.append(f"/CNTP///{x_set(entry.party).replace('/', ' ')}")
    out = [f":61:{entry.value_date:%y%m%d}{entry.booking_date:%m%d}{mark}"
           f"{mt_text(entry.amount_minor, currency)}NTRF{customer}//{servicer}"]
    if entry.charge_minor:
        out.append(f"/CHGS/{currency}{mt_text(entry.charge_minor, currency)}")
    information = _lines("".join(words))
    if information:
        information[0] = ":86:" + information[0]
    return out + information


def statement(account, number, day, opening_day, opening_minor, entries):
    """The text of one message; closing is opening plus entries."""
    closing = opening_minor + sum(entry.amount_minor for entry in entries)
    currency = account.currency
    bic = (account.servicer_bic + "XXXXXXXXXXXX")[:12]
    lines = [f"{{1:F01{bic}0000000000}}{{2:O9402330{day:%y%m%d}{bic}0000000000{day:%y%m%d}2330N}}"
             "{4:",
             f":20:S{day:%y%m%d}{number:05d}",
             f":25:{account.servicer_account}",
             f":28C:{number % 100000}/1",
             _balance("60F", opening_minor, opening_day, currency)]
    for entry in entries:
        lines += _entry(entry, currency)
    lines += [_balance("62F", closing, day, currency), _balance("64", closing, day, currency),
              "-}"]
    return "\r\n".join(lines) + "\r\n"
