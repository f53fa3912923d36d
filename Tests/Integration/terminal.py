"""A command at a terminal, and what a person would see and type there."""

import re

from harness import BINARY
from pseudo_terminal import PseudoTerminal


class Terminal(PseudoTerminal):
    """Each wait is for a text that must appear; what comes next is looked for behind it."""

    def __init__(self, skafka, *args, columns=80, env=None, program=BINARY):
        # As it came, and how much of it, without what moves the cursor, was looked at.
        self.everything, self.position = b"", 0
        self.code = None
        super().__init__(skafka, *args, columns=columns, env={"TERM": "xterm"} | (env or {}),
                         program=program)

    def take_in(self, data):
        self.everything += data

    @property
    def seen(self):
        """What was not looked at, without colours and what else moves the cursor."""
        text = self.everything.decode("utf-8", "replace").replace("\r", "")
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)[self.position:]

    def read(self, text, within=10):
        """Everything up to and with a text."""
        self.wait_until(lambda: text in self.seen, within,
                        lambda: f"{text!r} did not come, only {self.seen!r}")
        before, found, _ = self.seen.partition(text)
        self.position += len(before + found)
        return before + found

    def run(self, line, until):
        """Types a line and gives what came up to the next prompt."""
        self.type(line + "\r")
        return self.read(until)

    def end(self, within=10):
        """What is left to see of a command that ends, whose status is `code` then."""
        self.code = self.wait_for_end(within)
        return self.seen
