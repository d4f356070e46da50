"""Have Reflex build the pages. Runs as a process of its own, in the checkout.

``reflex export`` would do, but its set-up also rewrites .gitignore and asks the network
for newer versions; these are the parts of it that build.
"""

import os
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType

from reflex.utils import export, prerequisites
from reflex_base.constants import CompileContext, Env
from reflex_base.environment import environment

from jiema_app.i18n.tokens import known_recipes
from jiema_app.processes import page_packages
from jiema_app.processes.built_files import BuildChanged, tidy_package_file
from jiema_app.processes.localising import FILES
from jiema_app.processes.localising.compiled import take_apart
from jiema_app.processes.localising.compressing import SMALLEST, Compressor
from jiema_app.processes.localising.pieces import TextMisplaced
from jiema_app.processes.paths import ROOT, WORKSHOP
from jiema_app.site.registry import all_pages

CLIENT = WORKSHOP / "build" / "client"
"""Where Reflex puts what it built."""
ASSETS = "public"
"""Where it copies ``assets``. It takes nothing out: what is gone from there would be served on."""


def main(folder: Path | None = None) -> None:
    """Build into ``REFLEX_WEB_WORKDIR``, and make a folder of compiled pages out of it."""
    signal.signal(signal.SIGTERM, _end_all)
    workshop = Path(os.environ["REFLEX_WEB_WORKDIR"])
    # Who builds elsewhere (a test does) neither clears the workshop nor says that it is at work.
    is_usual = workshop == WORKSHOP
    if is_usual:
        if page_packages.UNFINISHED.exists():
            shutil.rmtree(WORKSHOP, ignore_errors=True)
        page_packages.UNFINISHED.touch()
    environment.REFLEX_COMPILE_CONTEXT.set(CompileContext.EXPORT)
    environment.REFLEX_SSR.set(True)
    try:
        if prerequisites.needs_reinit():
            prerequisites.initialize_reflex_user_directory()
            prerequisites.initialize_frontend_dependencies()
        if is_usual:
            page_packages.move_in()
        shutil.rmtree(workshop / ASSETS, ignore_errors=True)
        export.export(zipping=False, frontend=True, backend=False, env=Env.PROD)
    finally:
        tidy_package_file(ROOT / "reflex.lock" / "package.json")
        if is_usual:
            page_packages.UNFINISHED.unlink()
    if folder is not None:
        try:
            print("take apart", flush=True)
            take_apart(CLIENT, folder, known_recipes(), all_pages())
            print("compress", flush=True)
            with Compressor(SMALLEST) as compressor:
                compressor.add_all(folder / FILES)
        except (TextMisplaced, BuildChanged) as error:
            sys.exit(f"error: {error}")


def _end_all(_number: int, _frame: FrameType | None) -> None:
    """Whoever started us is gone: so are we, and npm and its children, which would go on."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
