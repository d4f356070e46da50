"""Several views of one thing, one at a time."""

import reflex as rx


def tabs(name: str, legend: str, *views: tuple[str, rx.Component]) -> rx.Component:
    """Radio buttons choose the view: they work with the keyboard and without JavaScript.

    Args:
        name: Of the choice; unique on the page.
        legend: What is chosen, for screen readers.
        *views: Title and content of each, five at most. The first one shows.
    """
    return rx.el.div(
        rx.el.fieldset(
            rx.el.legend(legend, class_name="sr-only"),
            *(_tab(name, place, title) for place, (title, _) in enumerate(views)),
            class_name="flex gap-1 overflow-x-auto border-b border-line",
        ),
        *(
            rx.el.div(content, class_name="hidden pt-4", custom_attrs={"data-view": str(place)})
            for place, (_, content) in enumerate(views)
        ),
        class_name=_SHOW,
    )


def _tab(name: str, place: int, title: str) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name=name,
            value=str(place),
            default_checked=place == 0,
            class_name="sr-only",
        ),
        title,
        class_name="-mb-px flex min-h-11 cursor-pointer items-center border-b-2 border-transparent "
        "px-4 text-sm font-semibold whitespace-nowrap text-muted hover:text-ink "
        "has-checked:border-accent has-checked:text-ink has-focus-visible:outline-3 "
        "has-focus-visible:-outline-offset-3 has-focus-visible:outline-accent",
    )


_SHOW = (
    "[&:has([value='0']:checked)>[data-view='0']]:block "
    "[&:has([value='1']:checked)>[data-view='1']]:block "
    "[&:has([value='2']:checked)>[data-view='2']]:block "
    "[&:has([value='3']:checked)>[data-view='3']]:block "
    "[&:has([value='4']:checked)>[data-view='4']]:block"
)
"""Spelled out, for the styles are made of whole class names."""
