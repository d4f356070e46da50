"""The form that buys one number, as pages draw it that know a route by their state."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE
from jiema_app.site.components.plain_form import plain_form


def buy_form(
    service: Any,
    country: Any,
    cents: Any,
    *words: Any,
    look: str,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A form with its button; ``shop.js`` sends it, and the browser itself without scripts.

    Args:
        service: Slug.
        country: Slug.
        cents: The price that is shown: more is not paid.
        *words: What the button says.
        look: Of the button.
        class_name: Of the form.
        **props: More for the button.
    """
    return plain_form(
        rx.el.input(type="hidden", name="service", value=service),
        rx.el.input(type="hidden", name="country", value=country),
        rx.el.input(type="hidden", name="max_price_cents", value=cents),
        rx.el.input(type="hidden", name="locale", value=LOCALE),
        rx.el.button(*words, type="submit", class_name=look, **props),
        method="post",
        action="/api/shop/orders",
        class_name=class_name,
        custom_attrs={"data-enhanced": ""},
    )
