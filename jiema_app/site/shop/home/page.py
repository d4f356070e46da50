"""The home page: what jiema is, what it costs, and a first order."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.plain_form import plain_form
from jiema_app.site.components.section import card, eyebrow, heading, step
from jiema_app.site.components.slot import slot
from jiema_app.site.components.sms_preview import sms_preview
from jiema_app.site.components.terminal import terminal
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.origin import ORIGIN_PLACEHOLDER
from jiema_app.site.pages.page import Page
from jiema_app.site.shop.home.routes import own_routes
from jiema_app.site.shop.home.state import HomeRoutes

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


def home() -> Page:
    """The home page."""

    def body() -> rx.Component:
        return shop_layout(
            page,
            own_routes(),
            _hero(),
            _popular(),
            _facts(),
            _steps(),
            _uses(),
            _payment(),
            _api(),
            _questions(),
        )

    page = Page(
        path="",
        title=t("jiema.my: temporary phone numbers for SMS codes"),
        description=t(
            "Temporary phone numbers for SMS codes from hundreds of services, in most countries "
            "of the world. Paid in USDT. No code, full refund.",
        ),
        body=body,
        on_load=(HomeRoutes.load,),
    )
    return page


def _hero() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h1(
                    rx.el.span(t("One code."), class_name="block"),
                    rx.el.span(t("Not your number."), class_name="block"),
                    class_name="text-4xl leading-[1.05] font-bold tracking-tight text-balance "
                    "sm:text-6xl",
                ),
                rx.el.p(
                    t(
                        "Rent a temporary phone number, receive your SMS code on it and keep "
                        "your own number private. Pay per number, without a subscription. If "
                        "no code arrives, you get a full refund.",
                    ),
                    class_name="mt-4 max-w-xl leading-relaxed text-pretty text-muted sm:mt-6 sm:text-lg",
                ),
                _search(),
                rx.el.div(
                    link(
                        t("Browse services"),
                        icon("arrow", "size-5 rtl:-scale-x-100"),
                        href=f"/{LOCALE}/browse",
                        class_name=f"{classes.button('primary', 'large')} max-sm:grow max-sm:px-4",
                    ),
                    link(
                        t("How it works"),
                        href="#how",
                        class_name=f"{classes.button('secondary', 'large')} max-sm:grow max-sm:px-4",
                    ),
                    class_name="mt-4 flex flex-wrap gap-3 max-sm:hidden",
                ),
            ),
            # A phone's first screen is for what can be bought.
            rx.el.div(
                sms_preview(
                    waiting=t("Your number, waiting for its code"),
                    received=t("Code received"),
                    message=t("Your verification code is"),
                    refund=t("No code, full refund. Automatically."),
                ),
                class_name="max-sm:hidden",
            ),
            class_name=f"{classes.CONTENT} grid items-center gap-14 pt-7 sm:py-20 lg:gap-20 "
            "lg:grid-cols-[1.15fr_1fr] lg:py-24",
        ),
        # Not hidden downwards: suggestions hang below the search.
        class_name="overflow-x-clip",
    )


def _search() -> rx.Component:
    """A plain form: it leads to the catalogue, with or without JavaScript."""
    return plain_form(
        rx.el.label(t("Which service sends the code?"), html_for="q", class_name="sr-only"),
        icon("search", "pointer-events-none absolute start-4 top-4 size-5 text-muted"),
        rx.el.input(
            id="q",
            name="q",
            type="search",
            max_length=60,
            auto_complete="off",
            placeholder=t("Telegram, WhatsApp…"),
            custom_attrs={"data-suggest": "suggestions"},
            class_name=f"{classes.FIELD} min-h-13 ps-12 pe-28 "
            "[&::-webkit-search-cancel-button]:hidden",
        ),
        rx.el.button(
            # Translators: a button; looks for what is written beside it.
            t("Search"),
            type="submit",
            class_name=f"{classes.button('quiet', 'small')} absolute end-2 top-2 pointer-coarse:top-1",
        ),
        # React leaves alone what is inside of an element whose inner HTML was given: suggest.js
        # fills it.
        rx.el.div(
            id="suggestions",
            hidden=True,
            custom_attrs={
                "dangerouslySetInnerHTML": {"__html": ""},
                "suppressHydrationWarning": True,
            },
            class_name="absolute inset-x-0 top-full z-30 mt-2 max-h-[60dvh] overflow-y-auto "
            "rounded-2xl border border-line bg-surface p-2 shadow-xl shadow-black/15",
        ),
        action=f"/{LOCALE}/browse",
        method="get",
        role="search",
        class_name="relative mt-5 max-w-xl sm:mt-8",
    )


def _facts() -> rx.Component:
    return rx.el.section(
        slot(
            "figures",
            rx.el.ul,
            class_name=f"{classes.CONTENT} grid grid-cols-2 gap-8 py-10 lg:grid-cols-4",
        ),
        aria_label=t("jiema in figures"),
        class_name="border-y border-line bg-surface",
    )


def _popular() -> rx.Component:
    return rx.el.section(
        _shelf(
            "popular-services",
            t("Popular services"),
            t("All services"),
            f"/{LOCALE}/browse",
        ),
        _shelf(
            "popular-countries",
            t("Popular countries"),
            t("All countries"),
            f"/{LOCALE}/countries",
        ),
        class_name=f"{classes.CONTENT} grid gap-10 py-8 sm:gap-14 sm:py-20",
    )


def _shelf(name: str, title: str, all_of_them: str, href: str) -> rx.Component:
    """Some of the goods, which the server puts there, and the way to all."""
    return rx.el.div(
        rx.el.div(
            rx.el.h2(title, class_name="text-2xl font-semibold tracking-tight sm:text-3xl"),
            link(
                all_of_them,
                href=href,
                class_name=f"{classes.TEXT_LINK} py-2 pointer-coarse:min-w-11 pointer-coarse:py-3",
            ),
            class_name="mb-5 flex flex-wrap items-baseline justify-between gap-x-6",
        ),
        slot(name),
    )


def _uses() -> rx.Component:
    return rx.el.section(
        eyebrow(t("What it's for")),
        heading(t("Keep your own number out of it")),
        rx.el.ul(
            card(
                t("Privacy"),
                t("Keep your personal number out of databases that never needed it."),
                SHIELD,
            ),
            card(
                t("Regional testing"),
                t("See how sign-up works in the country you're building for."),
                GLOBE,
            ),
            card(
                t("Quality assurance"),
                t("Give every test run a fresh number, from a script, through the API."),
                FLASK,
            ),
            card(
                t("Work and personal, separate"),
                t("Keep work sign-ups away from the number your family calls."),
                BRIEFCASE,
            ),
            class_name="mt-10 grid gap-4 sm:grid-cols-2 lg:grid-cols-4",
        ),
        class_name=f"{classes.CONTENT} py-16 sm:py-24",
    )


def _steps() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            eyebrow(t("How it works")),
            heading(t("Three steps, a few minutes")),
            rx.el.ol(
                step(
                    1,
                    t("Choose"),
                    t(
                        "Choose a service and a country. You see the price and stock "
                        "before you pay from your prepaid balance.",
                    ),
                ),
                step(
                    2,
                    t("Use the number"),
                    t(
                        "Enter it where the service asks for a phone number. It's yours "
                        "alone until its time is up.",
                    ),
                ),
                step(
                    3,
                    t("Read the code"),
                    t(
                        "It appears as soon as the SMS arrives. If none arrives, or you "
                        "cancel first, the full price goes back to your balance.",
                    ),
                ),
                class_name="mt-10 grid gap-8 lg:grid-cols-3 lg:gap-10",
            ),
            class_name=f"{classes.CONTENT} py-16 sm:py-24",
        ),
        id="how",
        class_name="border-y border-line bg-sunken",
    )


def _payment() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            eyebrow(t("Payment")),
            heading(t("USDT, and nothing else")),
            rx.el.p(
                t(
                    "Top up your balance with USDT on TRON (TRC20), then pay per number. No "
                    "card, no bank, no subscription, no monthly minimum.",
                ),
                class_name="mt-5 max-w-xl leading-relaxed text-muted",
            ),
        ),
        rx.el.ul(
            _promise("wallet", t("The price you see is the price you pay.")),
            _promise(
                "refund", t("No code? The full price goes back to your balance automatically.")
            ),
            _promise("list", t("Your statement shows every change to your balance.")),
            _promise("shield", t("We never ask for your wallet's private key or seed phrase.")),
            class_name=f"{classes.CARD} grid gap-5 p-6 sm:p-8",
        ),
        class_name=f"{classes.CONTENT} grid items-center gap-8 pb-16 sm:pb-24 lg:grid-cols-2",
    )


def _promise(drawing: str, text: str) -> rx.Component:
    return rx.el.li(
        icon(drawing, "size-5.5 text-accent"), text, class_name="flex items-center gap-4"
    )


def _questions() -> rx.Component:
    return rx.el.section(
        rx.el.h2(
            t("Questions and answers"),
            class_name="mb-8 text-3xl font-semibold tracking-tight sm:text-4xl",
        ),
        slot("questions"),
        id="questions",
        class_name=f"{classes.CONTENT} py-16 sm:py-24",
    )


def _api() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                eyebrow(t("API")),
                heading(t("Your first order in five lines")),
                rx.el.p(
                    t(
                        "Your programs can list prices, order a number, poll for its code "
                        "and cancel for a refund. JSON over HTTPS, one API key.",
                    ),
                    class_name="mt-5 max-w-xl leading-relaxed text-muted",
                ),
                link(
                    t("API documentation"),
                    rx.el.span("→", aria_hidden="true", class_name="rtl:-scale-x-100"),
                    href=f"/{LOCALE}/api-docs",
                    class_name="mt-6 inline-flex pointer-coarse:min-h-11 items-center gap-2 font-semibold text-accent "
                    "hover:underline",
                ),
            ),
            terminal(t("Prices, order, code, cancel"), *FIRST_ORDER),
            class_name=f"{classes.CONTENT} grid items-center gap-10 py-16 sm:py-24 "
            "lg:grid-cols-[1fr_1.5fr] [&>*]:min-w-0",
        ),
        id="api",
        class_name="border-y border-line bg-sunken",
    )
