"""A country's flag, before its name."""

import reflex as rx

from jiema_app.site.design.artwork import flag_path

WIDTH = 28
"""Pixels of a flag in a list; the height is three quarters of it."""


def flag(iso2: str, width: int = WIDTH) -> rx.Component:
    """The flag of a country that is known when the page is built.

    It is decoration: the country's name must stand beside it.
    """
    return flag_of(flag_path(iso2), width)


def flag_of(path: str | rx.Var[str], width: int = WIDTH) -> rx.Component:
    """The flag at an address of `jiema_app.site.design.artwork.flag_path`, also one of the state's."""
    return rx.el.img(
        src=path,
        alt="",
        width=width,
        height=width * 3 // 4,
        loading="lazy",
        decoding="async",
        class_name="flag",
    )
