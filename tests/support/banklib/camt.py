"""camt.py - a day of one account as camt.053.001.08, valid against its schema."""
from xml.sax.saxutils import escape

from .money import decimal_text

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def side(minor):
    return "CRDT" if minor >= 0 else "DBIT"


def _element(name, text):
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _amount(minor, currency):
    return f'<Amt Ccy="{currency}">{decimal_text(minor, currency)}</Amt>'


def _balance(code, minor, currency, day):
    return (f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(minor, currency)}"
            f"<CdtDbtInd>{side(minor)}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>")


def _charges(entry, currency):
    if not entry.charge_minor:
        return ""
    charge = _amount(entry.charge_minor, currency)
    return (f"<Chrgs><Rcrd>{charge}<CdtDbtInd>DBIT</CdtDbtInd>"
            f"<ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>")


def _entry(entry, currency):
    amount, indicator = _amount(entry.amount_minor, currency), side(entry.amount_minor)
    family = "RCDT" if entry.amount_minor >= 0 else "ICDT"
    party = "Dbtr" if entry.amount_minor >= 0 else "Cdtr"
    parties = (f"<RltdPties><{party}><Pty>{_element('Nm', entry.party)}</Pty></{party}></RltdPties>"
               if entry.party else "")
    text = " ".join(part for part in (entry.reference, entry.text) if part)
    remittance = f"<RmtInf>{_element('Ustrd', text[:140])}</RmtInf>" if text else ""
    references = _element("EndToEndId", entry.end_to_end_id or "NOTPROVIDED")
    return (f"<Ntry>{amount}<CdtDbtInd>{indicator}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
            f"<BookgDt><Dt>{entry.booking_date}</Dt></BookgDt>"
            f"<ValDt><Dt>{entry.value_date}</Dt></ValDt>"
            f"{_element('AcctSvcrRef', entry.servicer_reference)}"
            f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>OTHR</SubFmlyCd></Fmly>"
            f"</Domn></BkTxCd>{_charges(entry, currency)}"
            f"<NtryDtls><TxDtls><Refs>{references}</Refs>{amount}"
            f"<CdtDbtInd>{indicator}</CdtDbtInd>{parties}{remittance}</TxDtls></NtryDtls></Ntry>\n")


def _account(account):
    number = account.servicer_account
    is_iban = number[:2].isalpha() and number[2:4].isdigit() and len(number) >= 15
    identity = f"<IBAN>{number}</IBAN>" if is_iban else \
        f"<Othr>{_element('Id', number)}</Othr>"
    bic = "" if account.servicer_bic == "NOTPROVIDED" else \
        f"<Svcr><FinInstnId>{_element('BICFI', account.servicer_bic)}</FinInstnId></Svcr>"
    return f"<Acct><Id>{identity}</Id><Ccy>{account.currency}</Ccy>{bic}</Acct>"


def statement(account, number, day, opening_day, opening_minor, entries):
    """The text of one statement; closing is opening plus entries."""
    closing = opening_minor + sum(entry.amount_minor for entry in entries)
    currency, created = account.currency, f"{day}T23:30:00Z"
    name = f"{account.name[:20]}-{number:05d}"
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<Document xmlns="{NAMESPACE}"><BkToCstmrStmt>\n'
            f"<GrpHdr><MsgId>M-{escape(name)}</MsgId><CreDtTm>{created}</CreDtTm></GrpHdr>\n"
            f"<Stmt><Id>S-{escape(name)}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>"
            f"<CreDtTm>{created}</CreDtTm>{_account(account)}\n"
            f"{_balance('OPBD', opening_minor, currency, opening_day)}\n"
            f"{_balance('CLBD', closing, currency, day)}\n"
            f"{''.join(_entry(entry, currency) for entry in entries)}"
            f"</Stmt>\n</BkToCstmrStmt></Document>\n")
