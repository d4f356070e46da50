"""Exchanging a launch of the Mini App for a bearer. No cookie is read or set."""

from contextlib import suppress
from typing import Final

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response

from api_routes.auth import sign_in_results
from api_routes.context import WebContext, context_of
from api_routes.doors import action_at
from api_routes.envelope import ok
from api_routes.times import timestamp
from api_routes.verdicts import Verdict
from jiema_app.domain.errors import Forbidden, RateLimited
from jiema_app.domain.identity.mini_app import KEY, LaunchPlace
from jiema_app.domain.identity.mini_app_launch import (
    FORGED,
    INIT_DATA_MAX,
    LaunchRefused,
)
from jiema_app.serving.language_choice import choose_locale

log = structlog.get_logger()

USER_AGENT_MAX: Final = 512
BODY_MAX: Final = 2 * INIT_DATA_MAX
"""Bytes: of what is needed none is longer, however it is spelled."""


async def exchange_launch(request: Request) -> Response:
    """A bearer of an hour for ``{"initData": …}``, and the secret of the page as ``key`` if it has one.

    Raises:
        LaunchRefused: It does not hold, or belongs to another browser.
        Forbidden: From there nobody may sign in, or they are banned.
        RateLimited: Too many, from one address or of one person.
        NotFound: There is no bot.
    """
    context = context_of(request)
    address = context.addresses.of(request.scope)
    _let_through(await context.limits.count_sign_in(address))
    door = context.services.mini_app
    try:
        context.geo.admit(action_at(request.scope), address)
    except Forbidden:
        # Whose launch it is has been seen in such a place: the chat knows them by an older one.
        with suppress(LaunchRefused):
            who = door.read_launch((await _read(request))[0])
            await context.services.sign_in.note_refused(telegram_id=who.telegram_id)
        raise
    try:
        init_data, key = await _read(request)
        launch = door.read_launch(init_data)
        _let_through(await context.limits.count_launch(launch.telegram_id))
        locales = context.services.settings.locales
        bearer = await door.exchange(
            launch,
            _place(request, context, address, key),
            choose_locale("", launch.language, locales),
        )
    except LaunchRefused as refused:
        log.info("no launch", why=refused.reason)
        raise
    data = {"token": bearer.token, "expiresAt": timestamp(bearer.expires_at)}
    return ok(data, headers=sign_in_results.NO_STORE)


async def _read(request: Request) -> tuple[str, str | None]:
    body = await request.body()
    try:
        sent = orjson.loads(body) if len(body) <= BODY_MAX else None
    except orjson.JSONDecodeError:
        sent = None
    if not isinstance(sent, dict) or not isinstance(sent.get("initData"), str):
        raise LaunchRefused(FORGED, "not read")
    key = sent.get("key")
    is_key = isinstance(key, str) and KEY.fullmatch(key) is not None
    return sent["initData"], key if is_key else None


def _place(request: Request, context: WebContext, address: str, key: str | None) -> LaunchPlace:
    agent = request.headers.get("user-agent", "")[:USER_AGENT_MAX]
    return LaunchPlace(
        agent=agent,
        country=context.geo.finder.find_country(address),
        key=key,
        trace=context.services.referrals.marks.trace(address, agent, None),
    )


def _let_through(verdict: Verdict) -> None:
    if not verdict.allowed:
        raise RateLimited(
            f"Too many sign-ins. The limit is {verdict.limit} in 60 seconds.",
            retry_after_s=verdict.reset_s,
        )
