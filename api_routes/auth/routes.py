"""Signing in and out.

Everything here answers with a redirect: to the page that was wanted, or to the sign-in
page with a reason. What goes wrong is logged by its kind, never with what was sent.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

from api_routes.auth import sign_in_results
from api_routes.auth.device_cookie import device_of, keep_device
from api_routes.auth.mini_app import exchange_launch
from api_routes.auth.providers import Person, Providers
from api_routes.auth.referrals import ReferralDoor, invitations_of
from api_routes.auth.sign_in_context import (
    FOLDER,
    STATE,
    SignInContext,
    read_sign_in_context,
    recall_widget,
    remember_widget,
    transaction_cookie,
)
from api_routes.auth.sign_in_results import SignInStopped, along, onward, sign_in_page
from api_routes.auth.widget_page import widget_page
from api_routes.context import context_of
from api_routes.doors import action_at
from api_routes.envelope import ok
from api_routes.middleware import OWN_POLICY
from api_routes.visitors import find_visitor, sign_browser_in, sign_browser_out, visitor_of
from jiema_app.domain.errors import Forbidden, NotFound
from jiema_app.domain.identity.provider import Provider
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.identity.telegram_widget import WidgetLoginRefused, verify_widget_login
from jiema_app.domain.referrals.marks import Trace
from jiema_app.domain.transaction import DATABASE_TROUBLES, name_of
from jiema_app.domain.units import UserId
from jiema_app.serving.account_language import language_of
from jiema_app.serving.next_address import safe_next
from jiema_app.settings import Settings

log = structlog.get_logger()

USER_AGENT_MAX: Final = 512

WIDGET_ISSUER: Final = "https://telegram.org"

Step = Callable[[Request, SignInContext], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Arrival:
    """The browser that somebody signs in with.

    Attributes:
        device: The number that it keeps, or is to keep from now on.
        before: Who was signed in with it until now.
    """

    user_agent: str
    device: str
    trace: Trace
    before: Visitor | None

    @property
    def user_before(self) -> UserId | None:
        """Their account."""
        return None if self.before is None else self.before.user_id


class NamedRoute(Route):
    """A plain route that leaves its address, without what it was filled with, for metrics."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """See `Route`."""
        match, found = super().matches(scope)
        return match, {**found, "route": self}


def sign_in_routes(settings: Settings) -> list[Route]:
    """The routes of signing in with this deployment's providers, and of personal links."""
    own = SignInRoutes(settings)
    transaction = [transaction_cookie(settings)]
    steps = {
        "/google": own.start_google,
        "/google/callback": own.finish_google,
        "/telegram": own.start_telegram,
        "/telegram/callback": own.finish_telegram,
    }
    return [
        *(
            NamedRoute(f"{FOLDER}{path}", step, methods=["GET"], middleware=transaction)
            for path, step in steps.items()
        ),
        NamedRoute(f"{FOLDER}/link/{{token}}", own.follow_link, methods=["GET"]),
        NamedRoute(f"{FOLDER}/telegram/miniapp", exchange_launch, methods=["POST"]),
        NamedRoute(f"{FOLDER}/session", show_session, methods=["GET"]),
        NamedRoute(f"{FOLDER}/sign-out", own.sign_out, methods=["POST"]),
        NamedRoute(f"{FOLDER}/sign-out-everywhere", own.sign_out_everywhere, methods=["POST"]),
        NamedRoute("/r/{code}", ReferralDoor(settings).follow, methods=["GET"]),
    ]


async def show_session(request: Request) -> Response:
    """Who uses this browser, for scripts of our pages."""
    visitor = await visitor_of(request)
    data = {"displayName": visitor.display_name, "lang": visitor.lang}
    return ok(data, headers=sign_in_results.NO_STORE)


class SignInRoutes:
    """The steps of signing in and out."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._providers = Providers(settings)
        self._widget_token = settings.telegram_widget_token

    async def start_google(self, request: Request) -> Response:
        """Send the visitor to Google."""
        return await self._guarded(request, self._to(Provider.GOOGLE))

    async def start_telegram(self, request: Request) -> Response:
        """Send the visitor to Telegram, or show them its widget."""
        step = self._to(Provider.TELEGRAM) if self._widget_token is None else self._to_widget
        return await self._guarded(request, step)

    async def finish_google(self, request: Request) -> Response:
        """Let in whom Google vouches for."""
        return await self._guarded(request, self._from(Provider.GOOGLE))

    async def finish_telegram(self, request: Request) -> Response:
        """Let in whom Telegram vouches for, in the way that is configured."""
        step = self._from(Provider.TELEGRAM) if self._widget_token is None else self._from_widget
        other = "hash" if self._widget_token is None else "code"
        if other in request.query_params:
            step = self._not_offered
        return await self._guarded(request, step)

    async def follow_link(self, request: Request) -> Response:
        """Let in the bearer of a one-time link."""
        return await self._guarded(request, self._by_link)

    async def sign_out(self, request: Request) -> Response:
        """End this browser's session."""
        visitor = await find_visitor(request)
        if visitor is not None:
            with suppress(NotFound):
                await context_of(request).services.sessions.close(visitor.user_id, visitor.jti)
        return self._signed_out(request, "")

    async def sign_out_everywhere(self, request: Request) -> Response:
        """End every session of whoever uses this browser."""
        visitor = await find_visitor(request)
        if visitor is not None:
            await context_of(request).services.sessions.close_all(visitor.user_id)
        return self._signed_out(request, "/login")

    async def _guarded(self, request: Request, step: Step) -> Response:
        """Take a step of signing in, and say on the sign-in page when it leads nowhere."""
        sign_in_context = read_sign_in_context(request, self._settings.locales)
        try:
            await self._admit(request)
            return await step(request, sign_in_context)
        except SignInStopped as stopped:
            result, reason = stopped.result, stopped.reason
            sign_in_context = stopped.sign_in_context or sign_in_context
        except DATABASE_TROUBLES as error:
            result, reason = sign_in_results.UNAVAILABLE, name_of(error)
        if (
            result != sign_in_results.BUSY
        ):  # they may come as fast as they like, and would fill the log
            route = request.scope["route"].path
            log.info("nobody signed in", route=route, result=result, why=reason)
        return sign_in_page(sign_in_context.locale, result, sign_in_context)

    async def _admit(self, request: Request) -> None:
        context = context_of(request)
        address = context.addresses.of(request.scope)
        if not (await context.limits.count_sign_in(address)).allowed:
            raise SignInStopped(sign_in_results.BUSY, "too many from one address")
        try:
            context.geo.admit(action_at(request.scope), address)
        except Forbidden:
            raise SignInStopped(sign_in_results.PLACE, "a place we may not serve") from None

    def _to(self, provider: Provider) -> Step:
        async def step(request: Request, sign_in_context: SignInContext) -> Response:
            location = await self._providers.begin(request, provider, sign_in_context)
            return RedirectResponse(location, 302, sign_in_results.NO_STORE)

        return step

    def _from(self, provider: Provider) -> Step:
        async def step(request: Request, _: SignInContext) -> Response:
            sign_in_context = await self._providers.recall(request, provider)
            with along(sign_in_context):
                person = await self._providers.complete(request, provider)
                return await self._let_in(request, person, sign_in_context)

        return step

    async def _to_widget(self, request: Request, sign_in_context: SignInContext) -> Response:
        query = urlencode({STATE: remember_widget(request, sign_in_context)})
        own = self._settings.telegram
        callback = f"{self._providers.callback_url(Provider.TELEGRAM)}?{query}"
        if own.bot_token is None:
            query = urlencode({"bot": own.bot_username, "auth_url": callback})
            page = f"{self._settings.sandbox_url}/telegram/widget?{query}"
            return RedirectResponse(page, 302, sign_in_results.NO_STORE)
        setattr(request.state, OWN_POLICY, True)
        return widget_page(own.bot_username, callback, sign_in_context.locale)

    async def _from_widget(self, request: Request, _: SignInContext) -> Response:
        sign_in_context = recall_widget(request, request.query_params.get(STATE, ""))
        if sign_in_context is None:
            raise SignInStopped(sign_in_results.EXPIRED, "this browser did not ask")
        assert self._widget_token is not None
        services = context_of(request).services
        fields = [pair for pair in request.query_params.multi_items() if pair[0] != STATE]
        with along(sign_in_context):
            if not fields:
                raise SignInStopped(sign_in_results.DENIED, "no login")
            try:
                login = verify_widget_login(fields, self._widget_token, services.clock.now())
            except WidgetLoginRefused as refused:
                raise SignInStopped(sign_in_results.EXPIRED, str(refused)) from None
            if not await services.sign_in.accept_once(login.digest, login.expires_at):
                raise SignInStopped(sign_in_results.EXPIRED, "it was accepted before")
            person = Person(Provider.TELEGRAM, WIDGET_ISSUER, login.user_id)
            return await self._let_in(request, person, sign_in_context)

    async def _not_offered(self, _request: Request, _sign_in_context: SignInContext) -> Response:
        raise SignInStopped(sign_in_results.UNAVAILABLE, "not offered")

    async def _by_link(self, request: Request, sign_in_context: SignInContext) -> Response:
        if getattr(request.state, "is_head", False):
            return onward(sign_in_context.next)
        sign_in, arrival = context_of(request).services.sign_in, await self._arrival(request)
        try:
            token = await sign_in.with_link(
                request.path_params["token"],
                arrival.user_agent,
                arrival.trace,
                arrival.user_before,
            )
        except NotFound:
            raise SignInStopped(sign_in_results.EXPIRED, "no such link") from None
        except Forbidden:
            raise SignInStopped(sign_in_results.BLOCKED, "banned") from None
        return await self._signed_in(request, token, arrival, sign_in_context)

    async def _let_in(
        self, request: Request, person: Person, sign_in_context: SignInContext
    ) -> Response:
        arrival = await self._arrival(request)
        try:
            token = await context_of(request).services.sign_in.with_identity(
                person.provider,
                person.issuer,
                person.subject,
                lang=sign_in_context.locale,
                invitations=invitations_of(self._settings, sign_in_context),
                user_agent=arrival.user_agent,
                trace=arrival.trace,
                before=arrival.user_before,
            )
        except Forbidden:
            raise SignInStopped(sign_in_results.BLOCKED, "banned") from None
        return await self._signed_in(request, token, arrival, sign_in_context)

    async def _arrival(self, request: Request) -> Arrival:
        context = context_of(request)
        agent = request.headers.get("user-agent", "")[:USER_AGENT_MAX]
        device = device_of(request, self._settings)
        return Arrival(
            agent,
            device,
            context.services.referrals.marks.trace(
                context.addresses.of(request.scope), agent, device
            ),
            await find_visitor(request),
        )

    async def _signed_in(
        self, request: Request, token: str, arrival: Arrival, sign_in_context: SignInContext
    ) -> Response:
        before = arrival.before
        if before is not None:
            # The browser forgets that session now: it would stay on its owner's list.
            with suppress(NotFound):
                await context_of(request).services.sessions.close(before.user_id, before.jti)
        answer = onward(await self._next_page(request, token, sign_in_context))
        sign_browser_in(answer, self._settings, token)
        keep_device(answer, self._settings, arrival.device)
        return answer

    async def _next_page(self, request: Request, token: str, sign_in_context: SignInContext) -> str:
        """Where somebody wanted to go, in the language of their account unless they chose one."""
        if not sign_in_context.is_guess:
            return sign_in_context.next
        own = await language_of(context_of(request).services.sessions.identify(token))
        if own is None or own not in self._settings.locales:
            return sign_in_context.next
        return sign_in_context.next_in(own)

    def _signed_out(self, request: Request, page: str) -> Response:
        sign_in_context = read_sign_in_context(request, self._settings.locales)
        fallback = f"/{sign_in_context.locale}{page}"
        answer = onward(safe_next(request.query_params.get("next"), fallback))
        sign_browser_out(answer, self._settings)
        return answer
