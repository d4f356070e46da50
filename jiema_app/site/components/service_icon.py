"""The tile that stands before a service's name: its mark, or a letter or two."""

from typing import Any

import reflex as rx

from jiema_app.site.design.artwork import hue, letters, service_icon_path

SIZE = 40
"""Pixels of a tile in a list."""


def service_icon(slug: str, name: str, size: int = SIZE) -> rx.Component:
    """The tile of a service that is known when the page is built.

    It is decoration: the name must stand beside it.
    """
    path = service_icon_path(slug)
    return _lettered(letters(name), hue(name), size) if path is None else _mark(path, size)


def service_icon_of(
    path: str | rx.Var[str],
    letters_shown: str | rx.Var[str],
    hue_shown: int | rx.Var[int],
    size: int = SIZE,
) -> rx.Component:
    """The tile of a service that only the state knows.

    Args:
        path: Its address, or an empty string for a service without a mark.
        letters_shown: What to show then.
        hue_shown: In which colour.
        size: Width and height in pixels.
    """
    return rx.cond(path, _mark(path, size), _lettered(letters_shown, hue_shown, size))


def _mark(path: str | rx.Var[str], size: int) -> rx.Component:
    return rx.el.img(
        src=path,
        alt="",
        width=size,
        height=size,
        loading="lazy",
        decoding="async",
        class_name="tile",
    )


def _lettered(text: str | rx.Var[str], degrees: int | rx.Var[int], size: int) -> rx.Component:
    style: dict[str, Any] = {"--tile": f"{size}px", "--hue": degrees}
    # Reflex would make a class of `style`; an attribute is what the templates write, too.
    return rx.el.span(
        text,
        aria_hidden="true",
        dir="ltr",
        class_name="tile lettered",
        custom_attrs={"style": rx.Var.create(style)},
    )
