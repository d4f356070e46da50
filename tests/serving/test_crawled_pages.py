"""Pages of the real server, read by robots in every way, while a member looks at what is theirs."""

import asyncio
import gzip
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import brotli
import httpx
import pytest

from jiema_app.i18n.order_words import readable_phone
from jiema_app.processes.fingerprints import current_build
from jiema_app.settings import get_settings
from tests.support.cluster import Cluster
from tests.support.live import WHOLE_SITE, LiveStack, live_stack
from tests.support.polling import PATIENCE_S
from tests.support.signed_in import Member, buy, sign_in

CODINGS: Final = ("identity", "gzip", "br", "gzip, br", "br;q=0, gzip", "zstd", "GZIP;;q", "")
READ: Final[Mapping[str | None, Callable[[bytes], bytes]]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    None: bytes,
}
PATHS: Final = (
    "", "browse", "countries", "login", "api-docs", "service/telegram", "service/whatsapp",
    "country/my", "country/ru", "account/topup", "account",
)  # fmt: skip
LANGUAGES: Final = ("en", "zh", "ar", "hi")
MADE_UP: Final = (
    "/en/service/nope", "/en/service/", "/en/service/a/b", "/en/service/%00", "/en/service/%F0%9F%92%A9",
    "/en/country/nope", "/xx/service/telegram", "/en/browse/", "/wp-login.php", "/.env", "/en/SERVICE/x",
)  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(cluster: Cluster) -> Iterator[LiveStack]:
    """The whole site."""
    languages = get_settings().locales
    assert current_build(languages).exists(), "the pages are stale: make build"
    settings = {"JIEMA_LOCALES": ",".join(languages)}
    with live_stack(cluster, workers=1, application=WHOLE_SITE, settings=settings) as stack:
        yield stack


def _client(site: LiveStack, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=site.origin, timeout=PATIENCE_S, trust_env=False, headers=headers
    )


async def _raw(
    client: httpx.AsyncClient, path: str, **headers: str
) -> tuple[httpx.Response, bytes]:
    """An answer and its body as it came."""
    async with client.stream("GET", path, headers=headers) as answer:
        return answer, b"".join([part async for part in answer.aiter_raw()])


async def test_every_robot_reads_the_same_page(site: LiveStack) -> None:
    """Sixteen at a time, in random order, each address in each coding, and some twice."""
    asked = [
        (f"/{language}/{path}".rstrip("/"), coding)
        for language in LANGUAGES
        for path in PATHS
        for coding in CODINGS
    ]
    order = random.Random(1).sample(asked * 2, len(asked) * 2)
    found: dict[str, set[tuple[str, bytes]]] = {}
    gate = asyncio.Semaphore(16)

    async with _client(site) as client:

        async def read(path: str, coding: str) -> None:
            async with gate:
                answer, body = await _raw(client, path, **{"accept-encoding": coding})
            if answer.status_code == 308:
                return
            assert answer.status_code == 200
            assert int(answer.headers["content-length"]) == len(body)
            assert answer.headers["vary"] == "accept-encoding"
            used = answer.headers.get("content-encoding")
            assert used is None or used in coding.lower()
            plain = READ[used](body)
            found.setdefault(path, set()).add((answer.headers["etag"], plain))

        async def alone(path: str) -> tuple[str, bytes]:
            answer, body = await _raw(client, path, **{"accept-encoding": "identity"})
            return answer.headers["etag"], body

        # The shop reads its prices anew now and then, so a page may change meanwhile: once.
        paths = sorted({path for path, _ in asked})
        before = {path: await alone(path) for path in paths}
        await asyncio.gather(*(read(*each) for each in order))
        assert len(found) > 30
        same = asked_again = 0
        for path, forms in found.items():
            etag, plain = await alone(path)
            assert forms <= {before[path], (etag, plain)}, path
            assert plain.endswith(b"</html>")
            for coding in CODINGS:
                known = {"accept-encoding": coding, "if-none-match": etag}
                answer, body = await _raw(client, path, **known)
                if answer.headers["etag"] == etag:
                    assert (answer.status_code, body) == (304, b"")
                etag = answer.headers["etag"]
                answer = await client.head(path, headers={"accept-encoding": coding})
                assert answer.status_code == 200
                same += answer.headers["etag"] == etag
            asked_again += len(CODINGS)
        assert same >= asked_again - len(found)


async def test_an_address_that_somebody_made_up_is_no_page(site: LiveStack) -> None:
    async with _client(site) as client:
        for path in MADE_UP:
            for coding in CODINGS[:3]:
                answer = await client.get(path, headers={"accept-encoding": coding})
                assert answer.status_code in {308, 404}, path
                posted = await client.post(path)
                assert posted.status_code == 405
        for path, right in (
            ("/de/service/TELEGRAM", "/de/service/telegram"),
            ("/de/service/tg?a=1", "/de/service/telegram?a=1"),
            ("/de/country/7", "/de/country/my"),
        ):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["location"]) == (308, right)


async def test_nothing_of_a_member_is_in_what_others_read(site: LiveStack) -> None:
    """Pages are shared by all: what a member is shown of their own is shown to them alone."""
    ann, bob = await sign_in(site), await sign_in(site)
    order = await buy(site, ann)
    secrets = [
        order["id"].encode(),
        readable_phone(order["phone"]).encode(),
        ann.token.encode(),
    ]
    own = f"/en/order/{order['id']}"
    public = [f"/{language}/{path}".rstrip("/") for language in LANGUAGES for path in PATHS]
    async with _client(site) as client:

        async def read(path: str, member: Member | None, coding: str) -> bytes:
            cookie = {"cookie": member.cookie} if member else {}
            answer, body = await _raw(client, path, **{"accept-encoding": coding}, **cookie)
            if answer.status_code != 200:
                return b""
            assert "set-cookie" not in answer.headers
            return READ[answer.headers.get("content-encoding")](body)

        for coding in CODINGS[:4]:
            # Ann looks at what is hers while everybody reads everything.
            mixed = [
                (path, member)
                for path in (*public, f"{own}?plain", *(f"{each}?plain" for each in public[:8]))
                for member in (ann, None, bob)
            ]
            random.Random(coding).shuffle(mixed)
            before = {path: await read(path, None, coding) for path in public}
            bodies = await asyncio.gather(*(read(path, who, coding) for path, who in mixed))
            shown = dict(
                zip(((path, who and who.token) for path, who in mixed), bodies, strict=True)
            )
            assert secrets[1] in shown[f"{own}?plain", ann.token], "she sees her own"
            for (path, who), body in shown.items():
                if (path, who) == (f"{own}?plain", ann.token):
                    continue
                for secret in secrets[1:]:
                    assert secret not in body, path
                if path != f"{own}?plain":
                    assert secrets[0] not in body, path
            for path in public:
                # Its prices may have changed meanwhile.
                right = {before[path], await read(path, None, coding)}
                assert {shown[path, who] for who in (ann.token, None, bob.token)} <= right, path
        # Without "?plain" the page of her order is everybody's, and says nothing of it.
        pages = [await read(own, who, "br") for who in (None, ann, bob, None)]
        assert {pages[1], pages[2]} <= {pages[0], pages[3]}
        assert not any(secrets[1] in page for page in pages)
