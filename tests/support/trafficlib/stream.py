"""stream.py - produces a record file to RabbitMQ streams, each record on its stream at its offset.

Partition N goes to the N-th stream. One publisher, in order, with confirms: so what a stream holds
is always a beginning of its records, and its end tells how many. After a connection is lost the
ends are read again and sending goes on there: what was sent and never confirmed is neither lost
nor doubled. (Streams know no other writer while a test runs.)

A record becomes a message as common/bus/amqp_record.h reads it: the key is message_id, the time is
timestamp (seconds) and header timestamp_in_ms, no value is an empty body.
"""
import itertools
import sys
import time

import pika

from . import wire

WINDOW = 500                     # records on their way, unconfirmed
SILENCE_S = 1.0                  # an empty stream says nothing
STREAM = {"x-queue-type": "stream"}


class StreamError(Exception):
    pass


def names(topic, partitions):
    """As a super stream names its partitions."""
    return [f"{topic}-{number}" for number in range(partitions)]


def parameters(url):
    made = pika.URLParameters(url)
    made.socket_timeout = made.stack_timeout = made.blocked_connection_timeout = 10
    return made


def declare(url, streams, arguments=None):
    connection = pika.BlockingConnection(parameters(url))
    channel = connection.channel()
    for stream in streams:
        channel.queue_declare(stream, durable=True, arguments={**STREAM, **(arguments or {})})
    connection.close()


def delete(url, streams):
    connection = pika.BlockingConnection(parameters(url))
    for stream in streams:
        connection.channel().queue_delete(stream)
    connection.close()


def ends(url, streams, at_least=None, seconds=30):
    """First offset not yet written, of each; waits until each holds at least so many."""
    at_least = at_least or [0] * len(streams)
    connection = pika.BlockingConnection(parameters(url))
    found, channels = [0] * len(streams), []

    def watch(number, stream):
        channel = connection.channel()
        channel.basic_qos(prefetch_count=20000)

        def seen(_channel, _method, properties, _body):
            found[number] = max(found[number], properties.headers["x-stream-offset"] + 1)

        channel.basic_consume(stream, seen, arguments={"x-stream-offset": "last"})
        channels.append(channel)

    for number, stream in enumerate(streams):
        watch(number, stream)
    begin = time.monotonic()
    while (time.monotonic() < begin + SILENCE_S and not all(found)) or any(
            have < want for have, want in zip(found, at_least)):
        if time.monotonic() > begin + seconds:
            raise StreamError(f"streams hold {found}, confirmed were {at_least}")
        connection.process_data_events(0.05)
    for channel, stream in zip(channels, streams):     # the rest of a chunk precedes an answer
        channel.queue_declare(stream, passive=True)
    connection.process_data_events(0)
    connection.close()
    return found


def properties(timestamp_ms, key):
    return pika.BasicProperties(
        message_id=None if key is None else key.decode(), timestamp=timestamp_ms // 1000,
        headers={"timestamp_in_ms": timestamp_ms}, delivery_mode=2)


class Sender:
    """Sends a list of records (partition, timestamp ms, key, value) to empty streams, or goes on
    where they end. rate: records per second, may be changed meanwhile; 0: unbounded."""

    def __init__(self, url, streams, records, rate=0):
        self.url, self.streams, self.rate = url, streams, rate
        self.records = records
        self.places = self._places()
        self.confirmed = [0] * len(streams)  # first offset not yet confirmed
        self.sent = 0                        # how far in records
        self.losses = 0                      # connections that were lost

    def _places(self):
        """(partition, offset) of each record"""
        counts, places = [0] * len(self.streams), []
        for partition, *_ in self.records:
            places.append((partition, counts[partition]))
            counts[partition] += 1
        return places

    def run(self, seconds=600):
        end = time.monotonic() + seconds
        while True:
            try:
                held = ends(self.url, self.streams, self.confirmed)
                if _Run(self, held).run():
                    return
            except pika.exceptions.AMQPError:
                time.sleep(0.2)
            self.losses += 1
            if time.monotonic() > end:
                raise StreamError(f"not sent within {seconds} s")


class _Run:
    """One connection's worth."""

    def __init__(self, sender, held):
        self.sender, self.held = sender, held
        self.todo = iter([index for index, (partition, offset) in enumerate(sender.places)
                          if offset >= held[partition]])
        self.unconfirmed = {}                # delivery tag: place
        self.tag, self.is_done, self.over = 0, False, False
        self.due = time.monotonic()
        sender.confirmed = list(held)
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
        method = frame.method
        if not isinstance(method, pika.spec.Basic.Ack):
            raise StreamError("the broker refused a record")
        tags = [tag for tag in self.unconfirmed if tag <= method.delivery_tag] \
            if method.multiple else [method.delivery_tag]
        for tag in tags:
            partition, offset = self.unconfirmed.pop(tag)
            confirmed = self.sender.confirmed
            confirmed[partition] = max(confirmed[partition], offset + 1)
        if not self.over:
            self._pump(False)
        if self.over and not self.unconfirmed and not self.is_done:
            self.is_done = True
            self.connection.close()

    def _pump(self, again=True):
        """Fills the window, as fast as the rate allows."""
        sender = self.sender
        while len(self.unconfirmed) < WINDOW and not self.over:
            if sender.rate and self.due > time.monotonic():
                break
            index = next(self.todo, None)
            if index is None:
                self.over = True
                break
            _, timestamp_ms, key, value = sender.records[index]
            place = sender.places[index]
            self.tag += 1
            self.unconfirmed[self.tag] = place
            self.channel.basic_publish("", sender.streams[place[0]], value or b"",
                                       properties(timestamp_ms, key))
            sender.sent = index + 1
            if sender.rate:
                self.due = max(self.due + 1 / sender.rate, time.monotonic() - 0.2)
        if self.over and not self.unconfirmed:
            self.is_done = True
            self.connection.close()
        elif again and not self.over:
            self.connection.ioloop.call_later(0.005, self._pump)


def read(path, to_index=None):
    with open(path, "rb", buffering=1 << 20) as file:
        return list(itertools.islice(wire.read_records(file), to_index))


def main(args, path):
    with open(args.amqp_url_file, encoding="utf-8") as file:
        url = file.read().strip()
    streams = names(args.topic, args.partitions)
    declare(url, streams)
    sender = Sender(url, streams, read(path, args.to_index), args.rate)
    begin = time.monotonic()
    sender.run()
    seconds = time.monotonic() - begin
    found = ends(url, streams)
    if found != sender.confirmed:
        raise StreamError(f"streams end at {found}, confirmed were {sender.confirmed}")
    print(f"traffic: streams of {args.topic} hold {sum(found)} records after {seconds:.2f} s",
          file=sys.stderr)
