"""camt.py - camt.052, .053 and .054 in all their versions and wrappings (ISO 20022)."""
from xml.sax.saxutils import escape

from ..money import decimal_text, scale, signed_text
from .expect import Writer, Written, balances, chooser, entry, head

ROOTS = {"052": ("BkToCstmrAcctRpt", "Rpt"), "053": ("BkToCstmrStmt", "Stmt"),
         "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}
VERSIONS = (1, 2, 3, 4, 6, 7, 8, 10, 13)
PRETTY = "\n  "


def _element(name, *content):
    text = "".join(content)
    return f"<{name}>{text}</{name}>" if text else ""


def _text(name, text, quirks):
    if text and "cdata" in quirks:
        return f"<{name}><![CDATA[{text}]]></{name}>"
    return _element(name, escape(text))


def _amount(minor, currency, quirks):
    text = decimal_text(minor, currency)
    if "extra_zeros" in quirks:
        text += "00" if scale(currency) else ".00"
    return f'<Amt Ccy="{currency}">{"000" if "padded" in quirks else ""}{text}</Amt>'


def _side(minor):
    return _element("CdtDbtInd", "CRDT" if minor >= 0 else "DBIT")


def _day(name, day, quirks):
    return _element(name, f"<DtTm>{day}T00:00:00+03:00</DtTm>" if "date_time" in quirks
                    else f"<Dt>{day}</Dt>")


def _balance(code, minor, day, statement, quirks):
    return (f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f"{_amount(minor, statement.currency, quirks)}{_side(minor)}"
            f"{_day('Dt', day, quirks)}</Bal>")


def _party(one, version):
    """The debtor of what comes in, the creditor of what goes out; exchanged when reversed."""
    debtor = (one.amount_minor >= 0) != one.reversal
    name = _element("Nm", escape(one.party))
    return _element("RltdPties", _element("Dbtr" if debtor else "Cdtr",
                                          name if version <= 6 else _element("Pty", name)))


def _details(one, statement, version, quirks):
    references = _element("EndToEndId", escape(one.end_to_end_id))
    remittance = _text("Ustrd", one.text, quirks)
    return _element("TxDtls", _element("Refs", references),
                    _amount(one.amount_minor, statement.currency, quirks)
                    if version >= 4 and "detail_amount" in quirks else "",
                    _side(one.amount_minor) if version >= 4 and "detail_amount" in quirks else "",
                    _party(one, version) if one.party else "", _element("RmtInf", remittance))


def _entry(one, statement, version, quirks):
    status = "BOOK" if version <= 6 else "<Cd>BOOK</Cd>"
    code = "<BkTxCd/>" if "empty_code" in quirks else \
        "<BkTxCd><Prtry><Cd>NTRF+051</Cd><Issr>DK</Issr></Prtry></BkTxCd>"
    return _element(
        "Ntry", _element("NtryRef", escape(one.reference)),
        _amount(one.amount_minor, statement.currency, quirks), _side(one.amount_minor),
        "<RvslInd>true</RvslInd>" if one.reversal else "", _element("Sts", status),
        _day("BookgDt", one.booking_date, quirks), _day("ValDt", one.value_date, quirks),
        _element("AcctSvcrRef", escape(one.servicer_reference)), code,
        "<!-- a > b -->" if "comments" in quirks else "",
        _element("NtryDtls", _details(one, statement, version, quirks)))


def _expected(one, statement, quirks):
    return entry(statement, one, **{
        "references.entry_reference": one.reference or None,
        "references.servicer_reference": one.servicer_reference or None,
        "references.end_to_end_id": one.end_to_end_id or None,
        "text": one.text, "counterparty.name": one.party or None,
        "transaction_code.proprietary": None if "empty_code" in quirks else "NTRF+051"})


def _account(statement, version):
    bic = _element("BIC" if version <= 2 else "BICFI", statement.bic)
    return (f"<Acct><Id><Othr><Id>{statement.account}</Id></Othr></Id>"
            f"<Ccy>{statement.currency}</Ccy>"
            f"{_element('Svcr', _element('FinInstnId', bic))}</Acct>")


def _summary(statement):
    """Zero lines may be counted on either side, so they make no total here."""
    minors = [one.amount_minor for one in statement.entries if one.amount_minor]
    parts = ""
    for name, side in (("TtlCdtNtries", 1), ("TtlDbtNtries", -1)):
        mine = [minor for minor in minors if minor * side > 0]
        parts += (f"<{name}><NbOfNtries>{len(mine)}</NbOfNtries>"
                  f"<Sum>{decimal_text(sum(mine), statement.currency)}</Sum></{name}>")
    return f"<TxsSummry>{parts}</TxsSummry>"


def _balances(kind, statement, quirks):
    if kind == "054":
        return ""
    opening = "PRCD" if "prcd" in quirks else "OPBD"
    return (_balance(opening, statement.opening_minor, statement.opening_date, statement, quirks)
            + _balance("CLBD", statement.closing_minor, statement.closing_date, statement, quirks))


def _body(kind, statement, version, quirks):
    name, part = ROOTS[kind]
    created = f"{statement.closing_date}T23:30:00"
    name += "V01" if version == 1 else ""
    entries = PRETTY.join(_entry(one, statement, version, quirks) for one in statement.entries)
    return (f"<{name}><GrpHdr><MsgId>M{statement.seed}</MsgId><CreDtTm>{created}</CreDtTm></GrpHdr>"
            f"<{part}><Id>S{statement.number}</Id>"
            f"<ElctrncSeqNb>{statement.number}</ElctrncSeqNb><CreDtTm>{created}</CreDtTm>"
            f"{_account(statement, version)}{_balances(kind, statement, quirks)}"
            f"{_summary(statement) if 'summary' in quirks else ''}"
            f"{PRETTY}{entries}{PRETTY}</{part}></{name}>")


def _prefixed(xml):
    """Every element in a namespace with a name."""
    out, at = [], 0
    while at < len(xml):
        if xml.startswith(("<![CDATA[", "<!--"), at):
            end = xml.index("]]>" if xml[at + 2] == "[" else "-->", at) + 3
            out.append(xml[at:end])
            at = end
            continue
        out.append(xml[at])
        if xml[at] == "<":
            slash = xml[at + 1] == "/"
            out.append("/n:" if slash else "n:")
            at += slash
        at += 1
    return "".join(out)


def _document(kind, statement, version, quirks):
    uri = f"urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version:02}"
    body = _body(kind, statement, version, quirks)
    if "no_namespace" in quirks:
        return f"<Document>{body}</Document>"
    if "prefix" in quirks:
        return f'<n:Document xmlns:n="{uri}">{_prefixed(body)}</n:Document>'
    return f'<Document xmlns="{uri}">{body}</Document>'


def _wrapped(document, quirks):
    if "soap" in quirks:
        return ('<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
                f"<Answer>{document}</Answer></s:Body></s:Envelope>")
    return document


def _encode(text, quirks):
    if "latin" in quirks:
        return f'<?xml version="1.0" encoding="ISO-8859-1"?>\n{text}'.encode("iso-8859-1")
    bom = b"\xef\xbb\xbf" if "bom" in quirks else b""
    return bom + f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _write(kind, statement, quirks):
    version = chooser(statement, f"camt.{kind}").choice(VERSIONS)
    known = {**head(statement, f"camt.{kind}"), "message_id": f"M{statement.seed}",
             "sequence_number": str(statement.number), "account.servicer_bic": statement.bic}
    if kind != "054":
        known.update(balances(statement))
        known["opening_balance.type"] = "PRCD" if "prcd" in quirks else "OPBD"
    if "summary" in quirks:
        known["totals.credit_amount"] = signed_text(
            sum(max(one.amount_minor, 0) for one in statement.entries), statement.currency)
    document = _wrapped(_document(kind, statement, version, quirks), quirks)
    written = Written(_encode(document, quirks),
                      known, [_expected(one, statement, quirks) for one in statement.entries])
    if "no_namespace" in quirks:
        written.findings.add("version_unknown")
    return written


QUIRKS = ("extra_zeros", "padded", "date_time", "cdata", "comments", "empty_code", "detail_amount",
          "prefix", "no_namespace", "soap", "latin", "bom", "prcd", "summary")
CAMT_052 = Writer(lambda statement, quirks: _write("052", statement, quirks), QUIRKS)
CAMT_053 = Writer(lambda statement, quirks: _write("053", statement, quirks), QUIRKS)
CAMT_054 = Writer(lambda statement, quirks: _write("054", statement, quirks), QUIRKS)
