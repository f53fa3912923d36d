"""Runs the real binary: commands, brokers, and what is around them."""

import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = str(pathlib.Path(os.environ.get("SKAFKA", ROOT / ".build/release/skafka")).resolve())


class Skafka:
    """The command line in a scratch directory of its own, untouched by the caller's settings."""

    def __init__(self, home):
        self.home = pathlib.Path(home)
        self.data = self.home / "data"

    def environment(self):
        keep = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
        return keep | {"HOME": str(self.home), "LC_ALL": "C.UTF-8"}

    def run(self, *args, input=b"", timeout=30, env=None):
        """Ends with the command; standard output and error are bytes."""
        return subprocess.run(
            [BINARY, *map(str, args)], input=input, capture_output=True, timeout=timeout,
            cwd=self.home, env=self.environment() | (env or {}))

    def __call__(self, *args, input=b"", timeout=30):
        """Standard output of a command that must succeed."""
        result = self.run(*args, input=input, timeout=timeout)
        assert result.returncode == 0, f"{args}: {result.returncode}\n{text(result.stderr)}"
        return result.stdout

    def start(self, *args, **options):
        """A command that keeps running; the caller ends it."""
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                   "stderr": subprocess.PIPE} | options
        return subprocess.Popen(
            [BINARY, *map(str, args)], cwd=self.home, env=self.environment(), **options)

    def json(self, *args, **options):
        return json.loads(self(*args, "--json", **options))

    def json_lines(self, *args, **options):
        return [json.loads(line) for line in self(*args, **options).splitlines()]


class Broker:
    """A broker on a port of its own. `data` None: ephemeral."""

    def __init__(self, skafka, data=None, port=0, extra=(), within=10):
        self.skafka = skafka
        self.log_path = skafka.home / f"broker-{time.monotonic_ns()}.log"
        where = ["--ephemeral"] if data is None else ["-d", str(data)]
        started = time.monotonic()
        with open(self.log_path, "wb") as log:
            self.process = skafka.start(
                "broker", *where, "--listen", f"127.0.0.1:{port}", *extra, stderr=log)
        line = read_line(self.process, within)
        self.start_seconds = time.monotonic() - started
        assert line.startswith(b"BOOTSTRAP_SERVERS="), f"{line!r}\n{self.log()}"
        self.bootstrap = line.decode().strip().partition("=")[2]

    def log(self):
        return text(self.log_path.read_bytes())

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def stop(self, within=10):
        """An orderly end: exit status 0 within seconds."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(within)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"SIGTERM did not end the broker\n{self.log()}")
        return self.process.returncode

    def create(self, topic, partitions=1, *more):
        self.skafka("topics", "create", topic, "-b", self.bootstrap, "--partitions", partitions,
                    *more)
        return topic

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()


def text(output):
    return output.decode("utf-8", "replace")


def read_line(process, within):
    """The next line of a process's standard output, or what came of it before the time was up."""
    line = b""
    end = time.monotonic() + within
    while not line.endswith(b"\n"):
        left = end - time.monotonic()
        if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
            break
        byte = os.read(process.stdout.fileno(), 1)
        if not byte:
            break
        line += byte
    return line


def read_lines(process, count, within=15):
    return [read_line(process, within) for _ in range(count)]


def end(process, how=signal.SIGKILL, within=10):
    """Ends a process that this suite started."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        return process.wait(within)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(within)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(condition, within=10, what="the condition"):
    end_time = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end_time, f"{what} did not come true within {within} s"
        time.sleep(0.05)


def numbered_lines(count):
    """Lines of 100 bytes, each different."""
    filler = "".join(chr(97 + index * 7 % 26) for index in range(89))
    return "".join(f"{index:09d} {filler}\n" for index in range(count)).encode()


def segment(directory):
    """The one log in a partition's directory."""
    (path,) = directory.glob("*.log")
    return path
