"""Pages of every language, made out of pages that were compiled once."""

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from jiema_app.processes.built_files import stamped_worker
from jiema_app.processes.localising.compiled import load
from jiema_app.processes.localising.compressing import FORMS, QUICK, Compressor
from jiema_app.processes.localising.stamping import Language

SERVICE_WORKER: Final = "sw.js"


def localise(
    compiled_folder: Path,
    locales: Sequence[str],
    target: Path,
    *,
    earlier: Iterable[Path] = (),
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Make a folder of pages in some languages.

    Args:
        compiled_folder: The compiled pages.
        locales: The languages.
        target: To be made.
        earlier: Builds that may hold files of the same names, compressed already.
        tell: Told how far it is.

    Raises:
        TextMisplaced: A text could not be put in.
    """
    compiled = load(compiled_folder)
    earlier_assets = [build / "assets" for build in earlier]
    _share(compiled.files, target)
    with Compressor(QUICK) as compressor:
        for number, locale in enumerate(locales, start=1):
            tell(f"{number} of {len(locales)}")
            for path, text in Language(compiled, locale).files().items():
                file = target / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
                if file.suffix == ".html":
                    continue  # completed, and compressed, by the server
                if not _take_compressed(file, earlier_assets):
                    compressor.add(file)
        assets = [file.name for file in (target / "assets").iterdir() if file.suffix not in FORMS]
        worker = target / SERVICE_WORKER
        text = stamped_worker((compiled.files / SERVICE_WORKER).read_text("utf-8"), assets)
        worker.write_text(text, encoding="utf-8")
        compressor.add(worker)
        tell("compressing scripts")


def _share(files: Path, target: Path) -> None:
    """Have a build hold what all languages share, without a second copy of it."""

    def link(source: str, destination: str) -> None:
        try:
            os.link(source, destination)
        except OSError:  # another disk, or one that knows no links
            shutil.copyfile(source, destination)

    # What is written anew must not be the same file.
    own = {SERVICE_WORKER, *(f"{SERVICE_WORKER}{form}" for form in FORMS)}
    shutil.copytree(
        files,
        target,
        copy_function=link,
        ignore=lambda _, names: own.intersection(names),
    )


def _take_compressed(file: Path, earlier: Iterable[Path]) -> bool:
    """Link the compressed forms of a file that was built before: it is named after its content."""
    for assets in earlier:
        forms = [(assets / f"{file.name}{form}") for form in FORMS]
        with suppress(OSError):  # an old build may be cleared away meanwhile
            if (assets / file.name).read_bytes() == file.read_bytes():
                for form in forms:
                    os.link(form, file.with_name(form.name))
                return True
    return False
