"""The top of every page: the name, where to go, and who is there."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.components import classes
from jiema_app.site.components.brand import wordmark
from jiema_app.site.components.icons import icon
from jiema_app.site.components.language_links import language_links
from jiema_app.site.components.link import link
from jiema_app.site.components.plain_form import plain_form
from jiema_app.site.layouts.places import HEADER
from jiema_app.site.layouts.theme_choice import theme_choice
from jiema_app.site.layouts.thread import thread, thread_list
from jiema_app.site.pages.page import Page
from jiema_app.site.states.visitor import Session

NAV_LINK = (
    "rounded-lg px-2 py-2 pointer-coarse:py-3 text-[0.95rem] whitespace-nowrap text-muted "
    "hover:bg-sunken hover:text-ink "
    "aria-[current]:font-semibold aria-[current]:text-ink"
)
YIELDS = (
    "max-sm:group-has-[[data-thread]:not([hidden])]/bar:hidden "
    "lg:group-has-[[data-thread]:not([hidden])]/bar:hidden"
)
"""To what is under way, where there is little room: on a phone, and beside the main menu."""
WIDE_ONLY = "max-xl:hidden"
"""Beside the main menu there is no room for these below 1280 px; the account's menu has them, too."""
YIELDS_TO_CODES = "max-sm:group-has-[[data-wide=true]:not([hidden])]/bar:hidden"
PANEL = (
    "fixed inset-x-0 top-16 bottom-auto m-0 mx-auto max-h-[calc(100dvh-5rem)] w-full max-w-md "
    "overflow-y-auto border-0 border-b border-line bg-surface p-5 text-ink shadow-xl "
    "shadow-black/10 backdrop:bg-black/25 sm:start-auto sm:end-[max(1.5rem,calc(50vw-34rem))] "
    "sm:top-18 sm:mx-0 sm:rounded-2xl sm:border sm:backdrop:bg-transparent"
)
"""A popover: the browser opens, closes and focuses it.

On a phone it hangs across the page; elsewhere below the buttons at the header's end.
"""


def header(page: Page) -> rx.Component:
    """The header of one page."""
    return rx.el.header(
        rx.el.div(
            link(
                wordmark(YIELDS),
                href=f"/{LOCALE}",
                aria_label="jiema.my",
                class_name="inline-flex min-h-11 min-w-11 items-center rounded-lg",
            ),
            rx.el.nav(
                *(_place(page, path, label) for path, label in HEADER),
                _place(page, "orders", t("Orders"), f"member-only {WIDE_ONLY}"),
                _place(page, "account/topup", t("Top up"), f"member-only {WIDE_ONLY}"),
                # Translators: names the main menu of the site for screen readers.
                aria_label=t("Main"),
                class_name="ms-3 hidden grow items-center gap-1 lg:flex",
            ),
            rx.el.div(
                # A link for whoever runs no scripts: there is a search where it leads.
                link(
                    icon("search"),
                    href=f"/{LOCALE}/browse",
                    aria_label=t("Search"),
                    aria_haspopup="dialog",
                    title=t("Search services and countries"),
                    # A code with its buttons needs all that a phone has: browse has a search, too.
                    class_name=f"{classes.ICON_BUTTON} {YIELDS_TO_CODES}",
                    custom_attrs={"data-search": "", "aria-keyshortcuts": "/ Control+K Meta+K"},
                ),
                thread(),
                rx.el.button(
                    icon("globe"),
                    type="button",
                    aria_label=t("Languages"),
                    class_name=f"{classes.ICON_BUTTON} max-sm:hidden",
                    custom_attrs={"popoverTarget": "languages"},
                ),
                _theme_button(),
                _visitor(),
                rx.el.button(
                    icon("menu", "size-6"),
                    type="button",
                    aria_label=t("Menu"),
                    class_name=f"{classes.ICON_BUTTON} lg:hidden",
                    custom_attrs={"popoverTarget": "menu"},
                ),
                rx.el.button(
                    icon("user"),
                    type="button",
                    aria_label=t("Your account"),
                    class_name=f"{classes.ICON_BUTTON} member-only max-lg:hidden",
                    custom_attrs={"popoverTarget": "menu"},
                ),
                class_name="ms-auto flex min-w-0 items-center gap-1 ps-2",
            ),
            # A phone has no room for all: what is under way comes before our name.
            class_name=f"{classes.CONTENT} group/bar flex h-16 items-center",
        ),
        _without_script(),
        rx.el.div(
            language_links(t("Languages")),
            id="languages",
            class_name=PANEL,
            custom_attrs={"popover": "auto"},
        ),
        thread_list(PANEL),
        rx.el.div(
            theme_choice(),
            id="theme",
            class_name=PANEL,
            custom_attrs={"popover": "auto"},
        ),
        _menu(page),
        class_name="sticky top-0 z-40 border-b border-line bg-paper/95 backdrop-blur",
    )


def _without_script() -> rx.Component:
    """The ways to one's own things where no script can tell a member from a guest.

    Most pages are the same for everybody. Where these lead, the server knows who asks.
    """
    ways = (
        ("orders", t("Orders")),
        ("account/topup", t("Top up")),
        ("invite", t("Invite & earn")),
        ("account", t("Account")),
    )
    return rx.el.noscript(
        rx.el.nav(
            *(
                link(
                    label,
                    # The form for topping up is the same for everybody.
                    href=f"/{LOCALE}/{path}{'' if path == 'account/topup' else '?plain'}",
                    class_name=NAV_LINK,
                )
                for path, label in ways
            ),
            aria_label=t("Your account"),
            class_name=f"{classes.CONTENT} guest-only flex flex-wrap justify-end gap-1 pb-1",
        ),
    )


def _own_places() -> tuple[tuple[str, str, str], ...]:
    return (
        ("orders", t("Orders"), "list"),
        ("account/topup", t("Top up"), "plus"),
        ("account", t("Account"), "user"),
        ("account/statement", t("Statement"), "wallet"),
        ("account/api-keys", t("API keys"), "key"),
        ("account/sessions", t("Sessions"), "shield"),
    )


def _place(page: Page, path: str, label: str, class_name: str = "") -> rx.Component:
    return link(
        label,
        href=f"/{LOCALE}/{path}",
        aria_current=_current(page, path),
        class_name=f"{NAV_LINK} {class_name}",
    )


def _current(page: Page, path: str) -> str | None:
    """How screen readers are told that this is where they are, or that it is within."""
    if page.path == path:
        return "page"
    return "true" if page.path.startswith(f"{path}/") and path == "blog" else None


def _theme_button() -> rx.Component:
    return rx.el.button(
        icon("sun", "size-5 dark:hidden"),
        icon("moon", "hidden size-5 dark:block"),
        type="button",
        aria_label=t("Switch theme"),
        class_name=f"{classes.ICON_BUTTON} max-sm:hidden",
        custom_attrs={"popoverTarget": "theme"},
    )


def _visitor() -> rx.Component:
    """Sign in, or the balance. The width is that of a balance while it is fetched."""
    return rx.el.div(
        link(
            t("Sign in"),
            href=f"/{LOCALE}/login",
            class_name=f"{classes.button('primary', 'small')} guest-only ms-1",
            custom_attrs={"data-sign-in": ""},
        ),
        link(
            icon("wallet", f"size-4.5 text-muted {YIELDS}"),
            rx.el.span(t("Balance"), class_name="sr-only"),
            rx.el.span(
                rx.cond(Session.balance, Session.balance, "\u2007\u2007\u2007\u2007\u2007"),
                dir="ltr",
                id="balance",
                class_name=classes.NUMBER,
                # Without scripts the server writes it: see serving/page_server.py.
                custom_attrs={"suppressHydrationWarning": True},
            ),
            href=f"/{LOCALE}/account",
            class_name=f"{classes.button('secondary', 'small')} member-only ms-1 min-w-22 shrink-0",
        ),
    )


def _menu(page: Page) -> rx.Component:
    row = (
        "flex min-h-11 items-center gap-3 rounded-lg px-3 hover:bg-sunken "
        "aria-[current]:bg-tint aria-[current]:font-semibold"
    )

    return rx.el.div(
        rx.el.nav(
            *(
                link(
                    label,
                    href=f"/{LOCALE}/{path}",
                    aria_current=_current(page, path),
                    class_name=row,
                )
                for path, label in HEADER
            ),
            aria_label=t("Menu"),
            class_name="grid text-lg font-medium lg:hidden",
        ),
        rx.el.nav(
            *(
                link(
                    icon(drawing, "size-5 text-muted"),
                    label,
                    href=f"/{LOCALE}/{path}",
                    aria_current=_current(page, path),
                    class_name=row,
                )
                for path, label, drawing in _own_places()
            ),
            aria_label=t("Your account"),
            class_name="member-only mt-3 grid border-t border-line pt-3 lg:mt-0 lg:border-0 lg:pt-0",
        ),
        plain_form(
            rx.el.button(
                icon("sign-out", "size-5 text-muted rtl:-scale-x-100"),
                t("Sign out"),
                type="submit",
                class_name=f"{row} w-full cursor-pointer text-start",
            ),
            method="post",
            action=f"/api/auth/sign-out?next=/{LOCALE}",
            class_name="member-only mt-3 border-t border-line pt-3",
        ),
        rx.el.div(
            rx.el.button(
                icon("globe", "size-5 text-muted"),
                t("Languages"),
                type="button",
                class_name=f"{row} w-full cursor-pointer text-start",
                custom_attrs={"popoverTarget": "languages"},
            ),
            theme_choice("mt-1"),
            class_name="mt-3 grid border-t border-line pt-3 sm:hidden",
        ),
        id="menu",
        class_name=PANEL,
        custom_attrs={"popover": "auto"},
    )
