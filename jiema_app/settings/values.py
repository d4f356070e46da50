"""What the values of settings may be, by what they mean.

A refusal says what is expected and does not quote what was set: it may be a secret that was
put into the wrong variable.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import NoDecode

from jiema_app.settings.countries import known_countries
from jiema_app.settings.forms import CommaList

DAY_S: Final = 86_400
SECRET_MAX: Final = 512
HOST_MAX: Final = 253

LOCAL_ENDINGS: Final = (".localhost", ".local", ".internal", ".lan", ".test", ".home.arpa")
"""Names that no public server answers for."""

_HOST: Final = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\.?")
_NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$"
_HANDLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_CHAT: Final = re.compile(r"-[0-9]{5,16}|@[A-Za-z][A-Za-z0-9_]{3,31}")
_WEBHOOK_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_PATH_PART: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")
_BOT_TOKEN: Final = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{20,100}")


def _parts(text: str) -> SplitResult | None:
    """An address taken apart; None when it is none."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts if text.isascii() and not any(char.isspace() for char in text) else None


def _is_host(name: str | None) -> bool:
    if name is None or len(name) > HOST_MAX:
        return False
    try:
        ip_address(name)
    except ValueError:
        # The last part of a name is not a number: 127.1 and 10.0.0.256 are slips of the pen.
        last = name.rstrip(".").rpartition(".")[2]
        return _HOST.fullmatch(name) is not None and not last.isdigit()
    return True


def _origin(text: str) -> str:
    parts = _parts(text)
    if parts is None or parts.scheme not in {"http", "https"} or not _is_host(parts.hostname):
        raise ValueError("must be an origin: http or https, a host, and a port if need be")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("must be an origin: no path, no query, no name or password")
    return text


def _web_address(text: str) -> str:
    parts = _parts(text)
    if parts is None or parts.scheme not in {"http", "https"} or not _is_host(parts.hostname):
        raise ValueError("must be an address: http or https, and a host")
    if parts.query or parts.fragment:
        raise ValueError("must be an address without a query")
    return text


def _server_address(*schemes: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        parts = _parts(text)
        if parts is None or parts.scheme not in schemes:
            raise ValueError(f"must be an address that begins with {schemes[0]}://")
        if not (parts.netloc or parts.path.strip("/") or parts.query):
            raise ValueError("must name a server")
        return text

    return check


def _hidden(check: Callable[[str], str]) -> Callable[[SecretStr], SecretStr]:
    """The same check of what is not shown."""

    def check_hidden(secret: SecretStr) -> SecretStr:
        check(secret.get_secret_value())
        return secret

    return check_hidden


def _report_address(secret: SecretStr) -> SecretStr:
    parts = _parts(secret.get_secret_value())
    is_whole = parts is not None and parts.username and parts.path.strip("/")
    if parts is None or not is_whole or parts.scheme not in {"http", "https"}:
        raise ValueError("must be a DSN: https://key@host/project")
    return secret


def _networks(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values:
        raise ValueError("must name at least one network")
    for value in values:
        try:
            ip_network(value)
        except ValueError:
            raise ValueError(
                "must be a comma list of networks such as 10.0.0.0/8 or 2001:db8::/32, "
                "each with nothing behind its prefix"
            ) from None
    return values


def _proxies(values: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if values is None or values == ("none",):
        return values
    if any(ip_network(value).prefixlen == 0 for value in _networks(values)):
        raise ValueError("believes everybody: anyone could claim any address")
    return values


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("must be a time zone such as UTC or Europe/Moscow") from None
    return name


def _handle(name: str) -> str:
    if _HANDLE.fullmatch(name) is None:
        raise ValueError("must be a name on Telegram without the @: letters, digits, underscores")
    return name


def _sendable(secret: SecretStr) -> SecretStr:
    value = secret.get_secret_value()
    if not (value.isascii() and value.isprintable() and 1 <= len(value) <= SECRET_MAX):
        raise ValueError(f"must be 1 to {SECRET_MAX} printable ASCII characters")
    return secret


def _bearer(secret: SecretStr) -> SecretStr:
    if " " in _sendable(secret).get_secret_value():
        raise ValueError("must have no spaces: it is sent in a header")
    return secret


def _path_part(secret: SecretStr) -> SecretStr:
    if _PATH_PART.fullmatch(secret.get_secret_value()) is None:
        raise ValueError("must be one part of a path: letters, digits, - and _, at most 128")
    return secret


def _bot_token(secret: SecretStr) -> SecretStr:
    if _BOT_TOKEN.fullmatch(secret.get_secret_value()) is None:
        raise ValueError("must be a bot's token: its number, a colon, and its secret")
    return secret


def _chat(name: str) -> str:
    if _CHAT.fullmatch(name) is None:
        raise ValueError("must be a chat's number, which begins with a minus sign, or its @name")
    return name


def _webhook_secret(secret: SecretStr) -> SecretStr:
    if _WEBHOOK_SECRET.fullmatch(secret.get_secret_value()) is None:
        raise ValueError("must be letters, digits, - and _, at most 256: Telegram takes no others")
    return secret


def _file(path: Path | None) -> Path | None:
    if path is not None and not path.is_file():
        raise ValueError("there is no such file")
    return path


def _folder(path: Path) -> Path:
    if path.exists() and not path.is_dir():
        raise ValueError("must be a folder")
    return path


Port = Annotated[int, Field(ge=1, le=65_535)]
Count = Annotated[int, Field(ge=1, le=100_000_000)]
"""Of what somebody may do or have."""
Patience = Annotated[float, Field(ge=0.01, le=3600)]
"""Seconds to wait for an answer. Less than a millisecond would be no limit to PostgreSQL."""
Pace = Annotated[float, Field(ge=0, le=10_000)]
"""Requests a second; 0 is none."""
Usdt = Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=6)]
Cents = Annotated[Decimal, Field(ge=Decimal("0.01"), le=1_000_000, decimal_places=2)]
"""USDT that people are asked to pay."""

Name = Annotated[str, Field(pattern=_NAME)]
ClientId = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,256}$")]
BotNumber = Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]
Handle = Annotated[str, AfterValidator(_handle)]
ChatName = Annotated[str, AfterValidator(_chat)]
Zone = Annotated[str, AfterValidator(_zone)]

Origin = Annotated[str, AfterValidator(_origin)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
NodeAddress = Annotated[SecretStr, AfterValidator(_hidden(_web_address))]
"""Some carry a key in their path, or a name and a password."""
DatabaseAddress = Annotated[
    SecretStr, AfterValidator(_hidden(_server_address("postgresql", "postgres")))
]
RedisAddress = Annotated[SecretStr, AfterValidator(_hidden(_server_address("redis", "rediss")))]

Networks = Annotated[CommaList, AfterValidator(_networks)]
Proxies = Annotated[CommaList | None, NoDecode, AfterValidator(_proxies)]
Countries = Annotated[CommaList, AfterValidator(known_countries)]

Secret = Annotated[SecretStr, AfterValidator(_sendable)]
Bearer = Annotated[SecretStr, AfterValidator(_bearer)]
PathPart = Annotated[SecretStr, AfterValidator(_path_part)]
BotToken = Annotated[SecretStr, AfterValidator(_bot_token)]
WebhookSecret = Annotated[SecretStr, AfterValidator(_webhook_secret)]
ReportAddress = Annotated[SecretStr, AfterValidator(_report_address)]

DataFile = Annotated[Path | None, AfterValidator(_file)]
Folder = Annotated[Path, AfterValidator(_folder)]


def is_public(url: str) -> bool:
    """Whether an address is one of the Internet's, and not of this machine or a network of ours."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(LOCAL_ENDINGS)


def is_secure(url: str) -> bool:
    """Whether nobody on the way can read what is sent to an address."""
    return urlsplit(url).scheme == "https"
