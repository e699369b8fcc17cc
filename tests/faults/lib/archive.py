"""archive.py - reads sealed raw records (batch_raw, or an archive file) without the C code.

    key file --opens--> data_key.sealed_key --opens--> batch_raw.sealed (zstd), batch_raw.seed
    frames -> records; seed -> salts; salted record hashes -> Merkle root = batch.records_root

Formats: common/codec/archive/archive.h, records.h, day_file.h; common/base/crypto.h.
"""
import datetime
import hashlib
import io
import struct
from dataclasses import dataclass

import zstandard
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT_VERSION, NONCE_SIZE, PLAIN_MAX = 1, 12, 1 << 30
EPOCH = datetime.date(1970, 1, 1)


@dataclass
class Record:
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes
    value: bytes
    headers: list


def unseal(key, aad, sealed):
    return AESGCM(key).decrypt(sealed[:NONCE_SIZE], sealed[NONCE_SIZE:], aad.encode())


# ---- frames -----------------------------------------------------------------------------------

def _optional(frames, at):
    size, at = struct.unpack_from("!i", frames, at)[0], at + 4
    return (None, at) if size < 0 else (frames[at:at + size], at + size)


def _frames(frames, partition):
    """(frame, record) of each."""
    at = 0
    while at < len(frames):
        start = at
        offset, timestamp_ms = struct.unpack_from("!qq", frames, at)
        key, at = _optional(frames, at + 16)
        value, at = _optional(frames, at)
        count, at = struct.unpack_from("!I", frames, at)[0], at + 4
        headers = []
        for _ in range(count):
            name, at = _optional(frames, at)
            content, at = _optional(frames, at)
            headers.append((name.decode(), content))
        yield frames[start:at], Record(partition, offset, timestamp_ms, key, value, headers)


# ---- hashes -----------------------------------------------------------------------------------

def _salts(seed, count):
    encryptor = Cipher(algorithms.AES(seed), modes.ECB()).encryptor()
    blocks = encryptor.update(b"".join(struct.pack("!QQ", 0, i) for i in range(count)))
    return [blocks[16 * i:16 * i + 16] for i in range(count)]


def merkle_root(hashes):
    """RFC 6962, section 2.1."""
    if not hashes:
        return hashlib.sha256().digest()
    level = list(hashes)
    while len(level) > 1:       # an odd one out rises: the same as splitting at powers of two
        pairs = [hashlib.sha256(b"\1" + level[i] + level[i + 1]).digest()
                 for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2:]
    return level[0]


# ---- one batch --------------------------------------------------------------------------------

def open_batch(key, place, seed, sealed):
    """([(frame, record)], their hashes): place is source, partition, first offset and key id."""
    aad = "batch_raw/" + "/".join(map(str, place))
    if sealed[0] != FORMAT_VERSION:
        raise ValueError(f"batch at {aad}: version {sealed[0]}")
    packed = io.BytesIO(unseal(key, aad, sealed[1:]))  # one zstd frame after the other
    plain = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True).read()
    pairs = list(_frames(plain, place[1]))
    salts = _salts(unseal(key, aad, seed), len(pairs))
    return pairs, [hashlib.sha256(b"\0" + salt + frame).digest()
                   for salt, (frame, _) in zip(salts, pairs)]


def read_key_file(path):
    with open(path, encoding="ascii") as file:
        return bytes.fromhex(file.read().strip())


# ---- the archive of a database ----------------------------------------------------------------

class Archive:
    def __init__(self, scratch, key_file):
        self.scratch = scratch
        outer = read_key_file(key_file)
        self.keys = {key_id: unseal(outer, f"data_key/{scope}/{(month - EPOCH).days}",
                                    bytes(sealed))
                     for key_id, scope, month, sealed in scratch.sql(
                         "SELECT key_id, scope, month, sealed_key FROM sawa.data_key")}
        self.broken = []          # batches whose hashes do not give their root

    def batches(self):
        """Lists of records, by partition and offset; each verified against its root."""
        for row in self.scratch.sql(
                """SELECT batch_id, source_id, partition, first_offset, record_count, records_root,
                          key_id, plain_size, seed, sealed
                     FROM sawa.batch LEFT JOIN sawa.batch_raw USING (batch_id)
                    WHERE record_count > 0 ORDER BY partition, first_offset"""):
            yield self._batch(*row)

    def _batch(self, batch_id, source_id, partition, first_offset, count, root, key_id, plain_size,
               seed, sealed):
        pairs, hashes = open_batch(self.keys[key_id], (source_id, partition, first_offset, key_id),
                                   bytes(seed), bytes(sealed))
        if len(pairs) != count or sum(len(frame) for frame, _ in pairs) != plain_size \
                or merkle_root(hashes) != bytes(root):
            self.broken.append(batch_id)
        return [record for _, record in pairs]


# ---- an archive file --------------------------------------------------------------------------

class _Fields:
    """Fields of a section, from left to right: size, bytes."""

    def __init__(self, body):
        self.body, self.at = body, 0

    def bytes(self):
        size = struct.unpack_from("!I", self.body, self.at)[0]
        self.at += 4 + size
        if self.at > len(self.body):
            raise ValueError("a field passes the end of its section")
        return self.body[self.at - size:self.at]

    def number(self):
        return struct.unpack("!q", self.bytes())[0]

    def numbers(self, count):
        return [self.number() for _ in range(count)]

    def text(self):
        return self.bytes().decode()


class DayFile:
    """A file of sawa-archive, with nothing but itself and the key file."""

    def __init__(self, path, key_file):
        with open(path, "rb") as file:
            self.bytes = file.read()
        self.sha256 = hashlib.sha256(self.bytes).digest()
        self.broken = []          # batches whose hashes do not give their root, or are in no leaf
        self.hashes = {}          # (source, partition, offset) -> hash of the record
        sections = list(self._sections())
        if [tag for tag, _ in sections] != [b"HEAD"] + [b"BTCH"] * (len(sections) - 2) + [b"TAIL"]:
            raise ValueError("sections out of order")
        self._head(_Fields(sections[0][1]), read_key_file(key_file))
        self.bodies = [body for _, body in sections[1:-1]]
        if _Fields(sections[-1][1]).number() != len(self.bodies):
            raise ValueError("the tail counts other batches")

    def _sections(self):
        at, chain = 0, bytes(32)
        while at < len(self.bytes):
            tag, size = struct.unpack_from("!4sI", self.bytes, at)
            end = at + 8 + size
            chain = hashlib.sha256(chain + self.bytes[at:end]).digest()
            if self.bytes[end:end + 32] != chain:
                raise ValueError(f"section at {at}: its digest is another")
            yield tag, self.bytes[at + 8:end]
            at = end + 32

    def _head(self, fields, outer):
        if fields.text() != "sawa.archive.1":
            raise ValueError("another format")
        self.day = EPOCH + datetime.timedelta(days=fields.number())
        self.sources = {}
        for _ in range(fields.number()):
            number = fields.number()
            self.sources[number] = (fields.text(), fields.text(), fields.text(), fields.number())
        self.keys = {}
        for _ in range(fields.number()):
            key_id, scope, month = fields.number(), fields.text(), fields.number()
            self.keys[key_id] = unseal(outer, f"data_key/{scope}/{month}", fields.bytes())

    def batches(self):
        """Lists of records, as the batches were committed."""
        for body in self.bodies:
            yield self._batch(_Fields(body))

    def _batch(self, fields):
        batch_id, _, source_id, partition, _, first_offset, _ = fields.numbers(7)
        count, _, _, _ = fields.numbers(4)
        root, key_id, plain_size = fields.bytes(), fields.number(), fields.number()
        seed, sealed, leaf = fields.bytes(), fields.bytes(), fields.bytes()
        pairs, hashes = open_batch(self.keys[key_id], (source_id, partition, first_offset, key_id),
                                   seed, sealed)
        if len(pairs) != count or sum(len(frame) for frame, _ in pairs) != plain_size \
                or merkle_root(hashes) != root or root not in leaf:
            self.broken.append(batch_id)
        self.hashes.update({(source_id, partition, record.offset): value
                            for (_, record), value in zip(pairs, hashes)})
        return [record for _, record in pairs]
