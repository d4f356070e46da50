"""Reporting bugs. Off unless ``SENTRY_DSN`` is set."""

from collections.abc import Callable
from typing import Any, Final

from jiema_app.observability.logs import hide_in_text
from jiema_app.settings import Settings

_reporters: Final[list[Callable[[BaseException], object]]] = []
"""Who is told of bugs."""

UNTOLD: Final = ("breadcrumbs", "extra", "logentry", "message", "user")
"""What led up to a bug: lines of libraries, addresses with their keys, statements."""


def _strip_request(event: Any, _hint: Any) -> Any:
    """Keep method and route only: headers hold keys, bodies hold what people typed."""
    for name in UNTOLD:
        event.pop(name, None)
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
    # 4 MB of each process, for nothing without an address.
    import sentry_sdk  # noqa: PLC0415
    from sentry_sdk.integrations.logging import LoggingIntegration  # noqa: PLC0415

    sentry_sdk.init(
        dsn=settings.sentry_dsn.get_secret_value(),
        environment=settings.env,
        server_name=process,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        # What a library logs is a line of our log, cleaned; here it would go out as it is.
        integrations=[LoggingIntegration(level=None, event_level=None)],
        # Else whoever we ask for something is told of us in headers of every request.
        trace_propagation_targets=[],
        before_send=_strip_request,
    )
    _reporters[:] = [sentry_sdk.capture_exception]


def report_bug(error: BaseException) -> None:
    """Report a bug that was caught at the edge of a process."""
    for report in _reporters:
        report(error)
