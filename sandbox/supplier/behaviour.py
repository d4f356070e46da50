"""How the supplier behaves today: every switch a test or a person can set."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

Json = Any  # a decoded JSON value of any shape
DAY_S = 86_400
LATEST_UNIX_S = 32_503_680_000
"""The year 3000: the last moment a ban can end."""
Reader = Callable[[Json], Json]


class BehaviourError(ValueError):
    """A switch that does not exist, or a value it cannot take."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Current switches, with the defaults a person trying the shop is happy with."""

    dialect: str = "hero"
    """hero: HTTP statuses and JSON errors. legacy: 200 and text tokens."""
    sms_delay_seconds: tuple[float, float] | None = (3.0, 8.0)
    """Span after which a number receives its SMS; None for never. Fixed at purchase."""
    route_quality: bool = False
    """Whether it depends on the pair instead when a number receives its SMS, and if ever."""
    second_sms: bool = True
    """Whether another SMS arrives after setStatus 3."""
    duplicate_sms_rate: float = 0.0
    """Share of SMS that arrive twice, 0..1."""
    latency_ms: float = 0.0
    """Delay before every supplier answer, milliseconds."""
    min_cancel_seconds: float = 120.0
    """How old an activation must be before it can be cancelled."""
    window_seconds: float = 1200.0
    """Life of an activation. Fixed at purchase."""
    webhook_url: str | None = None
    """Where incoming SMS are POSTed; None for nowhere."""
    webhook_duplicates: float = 0.0
    """Share of webhooks sent twice although acknowledged, 0..1."""
    webhook_retry_seconds: float = 20.0
    """Pause between the attempts of one webhook (7 at most)."""
    rate_limit_per_second: float | None = None
    """Requests answered per second; the rest get 429. None for no limit."""
    channels_limit: int | None = None
    """Open activations allowed at once; None for no limit."""
    banned: dict[str, Json] | None = None
    """{"scope":"global"|"specific","service"?,"country"?,"until": unix} or None."""
    jitter: bool = True
    """Let ids, codes and flags flip between string and number, fixed per row."""
    status_v2_shape: str | None = None
    """new: data. old: sms and call. None: what the dialect does."""
    finished_status: str = "cancel"
    """getStatus after a finish: cancel (as documented) or ok (the last code)."""
    confirm_unread_code: bool = False
    """Refuse to finish once with NEW_OTP_RECEIVED while a code was never read."""
    refusals_at_200: bool = False
    """Answer every refusal with status 200, its body unchanged: some clients read no other."""


def _choice(*allowed: str | None) -> Reader:
    def read(value: Json) -> Json:
        if value not in allowed:
            options = ", ".join("null" if a is None else a for a in allowed)
            message = f"one of {options}"
            raise BehaviourError(message)
        return value

    return read


def _boolean(value: Json) -> bool:
    if not isinstance(value, bool):
        message = "true or false"
        raise BehaviourError(message)
    return value


def _number(low: float, high: float, *, optional: bool = False) -> Reader:
    def read(value: Json) -> float | None:
        if value is None and optional:
            return None
        valid = isinstance(value, int | float) and not isinstance(value, bool)
        if not valid or not low <= value <= high:
            message = f"a number from {low:g} to {high:g}"
            raise BehaviourError(message + (" or null" if optional else ""))
        return float(value)

    return read


def _delay(value: Json) -> tuple[float, float] | None:
    if value is None:
        return None
    pair = [value, value] if isinstance(value, int | float) else value
    message = "[min, max] in seconds, one number, or null for never"
    match pair:
        case [int() | float() as low, int() | float() as high]:
            if 0 <= low <= high <= DAY_S and bool not in {type(low), type(high)}:
                return float(low), float(high)
    raise BehaviourError(message)


def _url(value: Json) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not value.startswith(("http://", "https://")):
        message = "an http(s) URL or null"
        raise BehaviourError(message)
    return value


def _count(value: Json) -> int | None:
    limit = _number(0, 10**9, optional=True)(value)
    return None if limit is None else int(limit)


def _banned(value: Json) -> dict[str, Json] | None:
    match value:
        case None:
            return None
        case {"scope": "specific", "service": str(), "country": int(), **rest}:
            valid = set(rest) <= {"until"}
        case {"scope": "global", **rest}:
            valid = set(rest) <= {"until"}
        case _:
            valid = False
    if not valid:
        raise BehaviourError(
            '{"scope":"global"} or {"scope":"specific","service","country"}, '
            'each with "until" (unix seconds) or without, or null'
        )
    _number(0, LATEST_UNIX_S, optional=True)(value.get("until"))
    return dict(value)


_READERS: dict[str, tuple[str, Reader]] = {
    "smsDelaySeconds": ("sms_delay_seconds", _delay),
    "routeQuality": ("route_quality", _boolean),
    "dialect": ("dialect", _choice("hero", "legacy")),
    "latencyMs": ("latency_ms", _number(0, 600_000)),
    "minCancelSeconds": ("min_cancel_seconds", _number(0, DAY_S)),
    "windowSeconds": ("window_seconds", _number(0, 10**7)),
    "webhookUrl": ("webhook_url", _url),
    "webhookDuplicates": ("webhook_duplicates", _number(0, 1)),
    "webhookRetrySeconds": ("webhook_retry_seconds", _number(0, DAY_S)),
    "rateLimitPerSecond": ("rate_limit_per_second", _number(0, 10**6, optional=True)),
    "channelsLimit": ("channels_limit", _count),
    "banned": ("banned", _banned),
    "jitter": ("jitter", _boolean),
    "secondSms": ("second_sms", _boolean),
    "duplicateSmsRate": ("duplicate_sms_rate", _number(0, 1)),
    "statusV2Shape": ("status_v2_shape", _choice("new", "old", None)),
    "finishedStatus": ("finished_status", _choice("cancel", "ok")),
    "confirmUnreadCode": ("confirm_unread_code", _boolean),
    "refusalsAt200": ("refusals_at_200", _boolean),
}
BALANCE_KEY = "balanceUsd"
"""Accepted beside the switches; it sets the balance, which is not a switch."""
ALLOWED_KEYS = (*_READERS, BALANCE_KEY)

_PUBLIC = {field_name: key for key, (field_name, _) in _READERS.items()}


def apply_update(behaviour: Behaviour, update: dict[str, Json]) -> Behaviour:
    """Return the behaviour with some switches changed; nothing changes on error.

    Raises:
        BehaviourError: A key is unknown or a value does not fit; says what would.
    """
    changes: dict[str, Json] = {}
    for key, value in update.items():
        if key == BALANCE_KEY:
            continue
        if key not in _READERS:
            allowed = ", ".join(ALLOWED_KEYS)
            message = f"unknown key {key!r}; allowed keys: {allowed}"
            raise BehaviourError(message)
        name, read = _READERS[key]
        try:
            changes[name] = read(value)
        except BehaviourError as error:
            message = f"{key} must be {error}"
            raise BehaviourError(message) from None
    if "sms_delay_seconds" in changes:
        # Whoever says when an SMS comes means every number.
        changes.setdefault("route_quality", False)
    return replace(behaviour, **changes)


def to_json(behaviour: Behaviour) -> dict[str, Json]:
    """Return the switches under their public names."""
    return {_PUBLIC[f.name]: getattr(behaviour, f.name) for f in fields(behaviour)}
