"""bai2.py - BAI2: records, continued anywhere, several on a line, padded (Cash Management Balance
Reporting Specifications, version 2)."""

from .expect import Writer, Written, balances, chooser, entry, head

WIDTH = 80


def _funds(one, statement, rng, quirks):
    """Funds type with what belongs to it: the value date is in V only."""
    if "value_dates" in quirks:
        return f"V,{one.value_date:%y%m%d},{rng.choice(('', '1200'))}"
    minor = abs(one.amount_minor)
    return rng.choice(("", "Z", "0", "1", "2", f"S,{minor},0,0", f"D,2,0,{minor},1,0"))


def _entry(one, statement, rng, quirks):
    code = "195" if one.amount_minor >= 0 else "495"
    record = (f"16,{code},{abs(one.amount_minor)},{_funds(one, statement, rng, quirks)},"
              f"{one.servicer_reference},{one.reference}")
    text = one.text + ("/a b" if "slash" in quirks and one.text else "")
    if not text:
        return record + ("," if "empty_text" in quirks else "") + "/", ""
    return f"{record},{text}", text


def _continued(record, rng):
    """Cut behind one of its fields; what follows stands in 88."""
    fields = record.rstrip("/").split(",")
    at = rng.randrange(2, max(3, min(len(fields), 5)))
    rest = ",".join(fields[at:])
    end = "/" if record.endswith("/") else ""
    return [",".join(fields[:at]) + "/", f"88,{rest}{end}"] if at < len(fields) else [record]


def _account(statement, quirks):
    currency = "" if "group_currency" in quirks else statement.currency
    record = f"03,{statement.account},{currency},010,{statement.opening_minor},,"
    return f"{record},015,{statement.closing_minor},,/"


def _laid_out(records, quirks):
    """Lines; a record that ends with its slash may have the next one behind it."""
    lines = []
    for record in records:
        if "joined" in quirks and lines and lines[-1].endswith("/") and len(lines[-1]) < 200:
            lines[-1] += record
        else:
            lines.append(record)
    return [line.ljust(WIDTH) for line in lines] if "padded" in quirks else lines


def _write(statement, quirks):
    rng = chooser(statement, "bai2")
    day, cut = statement.closing_date, "continued" in quirks
    account = [_account(statement, quirks)]
    account = _continued(account[0], rng) if cut else account
    said, total = [], statement.opening_minor + statement.closing_minor
    for one in statement.entries:
        record, text = _entry(one, statement, rng, quirks)
        account += _continued(record, rng) if cut else [record]
        total += abs(one.amount_minor)
        said.append(entry(statement, one, **{
            "references.servicer_reference": one.servicer_reference or None,
            "references.customer_reference": one.reference or None, "text": text,
            "reversal": False, "transaction_code.proprietary": record[3:6],
            "booking_date": day.isoformat(),
            "value_date": one.value_date.isoformat() if "value_dates" in quirks else None}))
    account.append(f"49,{total},{len(account) + 1}/")
    group = [f"02,OWNER,BANK,1,{day:%y%m%d},,{statement.currency},2/", *account]
    group.append(f"98,{total},1,{len(group) + 1}/")
    file = [f"01,BANK,OWNER,{day:%y%m%d},1200,{statement.seed},,,2/", *group]
    file.append(f"99,{total},1,{len(file) + 1}/")
    return _laid_out(file, quirks), said


def write(statement, quirks):
    lines, said = _write(statement, quirks)
    end = "\r\n" if "crlf" in quirks else "\n"
    text = end.join(lines) + ("" if "no_last_end" in quirks else end)
    known = {**head(statement, "bai2"), **balances(statement), "message_id": str(statement.seed)}
    return Written(text.encode(), known, said)


BAI2 = Writer(write, ("value_dates", "slash", "empty_text", "continued", "joined", "padded", "crlf",
                      "no_last_end", "group_currency"))
