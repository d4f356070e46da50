"""The home page: what jiema is, what it costs, and a first order."""

import reflex as rx

from jiema_app.components.classes import CONTENT as CONTENT_WIDTH
from jiema_app.components.link import link
from jiema_app.components.section import card, eyebrow, fact, heading, step
from jiema_app.components.sms_preview import sms_preview
from jiema_app.components.terminal import terminal
from jiema_app.layouts.page import Page
from jiema_app.layouts.shop import shop_layout
from jiema_app.translation import t
from jiema_app.web.origin import ORIGIN_PLACEHOLDER

OPENAPI_PATH = "/api/v1/openapi.json"

FIRST_ORDER = (
    f"API={ORIGIN_PLACEHOLDER}/api/v1 KEY=jm_your_key",
    'curl "$API/prices?service=tg" -H "X-API-Key: $KEY"',
    'curl "$API/orders" -H "X-API-Key: $KEY" --json \'{"service":"tg","country":7}\'',
    'curl "$API/orders/ORDER_ID" -H "X-API-Key: $KEY"',
    'curl -X POST "$API/orders/ORDER_ID/cancel" -H "X-API-Key: $KEY"',
)
"""Prices, an order, its code, and the refund when none came."""

SHIELD = "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z M9 12l2 2 4-4"
GLOBE = "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18z M3 12h18 M12 3c3 3 3 15 0 18 M12 3c-3 3-3 15 0 18"
FLASK = "M10 3v6l-5 9a2 2 0 0 0 2 3h10a2 2 0 0 0 2-3l-5-9V3 M8 3h8 M7.5 15h9"
BRIEFCASE = "M4 8h16v11H4z M9 8V5h6v3 M4 13h16 M12 12v2"


def home(locale: str) -> Page:
    """The home page in one language."""

    def body() -> rx.Component:
        return shop_layout(
            page,
            _hero(locale),
            _facts(locale),
            _uses(locale),
            _steps(locale),
            _api(locale),
        )

    page = Page(
        locale=locale,
        path="",
        title=t(locale, "jiema.my: a temporary number for one SMS code"),
        description=t(
            locale,
            "Temporary phone numbers for SMS codes: 718+ services, 194+ countries, from $0.04 a "
            "code, paid in USDT. No code, full refund.",
        ),
        body=body,
    )
    return page


def _hero(locale: str) -> rx.Component:
    primary = (
        "inline-flex min-h-12 items-center rounded-xl bg-accent px-6 font-semibold text-on-accent "
        "hover:opacity-90"
    )
    secondary = (
        "inline-flex min-h-12 items-center rounded-xl border border-line bg-surface px-6 "
        "font-semibold hover:border-accent"
    )
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h1(
                    rx.el.span(t(locale, "One code."), class_name="block"),
                    rx.el.span(t(locale, "Not your number."), class_name="block"),
                    class_name="text-[2.6rem] leading-[1.05] font-bold tracking-tight text-balance "
                    "sm:text-6xl",
                ),
                rx.el.p(
                    t(
                        locale,
                        "jiema rents you a temporary phone number that receives a single SMS "
                        "code, so that your own number stays yours. Pay per code, from $0.04. "
                        "When no code comes, you get everything back.",
                    ),
                    class_name="mt-6 max-w-xl text-lg leading-relaxed text-muted",
                ),
                rx.el.div(
                    link(t(locale, "Place a first order"), href="#api", class_name=primary),
                    link(t(locale, "How it works"), href="#how", class_name=secondary),
                    class_name="mt-8 flex flex-wrap gap-3",
                ),
            ),
            sms_preview(
                waiting=t(locale, "Your number for 15 minutes"),
                received=t(locale, "Code received"),
                message=t(locale, "Your verification code is"),
                refund=t(locale, "No code, full refund. Automatically."),
            ),
            class_name=f"{CONTENT_WIDTH} grid items-center gap-14 py-14 sm:py-20 "
            "lg:grid-cols-[1.15fr_1fr] lg:py-28",
        ),
        class_name="overflow-hidden",
    )


def _facts(locale: str) -> rx.Component:
    return rx.el.section(
        rx.el.dl(
            fact("718+", t(locale, "services")),
            fact("194+", t(locale, "countries")),
            fact("$0.04", t(locale, "a code, at the lowest")),
            fact("100%", t(locale, "back when no code comes")),
            class_name=f"{CONTENT_WIDTH} grid grid-cols-2 gap-8 py-10 lg:grid-cols-4",
        ),
        aria_label=t(locale, "jiema in figures"),
        class_name="border-y border-line bg-surface",
    )


def _uses(locale: str) -> rx.Component:
    return rx.el.section(
        eyebrow(t(locale, "What it is for")),
        heading(t(locale, "A number apart from your life")),
        rx.el.ul(
            card(
                t(locale, "Privacy"),
                t(locale, "Keep your personal number out of databases that never needed it."),
                SHIELD,
            ),
            card(
                t(locale, "Regional testing"),
                t(locale, "See how a sign-up behaves in the country you are building for."),
                GLOBE,
            ),
            card(
                t(locale, "Quality assurance"),
                t(locale, "Give every test run a fresh number, from a script, through the API."),
                FLASK,
            ),
            card(
                t(locale, "Work and personal, apart"),
                t(locale, "Keep the office's sign-ups away from the number your family calls."),
                BRIEFCASE,
            ),
            class_name="mt-10 grid gap-4 sm:grid-cols-2 lg:grid-cols-4",
        ),
        class_name=f"{CONTENT_WIDTH} py-16 sm:py-24",
    )


def _steps(locale: str) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            eyebrow(t(locale, "How it works")),
            heading(t(locale, "Three steps, a few minutes")),
            rx.el.ol(
                step(
                    1,
                    t(locale, "Choose"),
                    t(
                        locale,
                        "Pick a service and a country. You see the price and the stock before "
                        "you pay, from a balance you filled with USDT.",
                    ),
                ),
                step(
                    2,
                    t(locale, "Use the number"),
                    t(
                        locale,
                        "Enter it where the code is asked for. It is yours alone for fifteen "
                        "minutes.",
                    ),
                ),
                step(
                    3,
                    t(locale, "Read the code"),
                    t(
                        locale,
                        "It appears as soon as the SMS arrives. If none does, or you cancel "
                        "before, the full price returns to your balance.",
                    ),
                ),
                class_name="mt-10 grid gap-8 lg:grid-cols-3 lg:gap-10",
            ),
            class_name=f"{CONTENT_WIDTH} py-16 sm:py-24",
        ),
        id="how",
        class_name="border-y border-line bg-sunken",
    )


def _api(locale: str) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            eyebrow(t(locale, "API")),
            heading(t(locale, "A first order in five lines")),
            rx.el.p(
                t(
                    locale,
                    "Everything the shop does, your programs can do: list prices, order a number, "
                    "poll for its code, cancel for a refund. JSON over HTTPS, one key.",
                ),
                class_name="mt-5 max-w-xl leading-relaxed text-muted",
            ),
            link(
                t(locale, "OpenAPI description"),
                rx.el.span("→", aria_hidden="true", class_name="rtl:-scale-x-100"),
                href=OPENAPI_PATH,
                class_name="mt-6 inline-flex items-center gap-2 font-semibold text-accent "
                "hover:underline",
            ),
        ),
        terminal(t(locale, "Prices, order, code, cancel"), *FIRST_ORDER),
        id="api",
        class_name=f"{CONTENT_WIDTH} grid items-center gap-10 py-16 sm:py-24 "
        "lg:grid-cols-[1fr_1.5fr] [&>*]:min-w-0",
    )
