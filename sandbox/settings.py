"""Where the sandbox reads its environment; nothing else in the package does."""

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_SEED = 20_261_120
DEFAULT_SUPPLIER_KEY = "sandbox-supplier-key"
DEFAULT_PORT = 8090
DEFAULT_SHOP_PORT = 8000
DEFAULT_SOLID_LAG = 2
"""18 on the real network; a person who tries it shall not wait a minute."""


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Everything that is chosen once, at the start of the process."""

    data_dir: Path | None = None
    """Where state is journaled; None keeps it in memory only."""
    seed: int = DEFAULT_SEED
    """Same seed, same prices, stock, phone numbers and codes."""
    supplier_key: str = DEFAULT_SUPPLIER_KEY
    """The only API key the supplier accepts."""
    webhook_url: str | None = None
    """Where incoming SMS are announced until a behaviour call says otherwise."""
    port: int = DEFAULT_PORT
    """TCP port on 127.0.0.1."""
    solid_lag: int = DEFAULT_SOLID_LAG
    """Blocks after which one is final on the chain, until a behaviour call says otherwise."""
    route_quality: bool = False
    """Whether some pairs do better than others, until a behaviour call says otherwise."""
    mini_app_url: str = "http://localhost:8000/tg"
    """Where the Mini App is, until a button of the bot names another place."""
    served: bool = False
    """True behind a real socket, where a dropped connection can really be dropped."""


def from_environment() -> SandboxSettings:
    """Read SANDBOX_PORT, SANDBOX_SUPPLIER_KEY, SANDBOX_WEBHOOK_URL, JIEMA_DATA_DIR and more.

    Raises:
        SystemExit: SANDBOX_PORT, SANDBOX_SEED, SANDBOX_SOLID_LAG or PORT is not a number.
    """
    return SandboxSettings(
        data_dir=Path(os.environ.get("JIEMA_DATA_DIR") or ".data") / "sandbox",
        seed=_integer("SANDBOX_SEED", DEFAULT_SEED),
        supplier_key=os.environ.get("SANDBOX_SUPPLIER_KEY") or DEFAULT_SUPPLIER_KEY,
        webhook_url=os.environ.get("SANDBOX_WEBHOOK_URL") or None,
        port=_integer("SANDBOX_PORT", DEFAULT_PORT),
        solid_lag=_integer("SANDBOX_SOLID_LAG", DEFAULT_SOLID_LAG),
        route_quality=(os.environ.get("SANDBOX_ROUTE_QUALITY") or "1") != "0",
        mini_app_url=f"http://localhost:{_integer('PORT', DEFAULT_SHOP_PORT)}/tg",
        served=True,
    )


def _integer(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    try:
        return int(text)
    except ValueError:
        message = f"{name} must be a whole number, not {text!r}"
        raise SystemExit(message) from None
