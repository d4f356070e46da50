"""Links. Every one loads a document: a page is always built from its address and a cookie."""

from typing import Any

import reflex as rx


def link(*children: Any, href: Any, **props: Any) -> rx.Component:
    """An anchor to a page of ours or elsewhere, loaded by the browser itself.

    Reflex would move between pages inside one document. Ours carry text that the server
    writes into them (see ``components/slot.py``), which only a load brings.
    """
    attributes = {"reloadDocument": True, **props.pop("custom_attrs", {})}
    return rx.el.a(*children, href=href, custom_attrs=attributes, **props)
