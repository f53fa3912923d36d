"""The README's commands do what they say, one after another."""

import os
import re
import subprocess

from harness import BINARY, ROOT, text

# What needs a broker elsewhere, runs for ever, builds, or looks at another machine's files.
ELSEWHERE = ("broker:9092", "make", "pytest", "/var/", "server.properties")


def examples():
    """Pairs of a command and the output that stands below it."""
    for block in re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.S):
        for example in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = example.partition("\n")
            yield command, output.rstrip("\n")


def test_the_readme(tmp_path):
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "skafka").symlink_to(BINARY)
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(tmp_path),
                   "LC_ALL": "C.UTF-8"}
    count = 0
    for command, output in examples():
        if any(word in command for word in ELSEWHERE):
            continue
        result = subprocess.run(["bash", "-c", command], capture_output=True, cwd=tmp_path,
                                env=environment, timeout=30)
        assert result.returncode == 0, f"{command}\n{text(result.stderr)}"
        if output:
            assert text(result.stdout).strip() == output, command
        count += 1
    assert count >= 10
