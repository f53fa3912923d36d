"""A command that draws on a terminal, and what stands on its screen."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

from harness import BINARY

SEQUENCE = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])")


class Screen:
    """A command under a pseudo-terminal of its own. It understands the few sequences that `top`
    draws with; `before` is what was written while the alternate screen was not shown."""

    def __init__(self, skafka, *args, columns=100, rows=24, env=None):
        self.master, slave = pty.openpty()
        self.columns, self.rows = columns, rows
        self.set_size(columns, rows)
        self.settings = termios.tcgetattr(slave)

        def take_the_terminal():
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [BINARY, *map(str, args)], stdin=slave, stdout=slave, stderr=slave, cwd=skafka.home,
            env=skafka.environment() | {"TERM": "xterm-256color"} | (env or {}),
            start_new_session=True, preexec_fn=take_the_terminal)
        self.slave = slave
        self.pending = ""
        self.raw = ""
        self.before = ""
        self.alternate = False
        self.cursor_shown = True
        self.lines = [""]
        self.row = 0

    def set_size(self, columns, rows):
        """Tells the kernel, which tells the foreground process (SIGWINCH)."""
        self.columns, self.rows = columns, rows
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text):
        os.write(self.master, text.encode())

    def read(self, within=0.2):
        """Takes in what was written meanwhile; false at the end."""
        if not select.select([self.master], [], [], within)[0]:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        text = data.decode("utf-8", "replace")
        self.raw += text
        self.pending += text
        self.draw()
        return bool(data)

    def draw(self):
        while self.pending:
            if self.pending[0] == "\x1b":
                match = SEQUENCE.match(self.pending)
                if not match:
                    return
                self.control(*match.groups())
                self.pending = self.pending[match.end():]
                continue
            text = re.match(r"[^\x1b]+", self.pending).group()
            self.pending = self.pending[len(text):]
            if not self.alternate:
                self.before += text
                continue
            self.lines[self.row] += text

    def control(self, private, numbers, letter):
        if private:
            if numbers == "1049":
                self.alternate = letter == "h"
            if numbers == "25":
                self.cursor_shown = letter == "h"
        elif letter == "H":
            self.row = int(numbers.split(";")[0]) - 1
            self.lines += [""] * (self.row + 1 - len(self.lines))
            self.lines[self.row] = ""
        elif letter == "J":
            del self.lines[self.row + 1:]

    @property
    def text(self):
        return "\n".join(self.lines)

    def wait(self, condition, within=15):
        """Reads until the condition on this terminal holds."""
        end = time.monotonic() + within
        while not condition(self):
            assert time.monotonic() < end, f"not within {within} s:\n{self.text}\n{self.before}"
            assert self.read(), f"ended:\n{self.text}\n{self.before}"

    def wait_for(self, text, within=15):
        self.wait(lambda terminal: text in terminal.text or text in terminal.before, within)

    def send(self, number):
        self.process.send_signal(number)

    def end(self, within=10):
        """Waits for the exit status, and takes in the rest."""
        end = time.monotonic() + within
        while self.process.poll() is None:
            self.read(0.05)
            if time.monotonic() > end:
                self.close()
                raise AssertionError(f"it did not end:\n{self.text}")
        while select.select([self.master], [], [], 0)[0] and self.read(0):
            pass
        return self.process.returncode

    @property
    def is_restored(self):
        """Whether the terminal is as it was before the command."""
        return (not self.alternate and self.cursor_shown
                and termios.tcgetattr(self.slave) == self.settings)

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(10)
        for descriptor in (self.master, self.slave):
            try:
                os.close(descriptor)
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
