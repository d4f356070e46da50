"""How to pay: how much, where to, and until when."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.recharge.state import RechargePage
from jiema_app.site.components import classes
from jiema_app.site.components.copy_button import copy_button
from jiema_app.site.components.countdown import TIME_LEFT
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link

COPY = f"{classes.button('secondary', 'small')} shrink-0"


def pay_panel() -> rx.Component:
    """Amount and address with buttons that copy them, the code to scan, and the time left."""
    return rx.el.section(
        _clock(),
        rx.el.div(
            rx.el.div(
                _amount(),
                _address(),
                rx.cond(RechargePage.trust_wallet, _wallet()),
                class_name="grid min-w-0 content-center gap-6",
            ),
            _code(),
            class_name="grid items-center gap-6 p-5 sm:grid-cols-[minmax(0,1fr)_auto] sm:gap-8 "
            "sm:p-6",
        ),
        rx.el.p(
            icon("warning", "mt-0.5 size-5"),
            rx.el.span(
                rx.el.b(t("Only USDT, only on TRON (TRC20)."), class_name="block font-semibold"),
                t(
                    "Other tokens aren't credited, and anything sent on another network "
                    "may be lost. If a sending fee is taken out of the amount, add it on top.",
                ),
            ),
            class_name="flex gap-3 border-t border-line bg-warning-tint px-5 py-4 text-sm "
            "leading-relaxed text-warning sm:px-6",
        ),
        aria_label=t("How to pay"),
        class_name=f"{classes.CARD} overflow-hidden",
    )


def _clock() -> rx.Component:
    card = RechargePage.recharge
    return rx.el.div(
        rx.el.div(
            rx.el.h2(
                rx.el.span(
                    class_name="size-2 shrink-0 animate-pulse rounded-full bg-accent",
                    aria_hidden="true",
                ),
                t("Waiting for your payment"),
                class_name="flex items-center gap-2.5 font-semibold",
            ),
            rx.el.p(
                rx.el.span(
                    role="timer",
                    aria_live="off",
                    class_name="font-semibold tabular-nums",
                    custom_attrs={
                        "data-countdown": card.closes_at,
                        "data-whole": card.window_s,
                        "data-words": TIME_LEFT,
                    },
                ),
                # Under the words, not under their dot, where it has a line of its own.
                class_name="ms-4.5",
            ),
            class_name="flex flex-wrap items-center justify-between gap-x-4 px-5 py-3.5 sm:px-6",
        ),
        rx.el.div(
            rx.el.div(
                class_name="h-full w-[calc(var(--left,1)*100%)] bg-accent transition-[width] "
                "duration-500 ease-linear",
            ),
            aria_hidden="true",
            class_name="h-1 bg-line",
        ),
        custom_attrs={"data-ring": ""},
    )


def _amount() -> rx.Component:
    card = RechargePage.recharge
    return rx.el.div(
        rx.el.h3(t("Send exactly"), class_name="text-sm font-medium text-muted"),
        rx.el.div(
            rx.el.p(
                rx.el.bdi(card.amount_digits, dir="ltr"),
                " ",
                rx.el.span("USDT", class_name="text-lg font-semibold text-muted"),
                dir="ltr",
                class_name="text-3xl font-bold tracking-tight tabular-nums sm:text-4xl",
                custom_attrs={"data-amount": ""},
            ),
            copy_button(
                card.amount_digits,
                t("Copy amount"),
                class_name=COPY,
            ),
            class_name="mt-1.5 flex flex-wrap items-center justify-between gap-x-4 gap-y-2",
        ),
        _fees(),
    )


def _fees() -> rx.Component:
    """Folded away: most wallets send what they are told to, exchanges do not."""
    return rx.el.details(
        rx.el.summary(
            t("Sending from an exchange?"),
            icon("chevron", "size-4.5 transition-transform group-open:rotate-180"),
            class_name="inline-flex min-h-9 pointer-coarse:min-h-11 cursor-pointer list-none "
            "items-center gap-2 text-sm font-medium text-accent "
            "[&::-webkit-details-marker]:hidden",
        ),
        rx.foreach(
            RechargePage.recharge.how_to_send,
            lambda line: rx.el.p(line, class_name="mt-1.5 leading-relaxed text-pretty"),
        ),
        class_name="group mt-2 text-sm text-muted",
    )


def _address() -> rx.Component:
    card = RechargePage.recharge
    return rx.el.div(
        rx.el.h3(
            t("To this address"),
            rx.el.span("TRON · TRC20", dir="ltr", class_name=classes.badge("good")),
            class_name="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm font-medium text-muted",
        ),
        # In pieces on a phone and in one elsewhere; a selection is the address either way.
        rx.el.p(
            rx.foreach(
                card.address_groups,
                lambda group: rx.el.span(
                    group,
                    class_name="inline-block max-sm:not-last:me-[0.5em] max-sm:even:text-muted "
                    "first:font-bold first:text-accent! last:font-bold last:text-accent!",
                ),
            ),
            dir="ltr",
            class_name="mt-2 w-fit font-mono leading-relaxed break-words "
            "max-sm:text-lg sm:text-[0.95rem]",
            custom_attrs={"data-address": card.address, "translate": "no"},
        ),
        copy_button(
            card.address,
            t("Copy address"),
            class_name=f"{classes.button('primary')} mt-3 w-full",
        ),
    )


def _wallet() -> rx.Component:
    """A wallet on this phone, with all of it filled in. Beside the Mini App the code is scanned."""
    return link(
        # Translators: a button; Trust Wallet is an app.
        t("Pay with {wallet}", wallet="Trust Wallet"),
        icon("external", "size-4.5"),
        href=RechargePage.trust_wallet,
        rel="noopener",
        class_name=f"{classes.button('secondary')} hidden! w-full [html[data-mini]_&]:inline-flex!",
        custom_attrs={"data-wallet": "trust"},
    )


def _code() -> rx.Component:
    card = RechargePage.recharge
    return rx.el.figure(
        # White in the dark, too: many scanners know dark on light alone.
        rx.el.svg(
            rx.el.path(d=card.qr_path, class_name="fill-black"),
            view_box=card.qr_box,
            role="img",
            aria_label=t("QR code for the address"),
            class_name="size-48 rounded-xl bg-white [shape-rendering:crispEdges] sm:size-44 "
            "outline outline-line",
        ),
        rx.el.figcaption(
            t("Contains only the address. Enter the amount yourself."),
            class_name="mt-2 max-w-44 text-center text-xs leading-normal text-muted text-balance",
        ),
        # Who pays from the same phone cannot scan it.
        class_name="mx-auto grid justify-items-center [html[data-mini]_&]:hidden",
    )
