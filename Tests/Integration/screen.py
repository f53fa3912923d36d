"""A command that draws on a terminal, and what stands on its screen."""

import re
import termios

from pseudo_terminal import PseudoTerminal

SEQUENCE = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])")


class Screen(PseudoTerminal):
    """It understands the few sequences that `top` draws with; `before` is what was written while
    the alternate screen was not shown."""

    def __init__(self, skafka, *args, columns=100, rows=24, env=None):
        self.pending = ""
        self.raw = ""
        self.before = ""
        self.alternate = False
        self.cursor_shown = True
        self.lines = [""]
        self.row = 0
        super().__init__(skafka, *args, columns=columns, rows=rows,
                         env={"TERM": "xterm-256color"} | (env or {}))

    def take_in(self, data):
        text = data.decode("utf-8", "replace")
        self.raw += text
        self.pending += text
        self.draw()

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
        self.wait_until(lambda: condition(self), within,
                        lambda: f"not within {within} s:\n{self.text}\n{self.before}")

    def wait_for(self, text, within=15):
        self.wait(lambda terminal: text in terminal.text or text in terminal.before, within)

    def end(self, within=10):
        """Waits for the exit status, and takes in the rest."""
        return self.wait_for_end(within)

    @property
    def is_restored(self):
        """Whether the terminal is as it was before the command."""
        return (not self.alternate and self.cursor_shown
                and termios.tcgetattr(self.slave) == self.settings)
