"""client.py - what the Kafka client of this system can do.

The workers' librdkafka is the one that Python's client uses too: the system's.
"""
import confluent_kafka

TOPIC_IDS_SINCE = (2, 3)


def version():
    return confluent_kafka.libversion()[0]


def reads_topic_ids():
    """Whether a topic made anew under its name is known by the id the broker gave it."""
    return tuple(int(part) for part in version().split(".")[:2]) >= TOPIC_IDS_SINCE
