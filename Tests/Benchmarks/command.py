"""Commands that the benchmarks run, and what they are fed with."""

import os
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SKAFKA = os.path.abspath(
    os.environ.get("SKAFKA", os.path.join(ROOT, ".build/release/skafka")))
LIMITS = os.path.join(ROOT, ".build/release/limits")


class Run:
    """A finished command: wall and CPU seconds, peak memory in MB."""

    def __init__(self, command, stdin=None, stdout=None):
        start = time.monotonic()
        source = open(stdin, "rb") if stdin else subprocess.DEVNULL
        target = open(stdout, "wb") if stdout else subprocess.DEVNULL
        process = subprocess.Popen(
            command, stdin=source, stdout=target, stderr=subprocess.PIPE, cwd=ROOT)
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - start
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / 1024
        if process.returncode != 0:
            sys.exit(f"{' '.join(command)}: exit {process.returncode}\n{errors.decode()}")


def write_lines(path, count, size):
    line = "".join(chr(97 + index * 7 % 26) for index in range(size - 10))
    with open(path, "w") as file:
        file.writelines(f"{index:09d} {line}\n" for index in range(count))
