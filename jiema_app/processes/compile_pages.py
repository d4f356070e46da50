"""Have Reflex build the pages. Runs as a process of its own, in the checkout.

``reflex export`` would do, but its set-up also rewrites .gitignore and asks the network
for newer versions; these are the parts of it that build.
"""

import os
import shutil
import signal
from types import FrameType

from reflex.utils import export, prerequisites
from reflex_base.constants import CompileContext, Env
from reflex_base.environment import environment

from jiema_app.processes import page_packages
from jiema_app.processes.built_files import tidy_package_file
from jiema_app.processes.paths import ROOT, WORKSHOP


def main() -> None:
    """Build into ``REFLEX_WEB_WORKDIR``."""
    signal.signal(signal.SIGTERM, _end_all)
    if page_packages.UNFINISHED.exists():
        shutil.rmtree(WORKSHOP, ignore_errors=True)
    page_packages.UNFINISHED.touch()
    environment.REFLEX_COMPILE_CONTEXT.set(CompileContext.EXPORT)
    environment.REFLEX_SSR.set(True)
    try:
        if prerequisites.needs_reinit():
            prerequisites.initialize_reflex_user_directory()
            prerequisites.initialize_frontend_dependencies()
        page_packages.move_in()
        export.export(zipping=False, frontend=True, backend=False, env=Env.PROD)
    finally:
        tidy_package_file(ROOT / "reflex.lock" / "package.json")
        page_packages.UNFINISHED.unlink()


def _end_all(_number: int, _frame: FrameType | None) -> None:
    """Whoever started us is gone: so are we, and npm and its children, which would go on."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main()
