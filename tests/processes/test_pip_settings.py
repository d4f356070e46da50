"""Where this machine's packages come from: as pip is told, so uv is told."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jiema_app.processes.pip_settings import NotForUv, for_uv, read


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine sets for pip is not what is asked about."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)


MIRROR = "https://buyer:s3cret@mirror.example/simple"


def test_pip_tells_what_its_files_and_variables_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "pip.conf"
    file.write_text(
        f"[global]\nindex-url = {MIRROR}\ntimeout = 7\n[install]\ntimeout = 8\n"
        "find-links =\n    /srv/one\n    /srv/two\n[download]\nindex-url = https://other.example\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    monkeypatch.setenv("PIP_TRUSTED_HOST", "mirror.example")
    told = read(Path(sys.executable))
    assert told["index-url"] == MIRROR
    assert told["timeout"] == "8"
    assert told["find-links"].split() == ["/srv/one", "/srv/two"]
    assert told["trusted-host"] == "mirror.example"


def test_a_variable_is_stronger_than_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "pip.conf"
    file.write_text("[install]\nindex-url = https://weaker.example\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    monkeypatch.setenv("PIP_INDEX_URL", MIRROR)
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "180")
    assert read(Path(sys.executable))["timeout"] == "180"
    assert read(Path(sys.executable))["index-url"] == MIRROR


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("index-url", MIRROR, {"UV_DEFAULT_INDEX": MIRROR}),
        ("extra-index-url", "https://a/s\nfile:///b", {"UV_INDEX": "https://a/s file:///b"}),
        ("find-links", "/srv/one /srv/two", {"UV_FIND_LINKS": "/srv/one,/srv/two"}),
        ("trusted-host", "a:80 b", {"UV_INSECURE_HOST": "a:80 b"}),
        ("cert", "/etc/own.pem", {"SSL_CERT_FILE": "/etc/own.pem"}),
        ("client-cert", "/etc/me.pem", {"SSL_CLIENT_CERT": "/etc/me.pem"}),
        ("timeout", "180", {"UV_HTTP_TIMEOUT": "180"}),
        ("retries", "3", {"UV_HTTP_RETRIES": "3"}),
        ("proxy", "u:p@proxy:3128", {"https_proxy": "http://u:p@proxy:3128"}),
        ("proxy", "https://proxy", {"HTTPS_PROXY": "https://proxy", "ALL_PROXY": "https://proxy"}),
        ("keyring-provider", "subprocess", {"UV_KEYRING_PROVIDER": "subprocess"}),
    ],
)
def test_what_may_hold_a_password_is_said_in_variables(
    setting: str, value: str, said: dict[str, str]
) -> None:
    options, variables = for_uv({setting: value}, {})
    assert options == []
    assert said.items() <= variables.items()


@pytest.mark.parametrize(
    ("setting", "value", "options"),
    [
        ("no-index", "true", ["--no-index"]),
        ("no-index", "false", []),
        ("no-cache-dir", "1", ["--no-cache"]),
        ("require-hashes", "yes", ["--require-hashes"]),
        ("constraint", "/etc/a.txt /etc/b.txt",
         ["--constraint", "/etc/a.txt", "--constraint", "/etc/b.txt"]),
        ("only-binary", ":all:", ["--only-binary", ":all:"]),
        ("no-binary", "one,two", ["--no-binary", "one", "--no-binary", "two"]),
        ("progress-bar", "off", []),
    ],
)  # fmt: skip
def test_the_rest_is_said_in_options(setting: str, value: str, options: list[str]) -> None:
    assert for_uv({setting: value}, {})[0] == options


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("target", "/srv/elsewhere"),
        ("platform", "any"),
        ("something-of-a-later-pip", "1"),
        ("keyring-provider", "import"),
        ("find-links", "https://host/a,b"),
    ],
)
def test_what_uv_cannot_follow_is_left_to_pip(setting: str, value: str) -> None:
    with pytest.raises(NotForUv, match=setting):
        for_uv({setting: value}, {})


def test_certificates_of_the_environment_count_as_they_do_for_pip(tmp_path: Path) -> None:
    bundle = tmp_path / "own.pem"
    bundle.touch()
    environment = {"REQUESTS_CA_BUNDLE": str(bundle)}
    assert for_uv({}, environment)[1]["SSL_CERT_FILE"] == str(bundle)
    # What pip itself is told is stronger.
    assert for_uv({"cert": "/etc/pip.pem"}, environment)[1]["SSL_CERT_FILE"] == "/etc/pip.pem"


def test_every_index_counts_alike_as_it_does_for_pip() -> None:
    assert for_uv({}, {})[1]["UV_INDEX_STRATEGY"] == "unsafe-best-match"


def test_nothing_of_it_needs_more_than_the_standard_library() -> None:
    """All of it runs before anything is installed."""
    modules = ("install", "installers", "page_packages", "pip_settings", "progress")
    names = ", ".join(f"jiema_app.processes.{name}" for name in modules)
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-I", "-S", "-c",
                    f"import sys; sys.path.insert(0, {str(root)!r}); import {names}"], check=True)  # fmt: skip
