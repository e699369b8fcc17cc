"""archive.py - reads sealed raw records (batch_raw) without the C code.

    key file --opens--> data_key.sealed_key --opens--> batch_raw.sealed (zstd), batch_raw.seed
    frames -> records; seed -> salts; salted record hashes -> Merkle root = batch.records_root

Formats: common/codec/archive/archive.h, records.h; common/base/crypto.h.
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


# ---- the archive of a database ----------------------------------------------------------------

class Archive:
    def __init__(self, scratch, key_file):
        self.scratch = scratch
        with open(key_file, encoding="ascii") as file:
            outer = bytes.fromhex(file.read().strip())
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
        sealed, key = bytes(sealed), self.keys[key_id]
        aad = f"batch_raw/{source_id}/{partition}/{first_offset}/{key_id}"
        if sealed[0] != FORMAT_VERSION:
            raise ValueError(f"batch {batch_id}: version {sealed[0]}")
        packed = io.BytesIO(unseal(key, aad, sealed[1:]))  # one zstd frame after the other
        plain = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True).read()
        pairs = list(_frames(plain, partition))
        salts = _salts(unseal(key, aad, bytes(seed)), len(pairs))
        hashes = [hashlib.sha256(b"\0" + salt + frame).digest()
                  for salt, (frame, _) in zip(salts, pairs)]
        if len(pairs) != count or len(plain) != plain_size or merkle_root(hashes) != bytes(root):
            self.broken.append(batch_id)
        return [record for _, record in pairs]
