"""Runs a command that the kernel ends when its parent dies, so that even `kill -9` leaves no orphans (Linux).

python -m portal.attached PARENT COMMAND …
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Tie this process to the parent of that process id and become the command."""
    parent, command = int(arguments[0]), arguments[1:]
    if sys.platform == "linux":
        # The setting survives exec; elsewhere there is no such call, and an orderly stop still ends the children.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit("The parent has already ended.")
    os.execv(command[0], command)  # noqa: S606 -- the supervisor's own list, never a shell


if __name__ == "__main__":
    main(sys.argv[1:])
