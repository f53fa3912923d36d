"""What dump-segment does for a record: instructions and allocations, counted by valgrind."""

import re
import subprocess

import pytest

from harness import BINARY, Skafka, numbered_lines, segment, text

# What one record of 100 bytes may cost, in instructions. They are counted, not timed, so they do
# not move with the machine; a change that raises one of them has to say why.
INSTRUCTIONS_MAX = {
    "": 300,
    "--kafka --print-data-log": 1000,
    "--json --records": 1400,
    "--plain --records": 1250,
    "--records": 1250,
}


@pytest.fixture(scope="module")
def sizes(tmp_path_factory):
    """Two segments, the second with 40,000 more records; and a binary that valgrind can read."""
    skafka = Skafka(tmp_path_factory.mktemp("sizes"))
    for count in (10_000, 50_000):
        skafka("produce", "-q", "-d", skafka.data, f"t{count}", input=numbered_lines(count))
    stripped = skafka.home / "skafka"
    subprocess.run(["strip", "-o", stripped, BINARY], check=True)
    paths = [segment(skafka.data / f"t{count}-0") for count in (10_000, 50_000)]
    return stripped, paths


def counted(tool, pattern, binary, flags, path):
    result = subprocess.run(
        ["valgrind", *tool, str(binary), "dump-segment", *flags.split(), str(path)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True, timeout=120)
    return int(re.search(pattern, text(result.stderr)).group(1).replace(",", ""))


@pytest.mark.parametrize("flags", INSTRUCTIONS_MAX)
def test_what_a_record_costs(sizes, flags):
    binary, paths = sizes
    few, many = (
        counted(["--tool=callgrind", "--callgrind-out-file=/dev/null"],
                r"Collected : (\d+)", binary, flags, path) for path in paths)
    assert 0 < (many - few) / 40_000 < INSTRUCTIONS_MAX[flags]


@pytest.mark.parametrize("flags", INSTRUCTIONS_MAX)
def test_nothing_is_allocated_for_a_record(sizes, flags):
    binary, paths = sizes
    few, many = (
        counted([], r"total heap usage: ([\d,]+) allocs", binary, flags, path) for path in paths)
    # A few for a batch, of which there are some more.
    assert many - few < 40
