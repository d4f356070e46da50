"""The providers of identities: strict where the real ones are, and it all survives."""

import base64
import hashlib
import html
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import jwt
import pytest

from sandbox.app import create_app
from sandbox.settings import SandboxSettings
from tests.sandbox.conftest import LiveSandbox, shopkeeper

VERIFIER = "v" * 43
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
)
CLIENTS = {
    "google": ("sandbox-google-client", "sandbox-google-secret"),
    "telegram": ("123456789", "sandbox-telegram-secret"),
}
BOTH = pytest.mark.parametrize("provider", ["google", "telegram"])


class Client:
    """A relying party that does what a test says."""

    def __init__(self, http: httpx.AsyncClient, provider: str) -> None:
        self.http, self.provider = http, provider
        self.client, self.secret = CLIENTS[provider]
        self.callback = f"http://localhost:8000/api/auth/{provider}/callback"

    async def metadata(self) -> Any:
        address = f"/{self.provider}/.well-known/openid-configuration"
        return (await self.http.get(address)).raise_for_status().json()

    async def ask(self, **changes: str) -> httpx.Response:
        fields = {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": self.callback,
            "scope": "openid profile",
            "state": "s",
            "nonce": "n",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        kept = {name: value for name, value in fields.items() if value}
        page = urlsplit((await self.metadata())["authorization_endpoint"]).path
        return await self.http.get(f"{page}?{urlencode(kept)}")

    async def choose(self, person: str = "new", **changes: str) -> dict[str, str]:
        shown = await self.ask(**changes)
        assert shown.status_code == 200, shown.text
        hidden = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', shown.text)
        fields = {name: html.unescape(value) for name, value in hidden}
        answer = await self.http.post(shown.url.path, data={**fields, "person": person})
        assert answer.status_code == 303, answer.text
        assert answer.headers["location"].startswith(self.callback)
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))

    async def trade(self, code: str, *, basic: bool = True, **changes: Any) -> httpx.Response:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback,
            "code_verifier": VERIFIER,
            **changes,
        }
        endpoint = urlsplit((await self.metadata())["token_endpoint"]).path
        if basic:
            return await self.http.post(endpoint, data=fields, auth=(self.client, self.secret))
        secret = {"client_id": self.client, "client_secret": self.secret}
        return await self.http.post(endpoint, data={**fields, **secret})

    async def claims(self, token: str) -> dict[str, Any]:
        """The token's claims, checked by PyJWT with the published key."""
        about = await self.metadata()
        keys = (await self.http.get(urlsplit(about["jwks_uri"]).path)).json()["keys"]
        return jwt.decode(
            token,
            jwt.PyJWK(keys[0]),
            algorithms=["RS256"],
            audience=self.client,
            issuer=about["issuer"],
        )


@pytest.fixture
def client(shop: Any, provider: str) -> Client:
    return Client(shop.http, provider)


@BOTH
async def test_a_person_is_vouched_for(client: Client, provider: str) -> None:
    answer = await client.trade((await client.choose())["code"])
    assert answer.status_code == 200, answer.text
    claims = await client.claims(answer.json()["id_token"])
    if provider == "google":
        assert set(claims) == {"iss", "aud", "sub", "iat", "exp", "at_hash", "nonce"}
        assert claims["nonce"] == "n"
        assert re.fullmatch(r"\d{21}", claims["sub"])
    else:
        assert "nonce" not in claims
        assert re.fullmatch(r"\d{19}", claims["sub"])
        assert isinstance(claims["id"], int)
        assert str(claims["id"]) != claims["sub"]


@pytest.mark.parametrize("provider", ["telegram"])
async def test_telegram_s_numeric_id_comes_with_the_profile(client: Client) -> None:
    answer = await client.trade((await client.choose(scope="openid"))["code"])
    assert "id" not in await client.claims(answer.json()["id_token"])
    assert "userinfo_endpoint" not in await client.metadata()


@BOTH
async def test_a_code_is_worth_one_token(client: Client) -> None:
    code = (await client.choose())["code"]
    assert (await client.trade(code)).status_code == 200
    assert (await client.trade(code)).json() == {"error": "invalid_grant"}


@BOTH
@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"redirect_uri": "http://localhost:8001/api/auth/google/callback"},
        {"code": "another"},
    ],
    ids=str,
)
async def test_a_code_fits_one_request(client: Client, changes: dict[str, Any]) -> None:
    code = (await client.choose())["code"]
    answer = await client.trade(**{"code": code, **changes})
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})


@BOTH
async def test_a_client_must_prove_itself(client: Client, provider: str) -> None:
    code = (await client.choose())["code"]
    client.secret, secret = "wrong", client.secret
    for basic in (True, False):
        answer = await client.trade(code, basic=basic)
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    client.secret = secret
    in_the_form = await client.trade(code, basic=False)
    assert in_the_form.status_code == (200 if provider == "google" else 401)


@BOTH
@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/api/auth/google/callback",
        "http://localhost:8000/elsewhere",
        "http://localhost.evil.example/api/auth/google/callback",
        "http://localhost@evil.example/api/auth/google/callback",
        "http://localhost:8000/api/auth/google/callback?next=1",
        "javascript:alert(1)",
        "http://[",
    ],
)
async def test_people_are_sent_to_a_shop_of_this_machine_alone(
    client: Client, address: str
) -> None:
    answer = await client.ask(redirect_uri=address)
    assert answer.status_code == 400
    assert "location" not in answer.headers


@BOTH
async def test_an_unknown_client_is_refused_on_the_spot(client: Client) -> None:
    assert (await client.ask(client_id="another")).status_code == 400


@BOTH
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
async def test_a_request_out_of_order_goes_back_with_an_error(
    client: Client, changes: dict[str, str], error: str
) -> None:
    answer = await client.ask(**changes)
    assert answer.status_code == 303
    assert f"error={error}" in answer.headers["location"]
    assert "state=s" in answer.headers["location"]


@pytest.mark.parametrize(("provider", "status"), [("google", 200), ("telegram", 303)])
async def test_telegram_insists_on_pkce(client: Client, status: int) -> None:
    answer = await client.ask(code_challenge="", code_challenge_method="")
    assert answer.status_code == status


@BOTH
async def test_a_person_may_say_no(client: Client) -> None:
    assert await client.choose("deny") == {"error": "access_denied", "state": "s"}


@BOTH
async def test_the_same_person_is_the_same_again(client: Client, provider: str, shop: Any) -> None:
    person = (await shop.state())["identity"]["providers"][provider]["persons"][0]
    subs = set()
    for _ in range(2):
        answer = await client.trade((await client.choose(person["sub"]))["code"])
        subs.add((await client.claims(answer.json()["id_token"]))["sub"])
    assert subs == {person["sub"]}


async def test_a_fault_strikes_as_often_as_was_ordered(shop: Any) -> None:
    address = "/google/.well-known/openid-configuration"
    await shop.control("identity/faults", provider="google", kind="down", count=2)
    statuses = [(await shop.http.get(address)).status_code for _ in range(3)]
    assert statuses == [503, 503, 200]
    odd = await shop.control("identity/faults", provider="google", kind="earthquake")
    assert odd.status_code == 400
    assert odd.json()["ok"] is False


async def test_people_and_keys_survive_a_restart(tmp_path: Path) -> None:
    seen: list[Any] = []
    for _ in range(2):
        app = create_app(tmp_path, settings=SandboxSettings(port=8190))
        keeper = shopkeeper(app)
        if not seen:
            await Client(keeper.http, "google").choose("new")
        state = (await keeper.state())["identity"]["providers"]["google"]
        keys = (await keeper.http.get("/google/oauth2/v3/certs")).json()
        seen.append((state["persons"], keys))
        await keeper.http.aclose()
        await app.close()
    assert seen[0] == seen[1]
    assert len(seen[0][0]) == 5


async def test_a_killed_sandbox_still_knows_whom_it_made(live: LiveSandbox) -> None:
    keeper = live.keeper()
    await Client(keeper.http, "telegram").choose("new")
    before = (await keeper.state())["identity"]["providers"]
    live.end(by_kill=True)
    live.start()
    after = (await keeper.state())["identity"]["providers"]
    assert after["telegram"]["persons"] == before["telegram"]["persons"]
    await keeper.http.aclose()


async def test_what_strangers_send_is_escaped(shop: Any) -> None:
    client = Client(shop.http, "google")
    shown = await client.ask(state='"><script>alert(1)</script>')
    assert "<script>alert(1)" not in shown.text
    widget = await shop.http.get(
        "/telegram/widget",
        params={
            "auth_url": "http://localhost:8000/api/auth/telegram/callback",
            "bot": "<script>alert(1)</script>",
        },
    )
    assert widget.status_code == 200
    assert "<script>alert(1)" not in widget.text
