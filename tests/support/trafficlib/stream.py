"""stream.py - sends a record file to RabbitMQ streams, each record on its stream at its offset.

What a stream holds is always a beginning of its records, and its end tells how many. After a
connection is lost the ends are read again and sending goes on there: what was sent and never
confirmed is neither lost nor doubled. (Streams know no other writer while a test runs.)
"""
import sys
import time

import pika

from .amqp import Sender, SendError, parameters, send_file

SILENCE_S = 1.0                  # an empty stream says nothing
STREAM = {"x-queue-type": "stream"}


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
            raise SendError(f"streams hold {found}, confirmed were {at_least}")
        connection.process_data_events(0.05)
    for channel, stream in zip(channels, streams):     # the rest of a chunk precedes an answer
        channel.queue_declare(stream, passive=True)
    connection.process_data_events(0)
    connection.close()
    return found


class StreamSender(Sender):
    def standing(self):
        return ends(self.url, self.names, self.confirmed)


def main(args, path):
    sender, seconds = send_file(args, path, declare, StreamSender)
    found = ends(sender.url, sender.names)
    if found != sender.confirmed:
        raise SendError(f"streams end at {found}, confirmed were {sender.confirmed}")
    print(f"traffic: streams of {args.topic} hold {sum(found)} records after {seconds:.2f} s",
          file=sys.stderr)
