"""One choice among several things to buy: the chosen one's button is the main act of the view."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes
from jiema_app.site.components.buy_form import buy_form
from jiema_app.site.components.icons import icon


def choice(
    *seen: rx.Component,
    name: str,
    value: Any,
    label: Any,
    service: Any,
    country: Any,
    cents: Any,
    price: Any,
    is_chosen: Any = False,
) -> rx.Component:
    """A row that is chosen by a tap, and bought by the button that it then has.

    Args:
        *seen: What is seen of it, besides its price.
        name: Of the choice, on the view.
        value: Of this row.
        label: What the button buys, in whole words.
        service: Slug.
        country: Slug.
        cents: The price that is shown: more is not paid.
        price: In words.
        is_chosen: Whether it is from the beginning.
    """
    return rx.el.li(
        rx.el.label(
            rx.el.input(
                type="radio",
                name=name,
                value=value,
                default_checked=is_chosen,
                class_name="peer sr-only",
                aria_label=label,
            ),
            *seen,
            rx.el.bdi(price, dir="ltr", class_name="shrink-0 font-semibold tabular-nums"),
            icon("check", "hidden size-5 shrink-0 text-accent in-[label:has(:checked)]:block"),
            class_name="flex min-h-16 cursor-pointer items-center gap-3 px-4 py-2.5 "
            "has-focus-visible:outline-3 has-focus-visible:-outline-offset-3 "
            "has-focus-visible:outline-accent has-checked:bg-tint",
        ),
        buy_form(
            service,
            country,
            cents,
            # Translators: a button; the price of the number follows.
            rx.el.span(t("Get number")),
            rx.el.span("·", aria_hidden="true"),
            rx.el.bdi(price, dir="ltr", class_name="tabular-nums"),
            look=f"{classes.button('primary', 'large')} w-full",
            class_name="hidden px-4 pt-1 pb-4 [li:has(input:checked)>&]:block "
            "[html[data-main-button]_&]:hidden!",
            aria_label=label,
            custom_attrs={"data-main": ""},
        ),
        key=value,
        # Clear of the bar below it, when it is brought into view.
        class_name="scroll-mt-4 scroll-mb-24",
        custom_attrs={"data-choice": ""},
    )


LIST = f"{classes.CARD} divide-y divide-line overflow-hidden"
