"""The demonstration of `make demo`, on a small log."""

import os
import subprocess

import pytest

from harness import BINARY, ROOT, text


@pytest.mark.parametrize("last", [b"", b"a last line without its newline"], ids=["lines", "cut"])
def test_demo(tmp_path, last):
    log = tmp_path / "service.log"
    log.write_bytes(b"".join(b"2026-01-01 12:00:%02d request %d\n" % (n % 60, n)
                             for n in range(10_000)) + last)
    result = subprocess.run(
        [ROOT / "Tests/Demo/demo", log], capture_output=True, timeout=60,
        env=os.environ | {"SKAFKA": BINARY, "HOME": str(tmp_path)})
    assert result.returncode == 0, text(result.stderr)
    assert b"byte for byte" in result.stdout
