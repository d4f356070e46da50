"""What serves and works holds no private key, and has no means to use one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from jiema_app.processes.supervisor import environment_of
from jiema_app.settings.recharges import SANDBOX_XPUB
from tests.support.loaded import ensure_not_loaded

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("jiema_app", "api_routes", "backend_jobs")
DERIVER = ROOT / "jiema_app" / "integrations" / "tron" / "deriver.py"

SIGNING = ("tronpy", "bip_utils", "coincurve", "ecdsa", "eth_keys", "mnemonic", "nacl")
KEY = re.compile(r"\bx(?:prv|pub)[1-9A-HJ-NP-Za-km-z]{40,}")
SECRET_NUMBER = re.compile(r"\b(?!0{8})[0-9a-f]{64}\b")
"""Not the ids of first blocks, which begin with zeros."""

PUBLIC_NUMBERS = {
    "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",  # the topic of Transfer
}


def sources() -> Iterator[tuple[Path, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


def test_the_source_holds_no_key_but_the_sandbox_s_public_one() -> None:
    for path, text in sources():
        assert set(KEY.findall(text)) <= {SANDBOX_XPUB}, path
        assert set(SECRET_NUMBER.findall(text)) <= PUBLIC_NUMBERS, path


def test_nothing_is_imported_behind_the_back_of_the_contracts() -> None:
    for path, text in sources():
        if "import_module" in text or "__import__" in text:
            assert not any(name in text for name in SIGNING), path


def test_addresses_are_derived_from_public_keys_alone() -> None:
    tree = ast.parse(DERIVER.read_text(encoding="utf-8"))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bip_utils")
        for alias in node.names
    }
    assert imported == {"Bip44", "Bip44Changes", "Bip44Coins", "Bip32KeyError"}
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert "FromExtendedKey" in used
    assert not {name for name in used if "Private" in name or "Seed" in name or "Sign" in name}


@pytest.mark.parametrize(
    "module", ["backend_jobs.__main__", "api_routes.app", "jiema_app.__main__"]
)
def test_what_can_sign_is_not_loaded_by(module: str) -> None:
    ensure_not_loaded("", module, {*SIGNING, "signer"})


def test_whoever_signs_loads_nothing_that_serves() -> None:
    serving = {"reflex", "fastapi", "starlette", "granian", "apscheduler", "sandbox", "api_routes"}
    ensure_not_loaded("", "signer.loop", serving)


def test_what_opens_the_keys_is_told_to_the_signer_alone() -> None:
    told = {"SIGNER_KEK": "secret", "SIGNER_KEK_FILE": "/etc/kek", "PATH": "/bin"}
    assert environment_of("signer", told) == told
    for other in ("web", "worker", "sandbox"):
        assert environment_of(other, told) == {"PATH": "/bin"}
