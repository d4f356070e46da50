"""A PostgreSQL of the oldest version that the embedded server's wheel brings along."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from jiema_app.integrations.postgres import embedded, embedded_files
from jiema_app.integrations.postgres.uris import socket_address
from tests.support.polling import PATIENCE_S

OLDER = "pginstall"
"""Folder of the older programs; the newer ones have their version in the name."""


@contextmanager
def older_server(data_dir: Path) -> Iterator[str]:
    """Start it in ``data_dir``; gives its address."""
    newer = embedded_files._wheel_programs()
    programs = newer.parents[1] / OLDER / "bin"
    files = embedded_files.locate(data_dir)
    if files.user is not None:
        programs = embedded_files._programs_for_root(programs)
    files = replace(files, programs=programs)
    embedded_files.make_open_folder(files.cluster.parent)
    files.cluster.mkdir(mode=0o700)
    embedded._give_to_server(files, files.cluster)
    # Its initdb does not know all that the newer one is told.
    initdb = (str(programs / "initdb"), "-D", str(files.cluster), "-U", "postgres", "-A", "trust")
    embedded._run(files, *initdb, "--locale=C.UTF-8")
    with (files.cluster / "postgresql.conf").open("a") as configuration:
        configuration.write("include = 'jiema.conf'\n")
    embedded._configure(files)
    embedded._launch(files, die_with_us=True)
    try:
        yield socket_address(str(files.socket_dir))
    finally:
        embedded._stop(files)
        embedded._children.pop(files.cluster).wait(PATIENCE_S)
        shutil.rmtree(files.cluster.parent)
