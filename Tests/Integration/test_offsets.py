"""Where consuming starts and ends, and what offsets says."""

import pytest

BASE = 1_700_000_000_000


@pytest.fixture
def ten(skafka, data):
    """Ten records, 0 to 9, a minute apart."""
    lines = "".join('{"value":"%d","timestamp":%d}\n' % (n, BASE + n * 60_000) for n in range(10))
    skafka("produce", *data, "t", "-J", input=lines.encode())
    return data


def values(skafka, data, *args):
    return "".join(skafka("consume", *data, "t", "-q", *args).decode().split("\n"))


@pytest.mark.parametrize("spec, expected", [
    ("beginning", "0123456789"), ("earliest", "0123456789"), ("start", "0123456789"),
    ("end", ""), ("latest", ""), ("7", "789"), ("-3", "789"), ("-30", "0123456789"),
    (f"@{BASE + 8 * 60_000}", "89"), (f"@{BASE + 8 * 60_000 - 1}", "89"),
    (f"s@{BASE + 8 * 60_000}", "89"),
    ("@2023-11-14T22:21:20Z", "89"),
])
def test_where_to_start(skafka, ten, spec, expected):
    assert values(skafka, ten, "-e", f"--offset={spec}") == expected


@pytest.mark.parametrize("spec, expected", [
    ("2:5", "234"), ("beginning:3", "012"), ("8:end", "89"), ("-4:-2", "67"),
    (f"@{BASE + 60_000}:@{BASE + 180_000}", "12"), ("5:5", ""), ("3:100", "3456789"),
    ("@2023-11-14:@2023-11-15", "0123456789"),
])
def test_ranges(skafka, ten, spec, expected):
    # A range that lies in what is there ends by itself.
    args = ["--idle-timeout", "2s"] if spec.endswith(":100") else []
    assert values(skafka, ten, f"--offset={spec}", *args) == expected


def test_without_an_offset(skafka, ten):
    assert values(skafka, ten, "-e") == "0123456789"
    assert values(skafka, ten, "--idle-timeout", "1s") == ""


def test_counts(skafka, ten):
    assert values(skafka, ten, "-o", "beginning", "-c", "4") == "0123"
    assert values(skafka, ten, "-o", "beginning", "-n", "1") == "0"
    short = skafka.run("consume", *ten, "t", "-e", "-c", "11")
    assert short.returncode == 1
    idle = skafka.run("consume", *ten, "t", "-o", "beginning", "-c", "11", "--idle-timeout", "1s")
    assert idle.returncode == 1


def test_offsets_get(skafka, ten):
    def get(*args):
        return skafka("offsets", "get", "t", *ten, "--plain", *args).decode()

    assert get() == "t\t0\t10\n"
    assert get("--time", "earliest") == get("--time", "-2") == "t\t0\t0\n"
    assert get("--time", "latest") == "t\t0\t10\n"
    assert get("--time", str(BASE + 90_000)) == "t\t0\t2\n"
    assert get("--time", "max-timestamp") == "t\t0\t9\n"


def test_an_offset_inside_a_batch_and_past_the_end(skafka, ten):
    assert values(skafka, ten, "-e", "-o", "4", "-c", "2") == "45"
    past = skafka.run("consume", *ten, "t", "-e", "-o", "11")
    assert past.returncode in (0, 1) and past.stdout == b""


def test_the_last_of_each_partition(skafka, data):
    skafka("topics", "create", "t", *data, "--partitions", "3")
    for partition in range(2):
        skafka("produce", *data, "t", "-p", partition,
               input=b"".join(b"%d-%d\n" % (partition, n) for n in range(5)))
    lines = skafka("consume", *data, "t", "-e", "-o", "-2", "-q").split()
    assert sorted(lines) == [b"0-3", b"0-4", b"1-3", b"1-4"]


def test_the_end_is_taken_at_the_start(skafka, ten):
    """What is produced while consuming does not keep -e from ending."""
    assert values(skafka, ten, "-e", "-p", "0", "-o", "9") == "9"
