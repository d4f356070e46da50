"""Reporting bugs. Off unless ``SENTRY_DSN`` is set."""

from collections.abc import Callable
from typing import Any, Final

from jiema_app.observability.logs import hide_in_text
from jiema_app.settings import Settings

_reporters: Final[list[Callable[[BaseException], object]]] = []
"""Who is told of bugs."""


def _strip_request(event: Any, _hint: Any) -> Any:
    """Keep method and route only: headers hold keys, bodies hold what people typed."""
    request = event.get("request")
    if request:
        event["request"] = {
            "method": request.get("method"),
            "url": hide_in_text(request.get("url", "").split("?")[0]),
        }
    for value in (event.get("exception") or {}).get("values") or []:
        value["value"] = hide_in_text(str(value.get("value", "")))
    for frame in _frames(event):
        frame.pop("vars", None)
    return event


def _frames(event: Any) -> list[Any]:
    values = (event.get("exception") or {}).get("values") or []
    return [
        frame for value in values for frame in (value.get("stacktrace") or {}).get("frames", [])
    ]


def configure_error_reports(settings: Settings, process: str) -> None:
    """Start reporting bugs, when an address to report to is set."""
    if settings.sentry_dsn is None:
        return
    import sentry_sdk  # noqa: PLC0415 - 4 MB of each process, for nothing without an address

    sentry_sdk.init(
        dsn=settings.sentry_dsn.get_secret_value(),
        environment=settings.env,
        server_name=process,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=_strip_request,
    )
    _reporters[:] = [sentry_sdk.capture_exception]


def report_bug(error: BaseException) -> None:
    """Report a bug that was caught at the edge of a process."""
    for report in _reporters:
        report(error)
