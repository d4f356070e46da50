"""The ways in which one signs in, as tests of it need them."""

from collections.abc import Callable
from typing import Any

from jiema_app.settings import GeoSettings, LimitSettings, Settings

WAYS = ("google", "telegram", "widget")
PLENTY = 100_000
HOME = "/en/browse"


def settings_beside(sandbox_port: int) -> Settings:
    """Those of a shop whose providers are a sandbox of its own process."""
    return Settings(
        SANDBOX_PORT=sandbox_port,
        limits=LimitSettings(sign_ins_per_minute=PLENTY, anonymous_per_minute=PLENTY),
        geo=GeoSettings(trusted_proxies=("127.0.0.1/32",)),
    )


Open = Callable[..., Any]


def in_mode(settings: Settings, way: str) -> dict[str, Any]:
    """The changes that have a shop offer Telegram in a way."""
    mode = "widget" if way == "widget" else "oidc"
    return {"telegram": settings.telegram.model_copy(update={"login_mode": mode})}


def provider_of(way: str) -> str:
    return "telegram" if way == "widget" else way
