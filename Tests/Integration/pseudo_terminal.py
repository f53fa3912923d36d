"""A command with a terminal of its own."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

from harness import BINARY


class PseudoTerminal:
    """Runs a command whose streams are a pseudo-terminal, which is its controlling one. What it
    writes goes to `take_in`."""

    def __init__(self, skafka, *args, columns, rows=24, env, program=BINARY):
        self.master, self.slave = pty.openpty()
        self.set_size(columns, rows)
        # Before the command has changed them.
        self.settings = termios.tcgetattr(self.slave)

        def take_the_terminal():
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [program, *map(str, args)], stdin=self.slave, stdout=self.slave, stderr=self.slave,
            cwd=skafka.home, env=skafka.environment() | env, start_new_session=True,
            preexec_fn=take_the_terminal)
        # Readable once the command has ended.
        self.ending = os.pidfd_open(self.process.pid)

    def take_in(self, data):
        raise NotImplementedError

    def set_size(self, columns, rows):
        """Tells the kernel, which tells the foreground process (SIGWINCH)."""
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)

    def type(self, text):
        os.write(self.master, text.encode())

    def press(self, control):
        """A key with Ctrl."""
        self.type(chr(ord(control) & 0x1F))

    def send(self, number):
        self.process.send_signal(number)

    def read_on(self, until):
        """Takes in what is written next; false when the command has ended and all was read, or
        the time is up."""
        left = max(0, until - time.monotonic())
        if self.master not in select.select([self.master, self.ending], [], [], left)[0]:
            return False
        self.take_in(os.read(self.master, 65536))
        return True

    def wait_until(self, condition, within, complaint):
        """Reads until the condition holds; what it complains of is made when it does not."""
        until = time.monotonic() + within
        while not condition():
            assert self.read_on(until), complaint()

    def wait_for_end(self, within):
        """The exit status of a command that ends, once all that it wrote was taken in."""
        until = time.monotonic() + within
        while self.read_on(until):
            pass
        try:
            return self.process.wait(max(0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.close()
            raise AssertionError(f"it did not end within {within} s") from None

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(10)
        for descriptor in (self.master, self.slave, self.ending):
            try:
                os.close(descriptor)
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
