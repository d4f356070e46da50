"""The Reflex application: its frame, its pages, and FastAPI mounted on its backend."""

import json
from typing import Any

import reflex as rx
from reflex_base.environment import environment

from api_routes.app import create_api
from jiema_app.i18n.page_texts import DIRECTION, LANGUAGE_TAG, LOCALE
from jiema_app.serving.api_mount import refuse_unknown_api_paths, run_lifespan_of
from jiema_app.serving.page_faults import keep_quiet, tell_bug
from jiema_app.serving.page_services_lifespan import provide_page_services
from jiema_app.settings import get_settings
from jiema_app.site.components.failing_softly import failing_softly
from jiema_app.site.design.theme import COLOURS, token_css
from jiema_app.site.event_guard import GuardEvents
from jiema_app.site.pages.page import Page
from jiema_app.site.registry import all_pages
from jiema_app.site.states.privacy import ForgetOtherVisitors
from jiema_app.site.states.visitor import Session


def _as_built(attribute: str, value: str) -> Any:
    """An attribute of the document, which React finds there and leaves as it is.

    All pages share the script of this frame, so it must not say what differs by language; the
    bundler drops what is for prerendering alone. A Var of Reflex; it takes one where its types
    say ``str``.
    """
    there = f"document.documentElement.{attribute}"
    return rx.Var(f"(import.meta.env.SSR?{json.dumps(value)}:{there})").to(str)


def _routes(page: Page) -> tuple[str, ...]:
    """Where Reflex finds a page: compiled once for all languages, served in each."""
    if environment.REFLEX_SKIP_COMPILE.get():
        locales = page.locales_of(get_settings().locales)
        return tuple(page.route_in(locale) for locale in locales)
    return (page.route_in(LOCALE),)


api = create_api()

app = rx.App(
    html_custom_attrs={
        "lang": _as_built("lang", LANGUAGE_TAG),
        "dir": _as_built("dir", DIRECTION),
    },
    head_components=[
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/app/apple-touch-icon.png"),
        rx.el.meta(name="color-scheme", content="light dark"),
        *(
            rx.el.meta(
                name="theme-color",
                content=colour,
                custom_attrs={"media": f"(prefers-color-scheme:{scheme})"},
            )
            for scheme, colour in zip(("light", "dark"), COLOURS["paper"], strict=True)
        ),
        rx.el.style(token_css()),
    ],
    # Our own messages (assets/js/shop.js) weigh a tenth of Reflex's.
    toaster=None,
    # Reflex's own would also draw a sign of lost connections, beside ours in each page.
    app_wraps={(55, "ErrorBoundary"): lambda _stateful: failing_softly()},
    backend_exception_handler=tell_bug,
    frontend_exception_handler=keep_quiet,
    api_transformer=[refuse_unknown_api_paths(api), api],
)
app.register_lifespan_task(run_lifespan_of(api))
app.register_lifespan_task(provide_page_services(app, api))
# In this order: whose tab it is, then what they may do.
app.add_middleware(GuardEvents(), index=0)
app.add_middleware(ForgetOtherVisitors(), index=0)

pages = all_pages()
for page in pages:
    for route in _routes(page):
        app.add_page(
            page.body,
            route=route,
            title=page.react_title,
            # The server writes the rest of the head: see serving/page_heads.py.
            image=page.react_picture,
            on_load=[Session.load, *page.on_load],
        )
