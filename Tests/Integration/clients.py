"""Other people's clients behind one face: write records to a topic's partition 0, read them all.

A record is (key, value, headers, timestamp): bytes or None, headers as a list of (name, bytes or
None), the timestamp in milliseconds.
"""

import asyncio
import base64
import json
import subprocess
import time
from typing import NamedTuple

import aiokafka
import confluent_kafka
import kafka


class Record(NamedTuple):
    key: bytes | None
    value: bytes | None
    headers: list = []
    timestamp: int = 0


class Librdkafka:
    """confluent-kafka, which is librdkafka."""

    def produce(self, bootstrap, topic, records, codec, **settings):
        producer = confluent_kafka.Producer({
            "bootstrap.servers": bootstrap, "compression.type": codec, "linger.ms": 20,
            "message.timeout.ms": 20000} | settings)
        failures = []
        for record in records:
            producer.produce(
                topic, record.value, record.key, partition=0, timestamp=record.timestamp,
                headers=record.headers or None,
                on_delivery=lambda error, _: error and failures.append(error))
            producer.poll(0)
        assert producer.flush(30) == 0 and not failures, failures[:1]

    def consume(self, bootstrap, topic, **settings):
        consumer = confluent_kafka.Consumer({
            "bootstrap.servers": bootstrap, "group.id": "unused", "enable.auto.commit": False,
            "enable.partition.eof": True, "auto.offset.reset": "error",
            "check.crcs": True} | settings)
        consumer.assign([confluent_kafka.TopicPartition(topic, 0, 0)])
        records = []
        try:
            while True:
                message = consumer.poll(20)
                assert message is not None, "nothing came for 20 s"
                error = message.error()
                if error and error.code() == confluent_kafka.KafkaError._PARTITION_EOF:
                    return records
                assert not error, error
                records.append(Record(message.key(), message.value(), message.headers() or [],
                                      message.timestamp()[1]))
        finally:
            consumer.close()


class KafkaPython:
    def produce(self, bootstrap, topic, records, codec, **settings):
        producer = kafka.KafkaProducer(
            bootstrap_servers=bootstrap, compression_type=None if codec == "none" else codec,
            linger_ms=20, **settings)
        futures = [producer.send(topic, record.value, record.key, record.headers, 0,
                                 record.timestamp) for record in records]
        producer.flush(30)
        for future in futures:
            future.get(1)
        producer.close()

    def consume(self, bootstrap, topic):
        consumer = kafka.KafkaConsumer(
            bootstrap_servers=bootstrap, auto_offset_reset="none", enable_auto_commit=False)
        partition = kafka.TopicPartition(topic, 0)
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        end = consumer.end_offsets([partition])[partition]
        records = []
        deadline = time.monotonic() + 20
        while consumer.position(partition) < end:
            assert time.monotonic() < deadline, "not at the end after 20 s"
            for message in consumer.poll(1000).get(partition, []):
                records.append(Record(message.key, message.value, list(message.headers),
                                      message.timestamp))
        consumer.close()
        return records


class AioKafka:
    def produce(self, bootstrap, topic, records, codec, **settings):
        async def run():
            producer = aiokafka.AIOKafkaProducer(
                bootstrap_servers=bootstrap, compression_type=None if codec == "none" else codec,
                linger_ms=20, **settings)
            await producer.start()
            try:
                futures = [await producer.send(
                    topic, record.value, record.key, 0, record.timestamp, record.headers)
                    for record in records]
                await asyncio.wait_for(asyncio.gather(*futures), 30)
            finally:
                await producer.stop()

        asyncio.run(run())

    def consume(self, bootstrap, topic):
        async def run():
            consumer = aiokafka.AIOKafkaConsumer(
                bootstrap_servers=bootstrap, enable_auto_commit=False, check_crcs=True)
            await consumer.start()
            try:
                partition = aiokafka.TopicPartition(topic, 0)
                consumer.assign([partition])
                consumer.seek(partition, 0)
                end = (await consumer.end_offsets([partition]))[partition]
                records = []
                while await consumer.position(partition) < end:
                    message = await asyncio.wait_for(consumer.getone(), 20)
                    records.append(Record(message.key, message.value, list(message.headers),
                                          message.timestamp))
                return records
            finally:
                await consumer.stop()

        return asyncio.run(run())


class Kcat:
    """Debian's kcat. It writes lines, so every record here is one kcat process's choice of key."""

    def produce(self, bootstrap, topic, records, codec):
        for record in records:
            command = ["kcat", "-P", "-b", bootstrap, "-t", topic, "-p", "0", "-z", codec,
                       "-D", "\\x1e", "-X", "message.timeout.ms=20000"]
            if record.key is not None:
                command += ["-k", record.key.decode()]
            for name, value in record.headers:
                command += ["-H", f"{name}={value.decode()}"]
            subprocess.run(command, input=record.value, check=True, timeout=30)

    def consume(self, bootstrap, topic):
        form = "%K %S %T %h\\n%k%s\\n"
        output = subprocess.run(
            ["kcat", "-C", "-b", bootstrap, "-t", topic, "-p", "0", "-o", "beginning", "-e", "-q",
             "-X", "check.crcs=true", "-f", form],
            check=True, capture_output=True, timeout=30).stdout
        records = []
        while output:
            head, _, output = output.partition(b"\n")
            key_size, value_size, timestamp, headers = head.split(b" ", 3)
            key, output = cut(output, int(key_size))
            value, output = cut(output, int(value_size))
            assert output.startswith(b"\n")
            output = output[1:]
            pairs = [pair.split(b"=", 1) for pair in headers.split(b",") if pair]
            records.append(Record(key, value, [
                (name.decode(), None if text == b"NULL" else text) for name, text in pairs],
                int(timestamp)))
        return records


def cut(output, size):
    return (None, output) if size < 0 else (output[:size], output[size:])


class SkafkaClient:
    """The project's own."""

    def __init__(self, skafka):
        self.skafka = skafka

    def produce(self, bootstrap, topic, records, codec, *flags):
        lines = [json.dumps({
            "timestamp": record.timestamp, **encoded("key", record.key),
            **encoded("value", record.value),
            "headers": [{"key": name} | encoded_header(value) for name, value in record.headers]})
            for record in records]
        self.skafka("produce", topic, "-b", bootstrap, "-J", "-z", codec, "-p", "0", "-q", *flags,
                    input="\n".join(lines).encode(), timeout=60)

    def consume(self, bootstrap, topic):
        return [Record(decoded(record, "key"), decoded(record, "value"),
                       [(header["key"], decoded_header(header)) for header in record["headers"]],
                       record["timestamp"])
                for record in self.skafka.json_lines(
                    "consume", topic, "-b", bootstrap, "-J", "-e", "-q", "-p", "0", timeout=60)]


def encoded(name, content):
    try:
        return {name: None if content is None else content.decode()}
    except UnicodeDecodeError:
        return {name: base64.b64encode(content).decode(), name + "Encoding": "base64"}


def encoded_header(content):
    pair = encoded("value", content)
    if "valueEncoding" in pair:
        pair["encoding"] = pair.pop("valueEncoding")
    return pair


def decoded(record, name):
    return plain(record[name], record.get(name + "Encoding"))


def decoded_header(header):
    return plain(header["value"], header.get("encoding"))


def plain(content, encoding):
    if content is None:
        return None
    return base64.b64decode(content) if encoding == "base64" else content.encode()
