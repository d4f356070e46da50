"""Paying with play money, in the sandbox alone."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.account.recharge.state import RechargePage
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.plain_form import plain_form


def sandbox_panel() -> rx.Component:
    """One button for what was asked for; below it, anything else that people send."""
    card = RechargePage.recharge
    return rx.el.section(
        rx.el.h2(t("Sandbox: pay it for me"), class_name="font-semibold"),
        rx.el.p(
            t("Sends play money to this address on a network we simulate."),
            class_name="mt-1 text-sm text-muted",
        ),
        _form(
            rx.el.input(type="hidden", name="amount", value=card.amount_digits),
            rx.el.button(
                rx.el.span(card.send_text),
                type="submit",
                class_name=classes.button("secondary"),
            ),
            class_name="mt-3",
        ),
        rx.el.details(
            rx.el.summary(
                t("Send something else"),
                icon("chevron", "size-4.5 transition-transform group-open:rotate-180"),
                class_name="inline-flex min-h-9 pointer-coarse:min-h-11 cursor-pointer list-none items-center gap-2 "
                "text-sm text-muted hover:text-ink [&::-webkit-details-marker]:hidden",
            ),
            _form(
                rx.el.div(
                    rx.el.label(t("Amount"), html_for="sandbox-amount", class_name=classes.LABEL),
                    rx.el.input(
                        id="sandbox-amount",
                        name="amount",
                        default_value="9.99",
                        input_mode="decimal",
                        auto_complete="off",
                        dir="ltr",
                        max_length=16,
                        class_name=classes.FIELD,
                    ),
                    class_name="grow",
                ),
                rx.el.div(
                    rx.el.label(t("Token"), html_for="sandbox-token", class_name=classes.LABEL),
                    rx.el.div(
                        rx.el.select(
                            rx.el.option("USDT", value="usdt"),
                            rx.el.option(t("Fake USDT"), value="fake"),
                            id="sandbox-token",
                            name="token",
                            class_name=f"{classes.FIELD} appearance-none pe-10",
                        ),
                        icon(
                            "chevron",
                            "pointer-events-none absolute end-3.5 top-3.5 size-4.5 text-muted",
                        ),
                        class_name="relative",
                    ),
                    class_name="grow",
                ),
                rx.el.button(
                    # Translators: a button; what is written beside it is sent.
                    t("Send"),
                    type="submit",
                    class_name=f"{classes.button('secondary')} self-end max-sm:w-full",
                ),
                class_name="mt-2 flex flex-wrap gap-3",
            ),
            class_name="group mt-2",
        ),
        class_name="rounded-2xl border border-dashed border-line-strong p-5 sm:p-6",
    )


def _form(*children: rx.Component, class_name: str) -> rx.Component:
    card = RechargePage.recharge
    return plain_form(
        rx.el.input(type="hidden", name="locale", value=LOCALE),
        *children,
        method="post",
        action="/api/shop/recharges/" + card.id + "/sandbox-payment",
        class_name=class_name,
        custom_attrs={"data-enhanced": ""},
    )
