"""A process that has loaded the command line and forks one that runs, for each command.

Loading takes most of a command's time, and hundreds are typed in tests. Each still is a process
of its own, with its own words, variables, output and end; `python -m jiema_app` itself is
started by the tests of the whole product.
"""

import json
import os
import signal
import socket
import sys
from typing import Final

from jiema_app.__main__ import app

LOADED_LATE: Final = (
    "alembic.command",
    "alembic.config",
    "bip_utils",
    "jiema_app.processes.supervisor",
)
"""What single commands load when they need it."""
REQUEST_MAX: Final = 1 << 20
FAILED: Final = 1


def main(descriptor: int) -> None:
    """Answer what comes over a socket, until its other end is closed.

    A request is JSON, the length of it first, with the files for output and complaints; the
    answer is the exit code.
    """
    for name in LOADED_LATE:
        __import__(name)
    with socket.socket(fileno=descriptor) as asker:
        while True:
            head, files, _, _ = socket.recv_fds(asker, 8, 2)
            if not head:
                return
            request = json.loads(asker.recv(int(head), socket.MSG_WAITALL))
            child = os.fork()
            if child == 0:
                asker.close()
                _become(request["words"], request["environment"], *files)
            for file in files:
                os.close(file)
            _, status = os.waitpid(child, 0)
            asker.sendall(b"%08d" % (os.waitstatus_to_exitcode(status) & 0xFF))


def _become(words: list[str], environment: dict[str, str], output: int, complaints: int) -> None:
    """Be the command. Does not return."""
    code: object = FAILED
    try:
        os.dup2(output, 1)
        os.dup2(complaints, 2)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = ["jiema_app", *words]
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            app()
            code = 0
        except SystemExit as end:
            code = end.code
            if code is not None and not isinstance(code, int):
                print(code, file=sys.stderr)  # as Python does
        except BaseException:  # noqa: BLE001 - what Python itself does with what nobody catches
            sys.excepthook(*sys.exc_info())
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code if isinstance(code, int) else 0 if code is None else FAILED)


if __name__ == "__main__":
    main(int(sys.argv[1]))
