"""writers - one statement in every format a bank may send, with the quirks of real banks.

A writer is a function of a statement and a set of its quirks, by name; it returns what the file
holds and what reading it must give (expect.py). The same statement and quirks give the same file.
"""
from . import bai2, camt, csvs, mt, ofx

WRITERS = {"mt940": mt.MT940, "mt942": mt.MT942, "mt950": mt.MT950,
           "camt.052": camt.CAMT_052, "camt.053": camt.CAMT_053, "camt.054": camt.CAMT_054,
           "bai2": bai2.BAI2, "csv": csvs.CSV, "mobile_money": csvs.MOBILE_MONEY,
           "ofx1": ofx.OFX_1, "ofx2": ofx.OFX_2}
