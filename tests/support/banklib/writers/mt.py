"""mt.py - MT940, MT942 and MT950 as banks send them (SWIFT, and what is made of it)."""
from ..money import mt_text
from .expect import Writer, Written, balances, chooser, entry, head

LINE, SEGMENT = 65, 27
ENDS = {"lf": "\n", "crcrlf": "\r\r\n"}


def _balance(tag, minor, day, currency):
    return f":{tag}:{'C' if minor >= 0 else 'D'}{day:%y%m%d}{currency}{mt_text(minor, currency)}"


def _amount(one, statement, quirks):
    text = mt_text(one.amount_minor, statement.currency)
    if "no_comma" in quirks:
        text = text.rstrip(",")
    if "bare_comma" in quirks and "," in text and not text.partition(",")[2].strip("0"):
        text = text.partition(",")[0] + ","
    return text.rjust(15, "0") if "padded_amount" in quirks else text


def _mark(one):
    if one.reversal:
        return "RD" if one.amount_minor >= 0 else "RC"
    return "C" if one.amount_minor >= 0 else "D"


def _folded(text, size):
    return [text[at:at + size] for at in range(0, len(text), size)]


def _safe(lines):
    """A line that begins like a field or an end would be one."""
    return [line if line[:1] not in (":", "-") else "." + line for line in lines]


def _slash(one):
    words = [f"/EREF/{one.end_to_end_id}"] if one.end_to_end_id else []
    if one.text:
        words.append(f"/REMI/USTD//{one.text}")
    if one.party:
        words.append(f"/CNTP///{one.party}/")
    return _folded("".join(words), LINE)


def _gvc(one):
    text = f"EREF+{one.end_to_end_id}" if one.end_to_end_id else ""
    text += f"SVWZ+{one.text}" if one.text else ""
    parts = [f"?{20 + number}{part}" for number, part in enumerate(_folded(text, SEGMENT)[:10])]
    parts += [f"?{32 + number}{part}"
              for number, part in enumerate(_folded(one.party, SEGMENT)[:2])]
    return _folded("166?00TRANSFER" + "".join(parts), LINE)


def _wrapped(text):
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > LINE:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return lines + [line] if line else lines


def _narrative(one, quirks):
    """Lines of :86: and what they say. A coded text is folded anywhere."""
    if "free_text" in quirks:
        lines = _safe(_wrapped(one.text))
        return lines, {"text": "\n".join(lines)}
    coded = {"references.end_to_end_id": one.end_to_end_id or None, "text": one.text,
             "counterparty.name": one.party or None}
    if "gvc" in quirks:
        return _gvc(one), {**coded, "information": "TRANSFER"}
    return _slash(one), coded


def _entry_date(one, quirks):
    if "no_entry_date" in quirks:
        return ""
    return "    " if "blank_entry_date" in quirks else f"{one.booking_date:%m%d}"


def _line(one, statement, quirks):
    mark = _mark(one) + (statement.currency[2] if "funds_code" in quirks else "")
    customer = one.reference or ("NONREF" if "empty_reference" not in quirks else "")
    servicer = f"//{one.servicer_reference}" if one.servicer_reference else ""
    return (f":61:{one.value_date:%y%m%d}{_entry_date(one, quirks)}{mark}"
            f"{_amount(one, statement, quirks)}NTRF{customer}{servicer}")


def _entry(one, statement, quirks, has_narrative):
    lines, said = [_line(one, statement, quirks)], {
        "references.customer_reference": one.reference or None,
        "references.servicer_reference": one.servicer_reference or None,
        "transaction_code.swift_type": "NTRF"}
    if "supplement" in quirks:
        lines.append("/OCMT/USD12,50//TRCD/099/")
        said["original.currency"] = "USD"
    narrative, more = _narrative(one, quirks) if has_narrative else ([], {})
    if narrative:
        lines += [":86:" + narrative[0], *narrative[1:]]
    said.update(more)
    if {"no_entry_date", "blank_entry_date"} & quirks:
        said["booking_date"] = None
    return lines, entry(statement, one, **said)


def _account(statement, quirks):
    if "account_currency" in quirks:
        return f":25:{statement.account}{statement.currency}"
    return f":25:{statement.bic}/{statement.account}" if "account_bic" in quirks \
        else f":25:{statement.account}"


def _encode(lines, quirks):
    end = next((ENDS[name] for name in ENDS if name in quirks), "\r\n")
    text = end.join(lines) + ("" if "no_last_end" in quirks else end)
    return (b"\xef\xbb\xbf" if "bom" in quirks else b"") + text.encode()


def _wrap(lines, kind, statement, quirks):
    bic = f"{statement.bic}XXXXXXXXXXXX"[:12]
    if "envelope" in quirks:
        lines[0] = (f"{{1:F01{bic}0000000000}}{{2:O{kind}1200{statement.closing_date:%y%m%d}{bic}"
                    f"0000000000{statement.closing_date:%y%m%d}1200N}}{{4:")
        return lines + ["-}"]
    if "header" in quirks:
        lines[0] = f":{kind}:"
    return lines[0 if "header" in quirks else 1:] + (["-"] if "dash" in quirks else [])


def _write(kind, statement, quirks):
    rng = chooser(statement, kind)
    lines = ["", f":20:ST{statement.seed % 10**10}", _account(statement, quirks),
             f":28C:{statement.number}/1"]
    if kind == "942":
        lines += [f":34F:{statement.currency}0,", f":13D:{statement.closing_date:%y%m%d}1200+0300"]
    else:
        lines += [_balance("60F", statement.opening_minor, statement.opening_date,
                           statement.currency)]
    said = []
    for one in statement.entries:
        more, expected = _entry(one, statement, quirks, kind != "950")
        if kind == "942" and one.value_date > statement.closing_date:
            expected["status"] = "FUTR"
        lines += more
        said.append(expected)
    if kind != "942":
        lines.append(_balance("62F", statement.closing_minor, statement.closing_date,
                              statement.currency))
    if "available" in quirks and kind == "940":
        lines.append(_balance("64", rng.randrange(10**6), statement.closing_date,
                              statement.currency))
    return lines, said


def _written(kind, statement, quirks):
    if kind != "940" or "free_text" in quirks:
        quirks = quirks - {"gvc"}
    lines, said = _write(kind, statement, quirks)
    known = {**head(statement, f"mt{kind}"), "sequence_number": str(statement.number)}
    if kind != "942":
        known.update(balances(statement))
    return Written(_encode(_wrap(lines, kind, statement, quirks), quirks), known, said)


def mt940(statement, quirks):
    return _written("940", statement, quirks)


def mt942(statement, quirks):
    return _written("942", statement, quirks)


def mt950(statement, quirks):
    """Without an envelope or a header nothing tells it from MT940."""
    return _written("950", statement, quirks if "envelope" in quirks else quirks | {"header"})


LAYOUT = ("lf", "crcrlf", "no_last_end", "envelope", "header", "dash", "bom", "account_currency",
          "account_bic", "no_entry_date", "blank_entry_date", "funds_code", "padded_amount",
          "bare_comma", "no_comma", "empty_reference", "supplement")
MT940 = Writer(mt940, LAYOUT + ("gvc", "free_text", "available"))
MT942 = Writer(mt942, LAYOUT + ("free_text",))
MT950 = Writer(mt950, LAYOUT)
