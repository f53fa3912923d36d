"""The manual, as mandoc reads it."""

import re
import subprocess

from harness import ROOT

PAGES = sorted((ROOT / "man").glob("*.1"))


def test_mandoc_finds_nothing_wrong():
    assert len(PAGES) > 5
    result = subprocess.run(
        ["mandoc", "-T", "lint", *map(str, PAGES)], capture_output=True, text=True)
    # It looks for other pages among those of the system only; ours are beside it.
    findings = [line for line in result.stdout.splitlines()
                if "referenced manual not found: Xr skafka" not in line]
    assert findings == []
    for page in PAGES:
        for name in re.findall(r"^\.Xr (\S+) 1", page.read_text(), re.MULTILINE):
            assert (ROOT / f"man/{name}.1").exists(), f"{page.name}: {name}"


def test_pages_read_well(skafka):
    for page in PAGES:
        result = subprocess.run(
            ["mandoc", "-T", "utf8", str(page)], capture_output=True, text=True, check=True)
        # Bold is a letter over itself.
        lines = [line.replace("\b", "") for line in result.stdout.splitlines()]
        assert len(lines) > 30, page


def test_every_command_has_a_page(skafka):
    commands = skafka("--help").decode().partition("SUBCOMMANDS:\n")[2]
    names = re.findall(r"^  ([a-z-]+) ", commands, re.MULTILINE)
    assert "produce" in names and "shell" in names
    for name in names:
        assert (ROOT / "man" / f"skafka-{name}.1").exists(), name
