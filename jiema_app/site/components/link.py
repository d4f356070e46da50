"""Links. Every one loads a document: a page is always built from its address and a cookie."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A


def link(*children: Any, href: Any, **props: Any) -> rx.Component:
    """An anchor to a page of ours or elsewhere, loaded by the browser itself.

    ``rx.el.a`` would move between pages inside one document, and make of ``#part`` the
    address of another one. Ours carry text that the server writes into them (see
    ``components/slot.py``), which only a load brings.
    """
    return A.create(*children, href=href, **props)
