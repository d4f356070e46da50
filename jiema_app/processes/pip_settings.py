"""pip's configuration of this machine, handed over to uv, which reads none of it.

Where packages come from is the machine's business: a mirror, a proxy, a company's own
certificates. Whoever set pip up has set us up, or uv is not used.

The standard library alone: runs before there is a virtual environment.
"""

import ast
import os
import ssl
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

HARMLESS: Final = frozenset(
    {
        "cache-dir", "config-file", "debug", "disable-pip-version-check", "exists-action", "log", "no-color",
        "no-input", "no-python-version-warning", "no-warn-conflicts", "no-warn-script-location",
        "prefer-binary", "progress-bar", "quiet", "require-virtualenv", "root-user-action",
        "tools-cache-dir", "use-deprecated", "use-feature", "verbose", "compile", "no-compile", "break-system-packages",
    }
)  # fmt: skip
"""Settings that change nothing of what is installed, nor of where it comes from."""

LISTS: Final = {
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
}
WORDS: Final = {
    "index-url": "UV_DEFAULT_INDEX",
    "client-cert": "SSL_CLIENT_CERT",
    "cert": "SSL_CERT_FILE",
    "retries": "UV_HTTP_RETRIES",
    "timeout": "UV_HTTP_TIMEOUT",
    "keyring-provider": "UV_KEYRING_PROVIDER",
}
PROXIES: Final = (
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
)
CHOICES: Final = {
    "no-cache-dir": "--no-cache",
    "no-index": "--no-index",
    "require-hashes": "--require-hashes",
}
"""Settings that are either set or not, by uv's option."""
REPEATED: Final = {
    "constraint": ("--constraint", None),
    "only-binary": ("--only-binary", ","),
    "no-binary": ("--no-binary", ","),
}
OTHERWISE: Final = {"default-timeout": "timeout", "pypi-url": "index-url"}
"""Older names that pip still takes."""
KEYRINGS: Final = frozenset({"disabled", "subprocess"})


class NotForUv(RuntimeError):
    """pip is set up in a way that uv cannot follow; the message names the setting."""


def read(python: Path) -> dict[str, str]:
    """What pip would go by when it installs: files, then variables, the later the stronger."""
    command = [str(python), "-m", "pip", "config", "list"]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in told.stdout.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.partition(".")
        if section in found:
            found[section][OTHERWISE.get(key, key)] = str(ast.literal_eval(value))
    return {**found["global"], **found["install"], **found[":env:"]}


def for_uv(
    settings: Mapping[str, str], environment: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """The same for uv: options, and variables where an address may hold a password.

    Raises:
        NotForUv: There is no way to say it.
    """
    options: list[str] = []
    said = _certificates(environment)
    for key, value in settings.items():
        if key in HARMLESS:
            continue
        if key in WORDS:
            said[WORDS[key]] = value.strip()
        elif key in LISTS:
            name, between = LISTS[key]
            said[name] = _joined(key, value.split(), between)
        elif key in CHOICES:
            options += [CHOICES[key]] if _is_yes(value) else []
        elif key in REPEATED:
            option, between_them = REPEATED[key]
            options += [part for one in value.split(between_them) for part in (option, one.strip())]
        elif key == "proxy":
            address = value if "://" in value else f"http://{value}"
            said |= dict.fromkeys(PROXIES, address)
        else:
            raise NotForUv(key)
    if said.get("UV_KEYRING_PROVIDER", "disabled") not in KEYRINGS:
        raise NotForUv("keyring-provider")
    # To pip all indexes are one.
    return options, said | {"UV_INDEX_STRATEGY": "unsafe-best-match"}


def _certificates(environment: Mapping[str, str]) -> dict[str, str]:
    """Whom to trust when pip is not told: whom pip trusts then."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if environment.get(name) and Path(environment[name]).is_file():
            return {"SSL_CERT_FILE": environment[name]}
    known = ssl.get_default_verify_paths()
    # Without any, uv brings its own.
    return {"UV_SYSTEM_CERTS": "1"} if known.cafile or known.capath else {}


def _joined(key: str, values: list[str], between: str) -> str:
    if any(between in value for value in values):
        raise NotForUv(key)
    return between.join(values)


def _is_yes(value: str) -> bool:
    return value.strip().lower() in {"1", "true", "yes", "y", "on", "t"}


def environment_for_uv(said: Mapping[str, str]) -> dict[str, str]:
    """Ours, with what pip goes by; what somebody wrote for uv itself does not count."""
    return {
        **os.environ,
        **said,
        "UV_NO_CONFIG": "1",
        # An interpreter would come from outside the registries; ours is there.
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
        "NO_COLOR": "1",
    }
