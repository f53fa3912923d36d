"""A command under a pseudo-terminal, and what a person would see and type there."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

from harness import BINARY


class Terminal:
    """Runs a command with a terminal of its own; each wait is for a text that must appear."""

    def __init__(self, skafka, *args, columns=80, env=None, program=BINARY):
        environment = skafka.environment() | {"TERM": "xterm"} | (env or {})
        self.process, self.descriptor = pty.fork()
        if self.process == 0:
            os.chdir(skafka.home)
            os.execve(program, [program, *map(str, args)], environment)
        size = struct.pack("HHHH", 24, columns, 0, 0)
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, size)
        # As it came, and how much of it, without what moves the cursor, was looked at.
        self.everything, self.position = b"", 0
        self.code = None

    def type(self, text):
        os.write(self.descriptor, text.encode())

    @property
    def seen(self):
        """What was not looked at, without colours and what else moves the cursor."""
        text = self.everything.decode("utf-8", "replace").replace("\r", "")
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)[self.position:]

    def read(self, text, within=10):
        """Everything up to and with a text; what comes next is looked for behind it."""
        deadline = time.monotonic() + within
        while text not in self.seen:
            assert self._read_on(deadline), f"{text!r} did not come, only {self.seen!r}"
        before, found, _ = self.seen.partition(text)
        self.position += len(before + found)
        return before + found

    def _read_on(self, deadline):
        """Whether there was more before the end, or the time was up."""
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self.descriptor], [], [], left)[0]:
            return False
        try:
            chunk = os.read(self.descriptor, 65536)
        except OSError:
            return False
        self.everything += chunk
        return bool(chunk)

    def run(self, line, until):
        """Types a line and gives what came up to the next prompt."""
        self.type(line + "\r")
        return self.read(until)

    def press(self, control):
        """A key with Ctrl."""
        self.type(chr(ord(control) & 0x1F))

    def end(self, within=10):
        """What is left to see of a command that ends, whose status is `code` then."""
        deadline = time.monotonic() + within
        while self._read_on(deadline):
            pass
        while time.monotonic() < deadline:
            process, status = os.waitpid(self.process, os.WNOHANG)
            if process:
                self.code = os.waitstatus_to_exitcode(status)
                return self.seen
            time.sleep(0.01)
        raise AssertionError(f"it goes on after {self.seen!r}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.code is None:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.descriptor)
