"""amqp.py - sends a record file to RabbitMQ, each record to the queue or stream of its partition.

Partition N goes to the N-th name. One publisher, in order, with confirms, a bounded window of
them. After a connection is lost sending goes on where standing() says: stream.py and queue.py know
it each in its own way.

A record becomes a message as common/bus/amqp_record.h reads it: the key is message_id, the time is
timestamp (seconds) and header timestamp_in_ms, no value is an empty body.
"""
import itertools
import time

import pika

from . import wire

WINDOW = 500                     # records on their way, unconfirmed


class SendError(Exception):
    pass


def names(topic, partitions):
    """As a super stream names its partitions."""
    return [f"{topic}-{number}" for number in range(partitions)]


def parameters(url):
    made = pika.URLParameters(url)
    made.socket_timeout = made.stack_timeout = made.blocked_connection_timeout = 10
    return made


def properties(timestamp_ms, key):
    return pika.BasicProperties(
        message_id=None if key is None else key.decode(), timestamp=timestamp_ms // 1000,
        headers={"timestamp_in_ms": timestamp_ms}, delivery_mode=2)


class Sender:
    """Sends a list of records (partition, timestamp ms, key, value), from where they stand. rate:
    records per second, may be changed meanwhile; 0: unbounded."""

    def __init__(self, url, names_, records, rate=0):
        self.url, self.names, self.rate = url, names_, rate
        self.records = records
        self.places = self._places()
        self.confirmed = [0] * len(names_)   # first offset not yet confirmed
        self.unconfirmed = {}                # of this connection, delivery tag: place
        self.sent = 0                        # how far in records
        self.losses = 0                      # connections that were lost

    def _places(self):
        """(partition, offset) of each record"""
        counts, places = [0] * len(self.names), []
        for partition, *_ in self.records:
            places.append((partition, counts[partition]))
            counts[partition] += 1
        return places

    def standing(self):
        """The first offset of each partition that is to be sent."""
        raise NotImplementedError

    def run(self, seconds=300):
        """However long it takes, as long as records are confirmed within so many seconds."""
        end, furthest = time.monotonic() + seconds, 0
        while True:
            try:
                if _Run(self, self.standing()).run():
                    return
            except pika.exceptions.AMQPError:
                pass
            self.losses += 1
            if sum(self.confirmed) > furthest:
                end, furthest = time.monotonic() + seconds, sum(self.confirmed)
            time.sleep(0.2)
            if time.monotonic() > end:
                raise SendError(f"no record was confirmed within {seconds} s")


class _Run:
    """One connection's worth."""

    def __init__(self, sender, held):
        self.sender = sender
        self.todo = iter([index for index, (partition, offset) in enumerate(sender.places)
                          if offset >= held[partition]])
        self.tag, self.is_done, self.over = 0, False, False
        self.due = time.monotonic()
        sender.confirmed, sender.unconfirmed = list(held), {}
        self.connection = pika.SelectConnection(
            parameters(sender.url), on_open_callback=self._opened,
            on_open_error_callback=self._ended, on_close_callback=self._ended)

    def run(self):
        self.connection.ioloop.start()
        return self.is_done

    def _opened(self, connection):
        connection.channel(on_open_callback=self._ready)

    def _ended(self, *_):
        self.connection.ioloop.stop()

    def _ready(self, channel):
        self.channel = channel
        channel.add_on_close_callback(lambda *_: self.connection.ioloop.stop())
        channel.confirm_delivery(self._confirmed)
        self._pump()

    def _confirmed(self, frame):
        method, unconfirmed = frame.method, self.sender.unconfirmed
        if not isinstance(method, pika.spec.Basic.Ack):
            raise SendError("the broker refused a record")
        tags = [tag for tag in unconfirmed if tag <= method.delivery_tag] \
            if method.multiple else [method.delivery_tag]
        for tag in tags:
            partition, offset = unconfirmed.pop(tag)
            confirmed = self.sender.confirmed
            confirmed[partition] = max(confirmed[partition], offset + 1)
        if not self.over:
            self._pump(False)
        if self.over and not unconfirmed and not self.is_done:
            self.is_done = True
            self.connection.close()

    def _pump(self, again=True):
        """Fills the window, as fast as the rate allows."""
        sender = self.sender
        while len(sender.unconfirmed) < WINDOW and not self.over:
            if sender.rate and self.due > time.monotonic():
                break
            index = next(self.todo, None)
            if index is None:
                self.over = True
                break
            _, timestamp_ms, key, value = sender.records[index]
            place = sender.places[index]
            self.tag += 1
            sender.unconfirmed[self.tag] = place
            self.channel.basic_publish("", sender.names[place[0]], value or b"",
                                       properties(timestamp_ms, key))
            sender.sent = index + 1
            if sender.rate:
                self.due = max(self.due + 1 / sender.rate, time.monotonic() - 0.2)
        if self.over and not sender.unconfirmed:
            self.is_done = True
            self.connection.close()
        elif again and not self.over:
            self.connection.ioloop.call_later(0.005, self._pump)


def read(path, to_index=None):
    with open(path, "rb", buffering=1 << 20) as file:
        return list(itertools.islice(wire.read_records(file), to_index))


def send_file(args, path, declare, make_sender):
    """What `traffic send` does: (sender, seconds)."""
    with open(args.amqp_url_file, encoding="utf-8") as file:
        url = file.read().strip()
    named = names(args.topic, args.partitions)
    declare(url, named)
    sender = make_sender(url, named, read(path, args.to_index), args.rate)
    begin = time.monotonic()
    sender.run()
    return sender, time.monotonic() - begin
