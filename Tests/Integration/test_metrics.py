"""The broker's metrics while clients produce and consume, and its log."""

import http.client
import json
import re
import threading
import time
import urllib.request

import confluent_kafka
import pytest

from clients import Librdkafka, Record
from harness import Broker, text

SAMPLE = re.compile(
    r'^([a-z_][a-z0-9_]*)(\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+\})? (-?[0-9]+(?:\.[0-9]+)?)$')
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\\n]|\\[\\"n])*)"')


class Scrape:
    """One answer of /metrics: each line must be right, each family whole and in one place."""

    def __init__(self, address):
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
            lines = answer.read().decode().split("\n")
        assert lines.pop() == ""
        self.samples = {}
        self.types = {}
        family = None
        for line in lines:
            if line.startswith("# HELP "):
                family = line.split(" ")[2]
                assert family not in self.types, line
            elif line.startswith("# TYPE "):
                _, _, name, kind = line.split(" ")
                assert name == family and kind in ("counter", "gauge", "histogram"), line
                assert (kind == "counter") == name.endswith("_total"), line
                self.types[name] = kind
            else:
                name, labels, value = SAMPLE.match(line).groups()
                suffixes = ["_bucket", "_sum", "_count"] if self.types[family] == "histogram" \
                    else [""]
                assert name in [family + suffix for suffix in suffixes], line
                key = name, frozenset(LABEL.findall(labels or ""))
                assert key not in self.samples, line
                self.samples[key] = float(value)

    def __call__(self, name, **labels):
        return self.samples.get((name, frozenset(labels.items())), 0)

    def check_histograms(self):
        for name, kind in self.types.items():
            if kind != "histogram":
                continue
            series = {}
            for (sample, labels), value in self.samples.items():
                if sample == name + "_bucket":
                    bound = dict(labels)["le"]
                    rest = frozenset(label for label in labels if label[0] != "le")
                    series.setdefault(rest, []).append((float(bound), value))
            for labels, buckets in series.items():
                values = [value for _, value in sorted(buckets)]
                assert values == sorted(values)
                assert values[-1] == self.samples[name + "_count", labels]
                assert max(buckets)[0] == float("inf")


def address_of_metrics(broker):
    return re.search(r"metrics url=http://(\S+)/metrics", broker.log()).group(1)


@pytest.fixture
def measured(skafka):
    with Broker(skafka, data=skafka.data, extra=["--metrics", "127.0.0.1:0"]) as broker:
        broker.metrics = address_of_metrics(broker)
        yield broker
        assert broker.stop() == 0, broker.log()


def test_metrics_while_clients_work(measured):
    measured.create("work", 1)
    now = int(time.time() * 1000)
    records = [Record(b"key", b"x" * 1000, [], now) for _ in range(20_000)]
    client = Librdkafka()
    scrapes = []
    done = threading.Event()
    failures = []

    def work():
        try:
            client.produce(measured.bootstrap, "work", records, "none")
            assert len(client.consume(measured.bootstrap, "work")) == len(records)
        except BaseException as error:
            failures.append(error)
        finally:
            done.set()

    worker = threading.Thread(target=work)
    worker.start()
    while not done.is_set():
        scrapes.append(Scrape(measured.metrics))
        done.wait(0.05)
    worker.join()
    assert not failures, failures
    last = Scrape(measured.metrics)
    scrapes.append(last)
    last.check_histograms()

    # Counters never go back.
    for earlier, later in zip(scrapes, scrapes[1:]):
        for (name, labels), value in earlier.samples.items():
            if name.endswith(("_total", "_count", "_bucket")):
                assert later.samples[name, labels] >= value, (name, labels)

    place = {"topic": "work", "partition": "0"}
    assert last("skafka_topic_records_in_total", topic="work") == len(records)
    assert last("skafka_topic_records_out_total", topic="work") >= len(records)
    assert last("skafka_topic_bytes_in_total", topic="work") > 20_000_000
    assert last("skafka_topic_bytes_out_total", topic="work") > 20_000_000
    assert last("skafka_partition_log_end_offset", **place) == len(records)
    assert last("skafka_partition_size_bytes", **place) == last(
        "skafka_topic_bytes_in_total", topic="work")
    for api in ("Produce", "Fetch", "Metadata", "ApiVersions"):
        answered = last("skafka_request_duration_seconds_count", api=api)
        assert 0 < answered <= last("skafka_requests_total", api=api)
    assert last("skafka_request_size_bytes_sum", api="Produce") > 20_000_000
    assert last("skafka_response_size_bytes_sum", api="Fetch") > 20_000_000
    assert last("skafka_connections_opened_total") > 2
    assert last("skafka_connections") == last("skafka_connections_opened_total") - sum(
        value for (name, labels), value in last.samples.items()
        if name == "skafka_connections_closed_total" and ("reason", "limit") not in labels)
    assert last("skafka_log_flush_duration_seconds_count") > 0
    assert 1e6 < last("process_resident_memory_bytes") < 1e9
    assert last("process_cpu_seconds_total") > 0 and last("process_open_fds") > 5


def test_a_groups_lag(skafka, measured):
    measured.create("read", 2)
    skafka("produce", "read", "-b", measured.bootstrap, "-p", "1", "-q", input=b"x\n" * 10)
    consumer = confluent_kafka.Consumer({"bootstrap.servers": measured.bootstrap, "group.id": 'g"'})
    consumer.commit(
        offsets=[confluent_kafka.TopicPartition("read", 1, 4)], asynchronous=False)
    consumer.close()
    scrape = Scrape(measured.metrics)
    place = {"group": 'g\\"', "topic": "read", "partition": "1"}
    assert scrape("skafka_group_committed_offset", **place) == 4
    assert scrape("skafka_group_lag", **place) == 6
    assert scrape("skafka_groups", protocol="classic", state="Empty") == 1
    assert scrape("skafka_groups", protocol="consumer", state="Stable") == 0


def test_who_is_held_up(skafka, measured):
    measured.create("slow", 1)
    skafka("quotas", "alter", "-b", measured.bootstrap, "--client-id", "default",
           "-c", "producer_byte_rate=40000")
    skafka("produce", "slow", "-b", measured.bootstrap, "-q", input=(b"x" * 99 + b"\n") * 5000)
    scrape = Scrape(measured.metrics)
    scrape.check_histograms()
    assert scrape("skafka_throttle_time_seconds_count", quota="producer_byte_rate") > 0
    assert scrape("skafka_throttle_time_seconds_sum", quota="producer_byte_rate") > 0.1
    assert scrape("skafka_throttle_time_seconds_count", quota="consumer_byte_rate") == 0


def test_the_level_of_the_log_changes(skafka, measured):
    measured.create("before", 1)
    skafka("configs", "alter", "broker-logger", "0", "-b", measured.bootstrap, "-c", "root=ERROR")
    measured.create("behind", 1)
    skafka("configs", "alter", "broker-logger", "0", "-b", measured.bootstrap, "-c", "root=INFO")
    measured.create("again", 1)
    log = measured.log()
    assert "topic=before" in log and "topic=behind" not in log and "topic=again" in log


def test_errors_are_counted_by_code(skafka, measured):
    assert skafka.run("topics", "describe", "nope", "-b", measured.bootstrap).returncode == 1
    scrape = Scrape(measured.metrics)
    codes = {dict(labels)["error"] for (name, labels) in scrape.samples
             if name == "skafka_request_errors_total"}
    assert codes == {"UNKNOWN_TOPIC_OR_PARTITION"}


def test_other_paths_and_methods(measured):
    connection = http.client.HTTPConnection(measured.metrics, timeout=10)
    seen = []
    for method, path in [("HEAD", "/metrics"), ("GET", "/healthz"), ("GET", "/"),
                         ("POST", "/metrics"), ("GET", "/metrics")]:
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read()
        seen.append((answer.status, len(body) > 0))
    assert seen == [(200, False), (200, True), (404, True), (405, True), (200, True)]
    connection.close()


def test_an_address_in_use(skafka, measured):
    result = skafka.run("broker", "--ephemeral", "--listen", "127.0.0.1:0", "--metrics",
                        measured.metrics)
    assert result.returncode == 1 and result.stdout == b""
    assert "cannot listen on " + measured.metrics in text(result.stderr)
    wrong = skafka.run("broker", "--ephemeral", "--metrics", "localhost")
    assert wrong.returncode == 2


# The log

def test_a_line_for_each_event(skafka):
    with Broker(skafka, data=skafka.data, extra=["-v"]) as broker:
        broker.create("t", 2)
        skafka("topics", "alter", "t", "-b", broker.bootstrap, "-c", "retention.ms=5000")
        skafka("topics", "delete", "t", "-b", broker.bootstrap, "--yes")
        assert broker.stop() == 0
        lines = broker.log().splitlines()
    events = ["logs loaded", "listening", "connection opened", "topic created",
              "topic settings changed", "topic deleted", "stopping", "stopped"]
    places = [next((index for index, line in enumerate(lines) if f": {event}" in line), None)
              for event in events]
    assert None not in places and places == sorted(places), "\n".join(lines)
    assert all(re.match(r"\d{4}-\d\d-\d\dT[0-9:.]+Z skafka: [a-z]+: ", line) for line in lines)
    assert any("connection closed" in line and "reason=client" in line for line in lines)
    assert any("topic created" in line and "partitions=2" in line and "topic=t" in line
               for line in lines)


def test_the_log_as_json(skafka):
    with Broker(skafka, data=skafka.data, extra=["--json"]) as broker:
        broker.create("t", 2)
        assert broker.stop() == 0
        objects = [json.loads(line) for line in broker.log().splitlines()]
    created = next(line for line in objects if line["message"] == "topic created")
    assert created["topic"] == "t" and created["partitions"] == "2" and created["level"] == "info"
    assert {"time", "level", "message"} <= set(objects[0])
