"""settlement_bank.py - who receives what settlement sends: a bank, a topic, a queue.

Each remembers what came, in the order it came, and how often. Nothing here asks the database.
"""
import collections
import hashlib
import json
import os
import random
import threading
import time
import uuid
import xml.etree.ElementTree as ElementTree

import pika
from confluent_kafka import Consumer, KafkaError, TopicPartition

from trafficlib import amqp

READ_WAIT_S = 60

# How a bank answers a file: what its first and its second answer say of each payment, or of all at
# once, and how often it does so.
ANSWERS = ((("group", "ACSC"), None, 3), (("each", "ACSC"), None, 3),
           (("each", "ACSP"), ("each", "ACSC"), 2), (("each", "ACSP"), None, 1), (None, None, 1))
BECOMES = {"ACSC": "SETTLED", "ACSP": "ACCEPTED"}


def _answer(message_id, ids, kind, status):
    """pacs.002, or pain.002: our reader takes either by the names within."""
    said = "".join(f"<TxInfAndSts><OrgnlEndToEndId>{one}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
                   "</TxInfAndSts>" for one in ids) if kind == "each" else ""
    group = f"<GrpSts>{status}</GrpSts>" if kind == "group" else ""
    return ('<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.002.001.10">'
            f"<FIToFIPmtStsRpt><GrpHdr><MsgId>{uuid.uuid4().hex}</MsgId></GrpHdr>"
            f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message_id}</OrgnlMsgId>"
            f"<OrgnlMsgNmId>pacs.009.001.08</OrgnlMsgNmId>{group}</OrgnlGrpInfAndSts>{said}"
            "</FIToFIPmtStsRpt></Document>")


class Bank(threading.Thread):
    """Takes most files away as soon as it sees them, leaves some where they are, and answers."""

    LEFT_IN_PLACE = 0.15

    def __init__(self, folder, seed):
        super().__init__(daemon=True)
        self.folder, self.rng = folder, random.Random(seed)
        self.digests = {}                    # message id -> SHA-256 of its bytes
        self.left = {}                       # name -> inode, of those that were not taken away
        self.paid = collections.Counter()    # end-to-end id -> how often
        self.becomes = {}                    # end-to-end id -> its status, by the last answer
        self.wrong = []
        self.looked = 0                      # how often
        self._over = threading.Event()
        for name in ("out", "reply"):
            os.makedirs(os.path.join(folder, name), exist_ok=True)

    def run(self):
        while not self._over.wait(0.004):
            try:
                self._look()
            except Exception as error:  # pylint: disable=broad-except
                self.wrong.append(f"{type(error).__name__}: {error}")
            self.looked += 1

    def end(self):
        self._over.set()
        if self.is_alive():
            self.join(30)

    def files(self):
        return os.listdir(os.path.join(self.folder, "out"))

    def _look(self):
        for name in self.files():
            path = os.path.join(self.folder, "out", name)
            inode = os.stat(path).st_ino
            if name in self.left:
                if self.left[name] != inode:
                    self.wrong.append(f"{name} was replaced by another file")
            elif name.removesuffix(".xml") in self.digests:
                self.wrong.append(f"{name} came a second time")
                os.unlink(path)
            else:
                self._take(name, path, inode)

    def _take(self, name, path, inode):
        with open(path, "rb") as file:
            content = file.read()
        ids = [one.text for one in ElementTree.fromstring(content).iter()
               if one.tag.endswith("}EndToEndId")]
        message_id = name.removesuffix(".xml")
        self.digests[message_id] = hashlib.sha256(content).digest()
        self.paid.update(ids)
        if self.rng.random() < self.LEFT_IN_PLACE:
            self.left[name] = inode
        else:
            os.unlink(path)
        self._reply(message_id, ids)

    def _reply(self, message_id, ids):
        *answers, _ = self.rng.choices(ANSWERS, [row[2] for row in ANSWERS])[0]
        self.becomes.update(dict.fromkeys(ids, "SENT"))
        for kind, status in filter(None, answers):
            path = os.path.join(self.folder, "reply", f"{uuid.uuid4().hex}.xml")
            hidden = os.path.join(self.folder, "reply", f".{os.path.basename(path)}")
            with open(hidden, "w", encoding="utf-8") as file:
                file.write(_answer(message_id, ids, kind, status))
            os.rename(hidden, path)
            self.becomes.update(dict.fromkeys(ids, BECOMES[status]))

    def unread(self):
        """Answers that nobody has read yet."""
        return sum(name.endswith(".xml") and not name.startswith(".")
                   for name in os.listdir(os.path.join(self.folder, "reply")))

    def refused(self):
        """Answers that the relay did not understand."""
        folder = os.path.join(self.folder, "reply", "refused")
        return os.listdir(folder) if os.path.isdir(folder) else []


Message = collections.namedtuple("Message", "id key schema value")


def told_to_kafka(brokers, topic, partitions):
    """Everything that was committed, each partition in its order."""
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "faults-reader",
                         "isolation.level": "read_committed", "enable.partition.eof": True,
                         "enable.auto.commit": False, "auto.offset.reset": "earliest",
                         "log_level": 2})
    consumer.assign([TopicPartition(topic, number, 0) for number in range(partitions)])
    found, ended, end = [], set(), time.monotonic() + READ_WAIT_S
    try:
        while len(ended) < partitions:
            if time.monotonic() > end:
                raise RuntimeError(f"{topic} cannot be read to its end")
            for record in consumer.consume(1000, timeout=0.2):
                if record.error() is None:
                    headers = dict(record.headers())
                    found.append(Message(headers["message_id"].decode(), record.key().decode(),
                                         headers["schema"].decode(), record.value()))
                elif record.error().code() == KafkaError._PARTITION_EOF:  # pylint: disable=W0212
                    ended.add(record.partition())
                else:
                    raise RuntimeError(f"reading {topic}: {record.error()}")
    finally:
        consumer.close()
    return found


def told_to_queue(url, queue):
    """([message] in order, each id once; how many more came; ids that came with other content)"""
    connection = pika.BlockingConnection(amqp.parameters(url))
    first, copies, differing = {}, 0, []
    try:
        channel = connection.channel()
        left = channel.queue_declare(queue, passive=True).method.message_count
        for _, about, body in channel.consume(queue, auto_ack=True, inactivity_timeout=1):
            if about is None:
                if left <= 0:
                    break
                continue
            left -= 1
            message = Message(about.message_id, about.headers["key"], about.type, body)
            known = first.setdefault(message.id, message)
            copies += known is not message
            if known != message:
                differing.append(message.id)
        channel.cancel()
    finally:
        connection.close()
    return list(first.values()), copies, differing


def by_key(messages):
    """{key: message ids in order}"""
    out = collections.defaultdict(list)
    for message in messages:
        out[message.key].append(message.id)
    return dict(out)


def instructions(messages):
    """Instruction id -> how often the messages tell of it."""
    return collections.Counter(json.loads(message.value)["instruction_id"]
                               for message in messages if message.schema == "sawa.instruction")
