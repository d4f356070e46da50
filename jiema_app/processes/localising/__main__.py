"""Write some languages into a build: ``localise.py`` starts one of these a processor."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from jiema_app.processes.localising.compiled import load
from jiema_app.processes.localising.compressing import FORMS, QUICK, Compressor, write_whole
from jiema_app.processes.localising.pieces import TextMisplaced
from jiema_app.processes.localising.stamping import Language


def main(compiled_folder: Path, target: Path, locales: list[str], earlier: list[Path]) -> None:
    """Write every file that the languages have as their own.

    Args:
        compiled_folder: The compiled pages.
        target: The build.
        locales: The languages; each is said when it is done.
        earlier: Builds that may hold files of the same names, compressed already.
    """
    compiled = load(compiled_folder)
    with Compressor(QUICK) as compressor:
        for locale in locales:
            for path, text in Language(compiled, locale).files().items():
                file = target / path
                file.parent.mkdir(parents=True, exist_ok=True)
                write_whole(file, text.encode())
                # Pages are completed, and compressed, by the server.
                if file.suffix != ".html" and not _take_compressed(file, earlier):
                    compressor.add(file)
            print(locale, flush=True)


def _take_compressed(file: Path, earlier: Iterable[Path]) -> bool:
    """Link the compressed forms of a file that was built before: it is named after its content."""
    for build in earlier:
        before = build / "assets" / file.name
        with suppress(OSError):  # an old build may be cleared away meanwhile
            if before.read_bytes() == file.read_bytes():
                for form in FORMS:
                    os.link(f"{before}{form}", f"{file}{form}")
                return True
    return False


if __name__ == "__main__":
    folder, build, listed, *others = sys.argv[1:]
    try:
        main(Path(folder), Path(build), listed.split(","), [Path(other) for other in others])
    except TextMisplaced as error:
        sys.exit(str(error))
