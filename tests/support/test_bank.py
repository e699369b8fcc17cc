"""The banks: statements that add up, are valid, and whose trouble is what the truth says."""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET
from collections import defaultdict
from datetime import date

from banklib import camt, money, mt940, trouble

HERE = os.path.dirname(os.path.abspath(__file__))
ACCOUNTS = {"KES": ("0110447", "EXAMKENA", "camt.053"), "NGN": ("00981122", "EXAMNGLA", "MT940"),
            "XOF": ("CI93CI0080111301134291200589", "EXAMCIAB", "camt.053"),
            "TND": ("TN5910006035183598478831", "EXAMTNTT", "mt940")}


def items(count=80):
    for number in range(count):
        currency = sorted(ACCOUNTS)[number % 4]
        account, bic, format_ = ACCOUNTS[currency]
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        yield {"id": f"i{number:03d}", "account": f"NOSTRO:{currency}", "servicer_account": account,
               "servicer_bic": bic, "format": format_, "currency": currency,
               "amount_minor": (int(digest[:7], 16) + 1) * (-1) ** (number // 4),
               "end_to_end_id": digest[:32], "reference": f"SW{number:06d}",
               "value_date": f"2026-11-{16 + number % 4}", "due_date": f"2026-11-{17 + number % 4}",
               "participant": "ALPHAKE"}


def minor(text, currency):
    """Of an amount as a statement prints it; it must have the currency's decimals exactly."""
    whole, _, fraction = text.replace(",", ".").partition(".")
    assert len(fraction) == money.scale(currency), f"{text} {currency}"
    return int(whole + fraction)


def read_camt(text):
    """(account, opening, closing, [(amount, servicer reference, end-to-end id)])"""
    root = ET.fromstring(text.encode())
    space = {"c": camt.NAMESPACE}

    def amount(node):
        value = node.find("c:Amt", space)
        sign = {"CRDT": 1, "DBIT": -1}[node.findtext("c:CdtDbtInd", None, space)]
        return sign * minor(value.text, value.get("Ccy"))
    balances = {node.findtext("c:Tp/c:CdOrPrtry/c:Cd", None, space): amount(node)
                for node in root.iterfind(".//c:Bal", space)}
    account = root.find(".//c:Acct/c:Id", space)
    return ("".join(account.itertext()), balances["OPBD"], balances["CLBD"],
            [(amount(node), node.findtext("c:AcctSvcrRef", None, space),
              node.findtext(".//c:EndToEndId", None, space))
             for node in root.iterfind(".//c:Ntry", space)])


def read_mt940(text):
    account = re.search(r"^:25:(.*)\r$", text, re.M)[1]
    marks = {"C": 1, "D": -1}

    def balance(tag):
        mark, currency, figures = re.search(rf"^:{tag}:([CD])\d{{6}}([A-Z]{{3}})(.*)\r$", text,
                                            re.M).groups()
        return marks[mark] * minor(figures, currency), currency
    opening, currency = balance("60F")
    rows = []
    for mark, figures, servicer, rest in re.findall(
            r"^:61:\d{10}([CD])([\d,]+)NTRF[^/\r]{1,16}//([^\r]{1,16})\r\n((?:[^:].*\n|:86:.*\n)*)",
            text, re.M):
        end_to_end = re.search(r"/EREF/([0-9A-Fa-f]+)", rest.replace("\r\n", ""))
        rows.append((marks[mark] * minor(figures, currency), servicer,
                     end_to_end[1] if end_to_end else "NOTPROVIDED"))
    return account, opening, balance("62F")[0], rows


class Run:
    """One run of the program over the items, and what it wrote."""

    def __init__(self, folder, *arguments):
        self.folder = folder
        self.items = list(items())
        path = os.path.join(folder, "items.ndjson")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(item) + "\n" for item in self.items)
        self.out = os.path.join(folder, "out")
        subprocess.run([sys.executable, os.path.join(HERE, "bank"), "--items", path, "--out",
                        self.out, *arguments], check=True, stderr=subprocess.DEVNULL)

    def files(self):
        return sorted(name for name in os.listdir(self.out) if name[-4:] in (".xml", ".sta"))

    def text(self, name):
        with open(os.path.join(self.out, name), encoding="utf-8", newline="") as file:
            return file.read()

    def statements(self):
        """{account: [statement, in order of days]}"""
        out = defaultdict(list)
        for name in self.files():
            read = read_camt if name.endswith(".xml") else read_mt940
            found = read(self.text(name))
            out[found[0]].append(found)
        return out

    def rows(self, name):
        with open(os.path.join(self.out, name), encoding="utf-8") as file:
            return [json.loads(line) for line in file]


class Bank(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def test_honest(self):
        """bank: without trouble, every item is booked once with its references; balances chain"""
        run = Run(self.folder, "--trouble", "all=0", "--opening", "NOSTRO:KES=12345")
        self.assertEqual(run.rows("truth.ndjson"), [])
        booked = []
        for account, statements in run.statements().items():
            at = 12345 if account == ACCOUNTS["KES"][0] else 0
            for _, opening, closing, rows in statements:
                self.assertEqual(opening, at)
                at = opening + sum(row[0] for row in rows)
                self.assertEqual(closing, at)
                booked += [(amount, end_to_end) for amount, _, end_to_end in rows]
        self.assertEqual(sorted(booked), sorted((item["amount_minor"], item["end_to_end_id"])
                                                for item in run.items))

    def test_trouble(self):
        """bank: each trouble is on the statements as the truth tells it"""
        run = Run(self.folder, "--trouble", "all=2")
        by_reference = {row[1]: row for statements in run.statements().values()
                        for statement in statements for row in statement[3]}
        truth = run.rows("truth.ndjson")
        self.assertEqual(sorted(t["trouble"] for t in truth), sorted(2 * list(trouble.BY_NAME)))
        for one in truth:
            booked = [by_reference[entry["servicer_reference"]] for entry in one["entries"]]
            same = [row for row in booked if row[0] == one["amount_minor"]]
            named = [row for row in booked if row[2] == one["end_to_end_id"]]
            counts = len(booked), len(same), len(named)
            self.assertEqual(counts, {
                "late": (1, 1, 1), "missing": (0, 0, 0), "doubled": (2, 2, 2),
                "short_by_fee": (1, 0, 1), "wrong_reference": (1, 1, 0),
                "unknown_receipt": (1, 1, 0), "equal_candidates": (2, 2, 0)}[one["trouble"]],
                one["trouble"])
        self.assertEqual(len(by_reference), len(run.rows("entries.ndjson")))

    def test_determinism(self):
        """bank: the same seed writes the same files; in one run or day by day"""
        once = Run(os.path.join(self.folder, ""), "--seed", "5", "--to", "2026-11-20")
        texts = {name: once.text(name) for name in once.files()}
        shutil.rmtree(once.out)
        for day in range(16, 21):
            again = Run(self.folder, "--seed", "5", "--from", "2026-11-16", "--to",
                        f"2026-11-{day}")
        self.assertEqual(texts, {name: again.text(name) for name in again.files()})

    def test_schema(self):
        """bank: camt.053 is valid against its published schema"""
        schema = os.path.join(os.environ.get("SAWA_SAMPLES", "/nonexistent"), "xsd",
                              "camt.053.001.08.xsd")
        if not os.path.exists(schema) or not shutil.which("xmllint"):
            self.skipTest("no xmllint, or no schema in SAWA_SAMPLES")
        run = Run(self.folder, "--trouble", "all=2")
        names = [os.path.join(run.out, name) for name in run.files() if name.endswith(".xml")]
        answer = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", schema, *names],
                                capture_output=True, text=True, check=False)
        self.assertEqual(answer.returncode, 0, answer.stderr[:2000])

    def test_swift_text(self):
        """bank: MT940 keeps to its lines, character set and references"""
        run = Run(self.folder, "--trouble", "all=2")
        for name in run.files():
            if name.endswith(".sta"):
                for line in run.text(name).split("\r\n"):
                    self.assertRegex(line, r"^[a-zA-Z0-9/\-?:().,'+ {}]*$")
                    if not line.startswith("{"):
                        self.assertLessEqual(len(re.sub(r"^:\w+:", "", line)), 65)
        self.assertEqual(mt940.reference("/INV//7/ä"), "INV/7")

    def test_readme(self):
        """bank: the table of trouble in the README is the table of the program"""
        with open(os.path.join(HERE, "README.md"), encoding="utf-8") as file:
            text = file.read()
        for kind in trouble.KINDS:
            types = sorted({type_ for _, type_ in kind.becomes}
                           | ({kind.until_booked} - {""}))
            row = re.search(rf"^\| `{kind.name}` \|(.*)$", text, re.M)
            self.assertIsNotNone(row, kind.name)
            for type_ in types:
                self.assertIn(f"`{type_}`", row[1])


class Choice(unittest.TestCase):
    def test_amounts_alone(self):
        """bank: trouble that pass 5 must judge goes to amounts that are alone on their account"""
        from banklib.items import Account, Item
        account = Account("N", "1", "B", "mt940", "KES")
        many = [Item(f"i{n}", account, 500 if n % 2 else n + 1000, "", "",
                     date(2026, 11, 16), date(2026, 11, 16), "") for n in range(40)]
        chosen, receipts = trouble.choose(many, dict.fromkeys(trouble.BY_NAME, 3), 1, set())
        self.assertEqual(receipts, 3)
        amounts = {item.item_id: item.amount_minor for item in many}
        for item_id, name in chosen.items():
            if name in ("wrong_reference", "equal_candidates", "missing", "short_by_fee"):
                self.assertNotEqual(amounts[item_id], 500)


if __name__ == "__main__":
    unittest.main()
