"""A form that the browser posts itself."""

from typing import Any

import reflex as rx
from reflex.constants import EventTriggers


def plain_form(*children: Any, **props: Any) -> rx.Component:
    """A form without a handler, which loads the page that its action answers with.

    Reflex stops every form from being sent, lest it load a page; ours are meant to.
    """
    form = rx.el.form(*children, **props)
    form.event_triggers.pop(EventTriggers.ON_SUBMIT, None)
    return form
