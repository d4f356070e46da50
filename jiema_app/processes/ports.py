"""Refuse to start on a port that is taken, before anything else is done.

Runs also under the machine's own Python, before the virtual environment exists: it may
use the standard library alone.
"""

import errno
import socket
import sys


def is_busy(port: int) -> bool:
    """Whether something listens on ``port`` of this machine, on either loopback."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except OSError as error:
            # A machine without IPv6 has nothing listening there.
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return True
    return False


def complaint(ports: dict[str, int]) -> str | None:
    """One line about the first port that cannot be used, or None.

    Args:
        ports: Port by the variable that sets it.
    """
    if len(set(ports.values())) < len(ports):
        names = " and ".join(ports)
        return f"error: {names} must differ"
    for name, port in ports.items():
        if is_busy(port):
            return f"error: port {port} ({name}) is in use; choose another: make run {name}=…"
    return None


def main(arguments: list[str]) -> int:
    """Check ``NAME=PORT`` arguments; print the complaint."""
    pairs = (argument.split("=", 1) for argument in arguments)
    try:
        ports = {name: int(port) for name, port in pairs}
    except ValueError:
        print(f"error: not a port number: {' '.join(arguments)}", file=sys.stderr)
        return 1
    words = complaint(ports)
    if words is not None:
        print(words, file=sys.stderr)
    return 0 if words is None else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
