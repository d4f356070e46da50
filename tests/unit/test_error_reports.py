"""What leaves us when a bug is reported: its trace, and nothing of what led up to it."""

import subprocess
import sys
from typing import Final

SECRETS: Final = ("482193", "+447700900123", "canary-key", "canary-statement")

BUG: Final = """
import logging
import sentry_sdk
from sentry_sdk.transport import Transport
from jiema_app.observability.errors import configure_error_reports, report_bug
from jiema_app.settings import Settings

class Sent(Transport):
    def capture_envelope(self, envelope):
        print(envelope.serialize().decode())

configure_error_reports(Settings(sentry_dsn="https://key@sentry.example/1"), "worker")
sentry_sdk.get_client().transport = Sent({})
print({}, sentry_sdk.get_client().options["trace_propagation_targets"])
logging.getLogger("of.a.library").error("GET /?api_key=canary-key: code 482193 to +447700900123")
sentry_sdk.add_breadcrumb(category="query", message="select canary-statement")
try:
    raise ValueError("api_key=canary-key of +447700900123")
except ValueError as error:
    report_bug(error)
"""


def test_a_report_says_nothing_of_what_led_up_to_the_bug() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BUG], capture_output=True, text=True, check=True, timeout=60
    )
    assert "ValueError" in done.stdout
    assert "{} []" in done.stdout
    assert [one for one in SECRETS if one in done.stdout] == []
