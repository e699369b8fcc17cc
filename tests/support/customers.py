"""customers.py - a book whose bank of NOSTRO-KES takes customers' payments one by one, and who pays
whom as it is sealed: for scenarios about pacs.008.

    path = book(folder)                     # UGX-KES, gross, by pacs.008; holidays beside it
    vault = Vault(scratch, folder)          # a key file, a data key in the database
    vault.sealed(event_id, {...})           # what stands in customer_payment

Shares nothing with our programs: AES-GCM is another library's, the bytes are those that
common/codec/event/customer_event.h and common/store/customer_aad.h promise.
"""
import datetime
import os
import secrets
import struct
import uuid

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from scratch import ROOT

PAIN = """    message: pain.001.001.09
    own_name: Example Settlement Agent
    transactions_max: 500 # of one file
    uetr: yes
    release_threshold_minor: 100000000
    release_automatic: yes
"""
PACS = """    message: pacs.008.001.08
    charge_bearer: SHAR
    own_bic: EXAMKENX
    settlement_method: INDA
    own_name: Example Settlement Agent
    transactions_max: 500 # of one file
    uetr: yes
    release_threshold_minor: 100000000
    release_automatic: no
"""
GROSS = "    model: GROSS # each pair is settled as it is\n"
FIELDS = [f"{side}_{what}" for side in ("debtor", "creditor")
          for what in ("name", "account", "country", "town")] + ["purpose"]
SCOPE, KEY_SIZE, NONCE_SIZE = "cell", 32, 12


def book(folder):
    deploy = os.path.join(ROOT, "deploy")
    with open(os.path.join(deploy, "corridors.example.yaml"), encoding="utf-8") as file:
        text = file.read()
    assert PAIN in text and GROSS in text
    path = os.path.join(folder, "book.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(PAIN, PACS).replace(GROSS,
                                                    GROSS + "    customer_payments: yes\n"))
    with open(os.path.join(deploy, "holidays.example.csv"), "rb") as file, \
            open(os.path.join(folder, "holidays.example.csv"), "wb") as copy:
        copy.write(file.read())
    return path


def seal(key, aad, plain):
    nonce = secrets.token_bytes(NONCE_SIZE)
    return nonce + AESGCM(key).encrypt(nonce, plain, aad.encode())


class Vault:
    """A key file of its own in folder, and this month's data key under it."""

    def __init__(self, scratch, folder):
        self.path = os.path.join(folder, "key")
        master, self.key = secrets.token_bytes(KEY_SIZE), secrets.token_bytes(KEY_SIZE)
        with open(self.path, "w", encoding="ascii",
                  opener=lambda path, flags: os.open(path, flags, 0o400)) as file:
            file.write(master.hex())
        month = datetime.datetime.now(datetime.timezone.utc).date().replace(day=1)
        days = (month - datetime.date(1970, 1, 1)).days
        self.key_id = scratch.value(
            "INSERT INTO sawa.data_key (scope, month, sealed_key) VALUES (%s, %s, %s)"
            " RETURNING key_id", SCOPE, month, seal(master, f"data_key/{SCOPE}/{days}", self.key))

    def sealed(self, event_id, customer):
        plain = b"\1"
        for field in FIELDS:
            data = customer.get(field, "").encode()
            plain += struct.pack(">H", len(data)) + data
        return seal(self.key, f"customer_payment/{uuid.UUID(event_id).hex}/{self.key_id}", plain)
