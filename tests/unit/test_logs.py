"""What must not be in the logs is not, whichever way it is handed to them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.account_keys import XPRV, XPUB
from tests.support.polling import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]

KEY = "jm_" + "Canary0Key-_" * 3 + "abcdefg"
PHONE = "+60123456789"
BOT = "AAHunterTwo_Hunter-Two-Hunter-Two00"
CANARIES = (KEY, "0Key", BOT, "aHVudGVyMg", "12-345", "345.6", "67 89", PHONE, "123456789", "sing a secret", "supplier-secret", "hunter2",
            "203.0.113.7", XPUB[:60], XPRV[:60])  # fmt: skip

SPEAK = f"""
import json, logging, structlog
from jiema_app.observability.logs import configure_logs
configure_logs(form=FORM, level="INFO", process="test")
log = structlog.get_logger()
log.info("order placed", order="corder", phone="{PHONE}", sms="sing a secret", count=3)
log.info("a key {KEY} and a number {PHONE} in the words")
log.info("by name", token="hunter2", Authorization="hunter2", API_KEY="hunter2", body="hunter2")
log.info("called", url="https://x.example/?api_key=supplier-secret&action=getNumberV2")
log.info("heard", path="/webhooks/supplier/supplier-secret", url="https://x.example/webhooks/supplier/supplier-secret?a=1")
log.info("headers", header="Authorization: Bearer supplier-secret", other="ApiKey supplier-secret")
log.info("nested", details={{"phone": "{PHONE}", "inner": ["{KEY}", {{"sms": "sing a secret"}}]}})
log.info("camel", smsBody="sing a secret", apiKey="hunter2", sms_text="sing a secret")
log.info("a tuple", pair=("{KEY}", "{PHONE}"))
log.info("bytes", raw=b"{KEY}")
log.info("account {XPUB}, and {XPRV}", xpub="hunter2", headers={{"TRON-PRO-API-KEY": "hunter2"}}, seed="hunter2")
try:
    raise ValueError("bad key {KEY} for {PHONE}")
except ValueError:
    log.exception("it failed", order="corder")
    logging.getLogger("some.library").exception("it failed too")
logging.getLogger("some.library").warning("sent %s to %s", "{KEY}", "{PHONE}")
event = "Event(name='state.no_such', router_data={{'ip': '203.0.113.7'}}, payload={{'q': 'hunter2'}})"
logging.getLogger("reflex_base.event").error("Error processing event queue entry for " + event)
logging.getLogger("reflex.app").warning("Received event from s1 with no token. Event data: hunter2\\nhunter2")
logging.getLogger("reflex.app").error("Failed to deserialize event data: {{'name': 'hunter2'}}.")
logging.getLogger("some.library").error("GET https://x.example/?api_key=supplier-secret")
log.info("printed " + repr({{"api_key": "hunter2 hunter2", "phone": "123456789", "text": "sing a secret"}}))
log.info("printed " + json.dumps(json.dumps({{"api-key": "hunter2", "smsText": "sing a secret"}})))
log.info("printed Session(sid='hunter2', token=\\"hunter2\\")")
log.info("asked https://me:hunter2@x.example/ and redis://:hunter2@x.example:6379/0")
log.info("header Authorization: Basic aHVudGVyMg==, authorization: bearer hunter2, X-API-Key:hunter2")
log.info("asked /callback?token%3Dhunter2, state=hunter2&code_verifier=hunter2&client_secret= hunter2")
log.info("by other names", client_secret="hunter2", sessionToken="hunter2", tokens=["hunter2"])
log.info("call %2B60123456789 or \uff0b60123456789", sms_history="sing a secret")
log.info("asked https://api.telegram.org/bot123456789:{BOT}/getMe")
log.info("call +60 12-345 67 89, +60 (12) 345.6789")
"""


def speak(form: str) -> str:
    """All that a process writes which logs secrets in every way it can."""
    done = subprocess.run(
        [sys.executable, "-c", SPEAK.replace("FORM", repr(form))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    assert done.stdout == ""
    return done.stderr


@pytest.fixture(scope="module")
def json_lines() -> str:
    return speak("json")


@pytest.fixture(scope="module")
def console() -> str:
    return speak("console")


@pytest.mark.parametrize("canary", CANARIES)
def test_no_secret_reaches_the_json_logs(json_lines: str, canary: str) -> None:
    assert canary not in json_lines


@pytest.mark.parametrize("canary", CANARIES)
def test_no_secret_reaches_the_console(console: str, canary: str) -> None:
    assert canary not in console


def test_what_is_no_secret_is_written(json_lines: str) -> None:
    first = json.loads(json_lines.splitlines()[0])
    assert first["event"] == "order placed"
    assert (first["order"], first["count"], first["process"]) == ("corder", 3, "test")
    assert first["level"] == "info"
    assert "getNumberV2" in json_lines
    assert "ValueError" in json_lines


def test_a_number_keeps_enough_to_be_told_apart(json_lines: str) -> None:
    assert "+6012" in json_lines


def test_every_line_is_one_json_object(json_lines: str) -> None:
    for line in json_lines.splitlines():
        assert isinstance(json.loads(line), dict)


def test_chatty_libraries_are_quiet() -> None:
    script = (
        "import logging\n"
        "from jiema_app.observability.logs import configure_logs\n"
        "configure_logs(form='json', level='INFO', process='test')\n"
        "logging.getLogger('httpx').info('GET https://x.example/?api_key=supplier-secret')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
