"""Which lines or orders to see: a form that puts the choice into the address."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.filter_choices import Choice
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.plain_form import plain_form


def filter_form(
    chosen: Any,
    is_filtered: Any,
    address: str,
    *,
    has_kinds: bool = False,
    has_orders: bool = True,
    cleared: Any = None,
    kept: dict[str, Any] | None = None,
) -> rx.Component:
    """The filter, folded away: what it found is what one wants to see.

    Args:
        chosen: ``Choices`` of the page's state.
        is_filtered: Whether anything is chosen.
        address: Of the page without a filter.
        has_kinds: Whether lines of some kind can be chosen.
        has_orders: Whether lines can be chosen by what was ordered.
        cleared: Where no filter is, if that is another address.
        kept: What else the address says and keeps.
    """
    return rx.el.details(
        rx.el.summary(
            icon("filter", "size-4.5 text-muted"),
            rx.el.span(t("Filter")),
            rx.cond(is_filtered, rx.el.span(t("Filtered"), class_name=classes.badge("good"))),
            icon("chevron", "ms-auto size-5 text-muted transition-transform group-open:rotate-180"),
            class_name="flex min-h-13 cursor-pointer list-none items-center gap-3 rounded-2xl px-5 "
            "font-semibold [&::-webkit-details-marker]:hidden",
        ),
        plain_form(
            _choice("kind", t("Kind"), t("All kinds"), chosen.kinds, chosen.kind)
            if has_kinds
            else rx.fragment(),
            *(_orders(chosen) if has_orders else ()),
            _day("from", t("First day"), chosen.first_day),
            _day("to", t("Last day"), chosen.last_day),
            *(
                rx.el.input(type="hidden", name=name, value=value)
                for name, value in (kept or {}).items()
            ),
            rx.el.p(
                t("Days begin and end at midnight UTC."),
                id="filter-days",
                class_name=f"text-sm text-muted {'sm:col-span-2' if has_kinds else 'lg:col-start-1'}",
            ),
            rx.el.div(
                rx.cond(
                    is_filtered,
                    link(
                        t("Clear filter"),
                        href=address if cleared is None else cleared,
                        class_name=classes.button("quiet"),
                    ),
                ),
                rx.el.button(
                    t("Apply filter"), type="submit", class_name=classes.button("secondary")
                ),
                class_name="flex flex-wrap justify-end gap-2 lg:col-start-3",
            ),
            method="get",
            action=address,
            class_name="grid items-center gap-x-4 gap-y-4 px-5 pt-1 pb-5 sm:grid-cols-2 "
            "lg:grid-cols-3",
        ),
        class_name=f"group {classes.CARD}",
    )


def _orders(chosen: Any) -> tuple[rx.Component, ...]:
    """What was ordered, and with which key."""
    return (
        _choice("service", t("Service"), t("All services"), chosen.services, chosen.service),
        _choice("country", t("Country"), t("All countries"), chosen.countries, chosen.country),
        _choice("key", t("API key"), t("Any, or none"), chosen.api_keys, chosen.key),
    )


def _choice(name: str, label: str, everything: str, values: Any, chosen: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"filter-{name}", class_name=classes.LABEL),
        rx.el.div(
            rx.el.select(
                rx.el.option(everything, value=""),
                rx.foreach(values.to(list[Choice]), _option),
                id=f"filter-{name}",
                name=name,
                default_value=chosen,
                class_name=f"{classes.FIELD} cursor-pointer appearance-none truncate pe-10",
            ),
            icon("chevron", "pointer-events-none absolute end-3.5 top-3.5 size-4.5 text-muted"),
            class_name="relative",
        ),
        class_name="min-w-0",
    )


def _option(choice: Choice) -> rx.Component:
    return rx.el.option(choice.label, value=choice.value)


def _day(name: str, label: str, chosen: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"filter-{name}", class_name=classes.LABEL),
        rx.el.input(
            id=f"filter-{name}",
            name=name,
            type="date",
            min="2020-01-01",
            max="2049-12-31",
            default_value=chosen,
            aria_describedby="filter-days",
            class_name=f"{classes.FIELD} cursor-text",
        ),
        class_name="min-w-0",
    )
