"""ofx.py - OFX 1.x (SGML, values without end tags) and 2.x (XML)."""
from html import escape

from ..money import signed_text
from .expect import Writer, Written, entry, head

HEADER_1 = ("OFXHEADER:100", "DATA:OFXSGML", "VERSION:102", "SECURITY:NONE", "ENCODING:USASCII",
            "CHARSET:1252", "COMPRESSION:NONE", "OLDFILEUID:NONE", "NEWFILEUID:NONE")
HEADER_2 = ('<?xml version="1.0" encoding="UTF-8"?>',
            '<?OFX OFXHEADER="200" VERSION="220" SECURITY="NONE" OLDFILEUID="NONE"'
            ' NEWFILEUID="NONE"?>')


class Page:
    def __init__(self, ends, quirks):
        self.ends, self.quirks = ends, quirks
        self.break_ = "" if "one_line" in quirks else "\n"

    def value(self, name, text):
        if not text:
            return ""
        return f"<{name}>{escape(text)}{f'</{name}>' if self.ends else ''}{self.break_}"

    def block(self, name, *content):
        return f"<{name}>{self.break_}{''.join(content)}</{name}>{self.break_}"


def _number(minor, currency, quirks):
    """A comma may be the mark; a plus may stand in front."""
    text = signed_text(minor, currency)
    if "plus" in quirks and minor > 0:
        text = "+" + text
    return text.replace(".", ",") if "comma" in quirks else text


def _day(day, quirks):
    return f"{day:%Y%m%d}" + ("120000.000[+3:EAT]" if "time" in quirks else "")


def _entry(page, one, statement):
    quirks = page.quirks
    return page.block(
        "STMTTRN", page.value("TRNTYPE", "CREDIT" if one.amount_minor >= 0 else "DEBIT"),
        page.value("DTPOSTED", _day(one.booking_date, quirks)),
        page.value("DTAVAIL", _day(one.value_date, quirks)),
        page.value("TRNAMT", _number(one.amount_minor, statement.currency, quirks)),
        page.value("FITID", one.servicer_reference), page.value("CHECKNUM", one.reference),
        page.value("NAME", one.party), page.value("MEMO", one.text))


def _body(page, statement):
    quirks = page.quirks
    account = page.block("BANKACCTFROM", page.value("BANKID", "01"),
                         page.value("ACCTID", statement.account),
                         page.value("ACCTTYPE", "CHECKING"))
    listed = page.block("BANKTRANLIST", page.value("DTSTART", _day(statement.closing_date, quirks)),
                        page.value("DTEND", _day(statement.closing_date, quirks)),
                        *(_entry(page, one, statement) for one in statement.entries))
    ledger = page.block("LEDGERBAL",
                        page.value("BALAMT", _number(statement.closing_minor, statement.currency,
                                                     quirks)),
                        page.value("DTASOF", _day(statement.closing_date, quirks)))
    answer = page.block("STMTTRNRS", page.value("TRNUID", str(statement.seed)), page.block(
        "STMTRS", page.value("CURDEF", statement.currency), account, listed, ledger))
    sign_on = page.block("SIGNONMSGSRSV1", page.block(
        "SONRS", page.value("DTSERVER", _day(statement.closing_date, quirks)),
        page.value("LANGUAGE", "ENG")))
    return page.block("OFX", sign_on, page.block("BANKMSGSRSV1", answer))


def _expected(one, statement, quirks):
    return entry(statement, one, **{
        "references.servicer_reference": one.servicer_reference or None,
        "references.customer_reference": one.reference or None, "reversal": False,
        "counterparty.name": one.party or None, "text": one.text,
        "booking_time": "12:00:00" if "time" in quirks else None})


def _written(version, statement, quirks):
    ends = version == 2 or "end_tags" in quirks
    header = HEADER_2 if version == 2 else HEADER_1
    between = " " if "one_line" in quirks and version == 1 else "\n"
    text = between.join(header) + "\n" * (2 if version == 1 else 1) \
        + _body(Page(ends, quirks), statement)
    text = text.replace("\n", "\r\n") if "crlf" in quirks else text
    known = {**head(statement, "ofx"), "message_id": str(statement.seed),
             "closing_balance.amount": signed_text(statement.closing_minor, statement.currency),
             "version": "102" if version == 1 else "220"}
    return Written(text.encode(), known,
                   [_expected(one, statement, quirks) for one in statement.entries],
                   findings={"opening_computed"})


QUIRKS = ("one_line", "crlf", "time", "plus", "comma")
OFX_1 = Writer(lambda statement, quirks: _written(1, statement, quirks), QUIRKS + ("end_tags",))
OFX_2 = Writer(lambda statement, quirks: _written(2, statement, quirks), QUIRKS)
