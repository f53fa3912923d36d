"""What the binary asks of the system that it runs on."""

import re
import subprocess

from harness import BINARY


def test_it_loads_no_library_but_those_of_libc():
    # Every other one, the C++ library above all, costs each start of the program its loading.
    listing = subprocess.run(["ldd", BINARY], capture_output=True, text=True, check=True).stdout
    names = [line.split()[0].rsplit("/", 1)[-1] for line in listing.splitlines()]
    others = [name for name in names if not re.match(r"linux-vdso|ld-linux|libc\.|libm\.", name)]
    assert names and not others
