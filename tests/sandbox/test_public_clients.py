"""Published clients that we did not write, unmodified, against a live sandbox."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmsactivate import SmsActivate
from aiosmsactivate.exceptions import SmsActivateException
from aiosmsactivate.models import SetActivationStatusResponse
from aiosmsactivate.types import ActivationStatus
from herosms import HeroSMSClient
from herosms.exceptions import (
    ActivationNotFoundError,
    APIError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    InsufficientFundsError,
)

from sandbox.settings import DEFAULT_SUPPLIER_KEY as KEY
from tests.support.polling import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]


def hero(live: Any, key: str = KEY) -> HeroSMSClient:
    return HeroSMSClient(
        key, base_url=live.handler_url, retry_attempts=1, poll_interval=0.05, cache_ttl=0
    )


async def test_herosms_reads_the_catalogue(live: Any) -> None:
    async with hero(live) as client:
        assert (await client.get_balance()).amount == 1_000_000
        countries = {c.id: c for c in await client.get_countries()}
        assert (countries[0].name, countries[187].name) == ("Russia", "USA")
        # Its model reader expects a bare list here, which neither dialect sends.
        services = await client.get_services(response_format="json")
        assert {"code": "tg", "name": "Telegram"} in services["services"]
        assert "telkomsel" in (await client.get_operators(country=6))["6"]
        prices = await client.get_prices(service="tg", country=6)
        assert prices["6"]["tg"].count > 0
        assert len(await client.get_top_countries(service="tg", free_price=True)) > 100


async def test_herosms_buys_waits_asks_again_and_finishes(live: Any) -> None:
    shop = live.keeper()
    # This client knows the older shape of getStatusV2 only.
    await shop.behave(smsDelaySeconds=[0.1, 0.2], statusV2Shape="old")
    async with hero(live) as client:
        activation = await client.activations.create(service="tg", country=6)
        assert activation.phone.startswith("+62")
        first = await activation.wait_for_sms(timeout=20)
        assert first.code is not None
        await activation.request_sms()
        assert await client.get_status_v1(activation.id) == f"STATUS_WAIT_RETRY:{first.code}"
        await shop.sms(activation.id, "Another one: 60504")
        assert (await activation.get_all_sms())[-1].code == "60504"
        await activation.complete()
        assert await client.get_status_v1(activation.id) == "STATUS_CANCEL"
    await shop.http.aclose()


async def test_herosms_lists_cancels_and_understands_refusals(live: Any) -> None:
    shop = live.keeper()
    # Its models of list rows take text only, as of the wire's stricter days.
    await shop.behave(smsDelaySeconds=None, jitter=False)
    async with hero(live) as client:
        activation = await client.activations.create(service="wa", country=0)
        (row,) = await client.get_active_activations()
        assert (row.activation_id, row.service_code) == (activation.id, "wa")
        (past,) = await client.get_history()
        assert past.phone == activation.phone_number
        with pytest.raises(ConflictError) as refused:
            await client.activations.cancel(activation.id)
        assert refused.value.title == "EARLY_CANCEL_DENIED"
        await shop.advance(121)
        await client.activations.cancel(activation.id)
        assert await client.get_active_activations() == []
        with pytest.raises(ActivationNotFoundError):
            await client.activations.finish(1)
        with pytest.raises(BadRequestError):
            await client.activations.get_sms("abc")
        # It asks again by getNumber whenever getNumberV2 is refused.
        refusal = await client.activations.create(
            service="tg", country=99999, response_format="raw"
        )
        assert refusal == "UNPROCESSABLE_ENTITY:country:INVALID"
        await shop.behave(balanceUsd=0)
        with pytest.raises(InsufficientFundsError):
            await client.activations.create(service="tg", country=6)
        await shop.fault("*", "http429", count=1)
        with pytest.raises(APIError) as limited:
            await client.get_balance()
        assert limited.value.status_code == 429
    async with hero(live, "wrong") as stranger:
        with pytest.raises(AuthenticationError):
            await stranger.get_balance()
    await shop.http.aclose()


async def test_aiosmsactivate_speaks_the_legacy_dialect(live: Any) -> None:
    shop = live.keeper()
    await shop.behave(dialect="legacy", smsDelaySeconds=None, minCancelSeconds=0)
    client = SmsActivate(KEY, base_url=live.handler_url)
    assert await client.get_balance() == 1_000_000
    assert "tg" in await client.get_count_numbers("6", "any")
    assert "6" in (await client.get_operators("6"))["countryOperators"]
    assert "0" in await client.get_countries()

    number = await client.purchase("tg", country=0, orderId="7")
    assert number.phone_number.startswith("79")
    with pytest.raises(SmsActivateException) as twice:
        await client.purchase("tg", country=0, orderId="7")
    assert twice.value.code == "ORDER_ALREADY_EXISTS"
    waiting = await client.get_activation_status_v1(str(number.activation_id))
    assert waiting == (ActivationStatus.WAIT, None)
    ready = await client.set_activation_status(number.activation_id, 1)
    assert ready is SetActivationStatusResponse.READY
    await shop.sms(number.activation_id, "Telegram code: 51423")
    received = await client.get_activation_status(number)
    assert (received.sms.code, received.sms.text) == ("51423", "Telegram code: 51423")
    assert len((await client.get_active_activations())["activeActivations"]) == 1
    again = await client.set_activation_status(number.activation_id, 3)
    assert again is SetActivationStatusResponse.RETRY_GET
    retry = await client.get_activation_status_v1(str(number.activation_id))
    assert retry == (ActivationStatus.RETRY, "51423")
    done = await client.set_activation_status(number.activation_id, 6)
    assert done is SetActivationStatusResponse.ACTIVATED

    other = await client.purchase("wa", country=0)
    cancelled = await client.set_activation_status(other.activation_id, 8)
    assert cancelled is SetActivationStatusResponse.CANCEL
    for code, call in (
        ("NO_ACTIVATIONS", client.get_active_activations()),
        ("NO_ACTIVATION", client.get_activation_status("1")),
        ("BAD_SERVICE", client.purchase("zzzz", country=0)),
        ("NO_NUMBERS", client.purchase("full", country=0)),
        ("WRONG_MAX_PRICE", client.purchase("tg", country=0, maxPrice=0.001)),
    ):
        with pytest.raises(SmsActivateException) as refused:
            await call
        assert refused.value.code == code
    with pytest.raises(SmsActivateException) as stranger:
        await SmsActivate("wrong", base_url=live.handler_url).get_balance()
    assert stranger.value.code == "BAD_KEY"
    await shop.http.aclose()


@pytest.fixture(scope="session")
def npm_client() -> Iterator[Path]:
    """The npm client, installed from its lock file into the data directory's cache."""
    here = Path(__file__).with_name("npm_client")
    cache = Path(os.environ.get("JIEMA_DATA_DIR") or ROOT / ".data") / "cache"
    target = cache / f"sandbox_npm_client-{os.getpid()}"
    target.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "drive.cjs"):
        shutil.copy(here / name, target / name)
    done = subprocess.run(
        [_tool("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=target,
        env=_node_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"npm ci failed:\n{done.stdout}\n{done.stderr}"
    yield target
    shutil.rmtree(target)


def _tool(name: str) -> str:
    """Prefer the Node that the requirements bring along."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    assert found, f"{name} is needed for this test"
    return found


def _node_environment() -> dict[str, str]:
    folder = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}


def test_the_npm_client_walks_through_a_purchase(live: Any, npm_client: Path) -> None:
    switches = {"smsDelaySeconds": None, "minCancelSeconds": 0}
    httpx.post(
        f"{live.url}/control/supplier/behaviour", json=switches, timeout=PATIENCE_S
    ).raise_for_status()
    done = subprocess.run(
        [_tool("node"), "drive.cjs", live.handler_url, KEY],
        cwd=npm_client,
        env=_node_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["balance"] == 1_000_000
    assert seen["countries"] > 200
    assert seen["services"] > 2000
    assert "telkomsel" in seen["operators"]
    assert seen["price"]["count"] > 0
    assert seen["top"] > 100
    assert seen["waiting"] == "STATUS_WAIT_CODE"
    assert seen["listed"] == 1
    assert (seen["cancelled"], seen["afterCancel"]) == ("ACCESS_CANCEL", "STATUS_CANCEL")
    assert seen["phone"].startswith("79")
    assert seen["sent"] == 200
    assert seen["received"] == {"status": "STATUS_OK", "code": "482913"}
    assert seen["messages"] == ["482913"]
    assert seen["again"] == "ACCESS_RETRY_GET"
    assert seen["retry"] == {"status": "STATUS_WAIT_RETRY", "code": "482913"}
    assert seen["secondCode"] == "5501"
    assert seen["history"] == 2
    assert (seen["noNumbers"], seen["badKey"]) == ("NoNumbersError", "BAD_KEY")
    assert seen["refusedAt200"] == [
        ["EarlyCancelError", "EARLY_CANCEL_DENIED"],
        ["AuthenticationError", "BAD_KEY"],
        ["WrongMaxPriceError", "WRONG_MAX_PRICE"],
    ]
