"""Who makes the words of each kind of message, who hears what became of it, who handles updates.

One table: what is not in it is not sent, and not answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jiema_app.domain.notifications.transport import Renderer, Settled
from jiema_app.domain.telegram.calls import READY_MADE, render_ready_made
from jiema_app.domain.telegram.updates import (
    ClaimedUpdate,
    Effects,
    UpdateHandler,
)

if TYPE_CHECKING:
    from jiema_app.bootstrap import Services


@dataclass(frozen=True, slots=True)
class Registry:
    """The table.

    Attributes:
        renderers: By the kind of a delivery.
        handler: Of every update.
        tell_failure: Writes what somebody is told whose update could not be handled.
        settled: By the kind of a delivery; most have none.
    """

    renderers: Mapping[str, Renderer]
    handler: UpdateHandler
    tell_failure: UpdateHandler
    settled: Mapping[str, Settled] = field(default_factory=dict)


def build_registry(services: "Services") -> Registry:  # noqa: ARG001 - what handlers will call
    """The table of one process."""
    return Registry(
        renderers={READY_MADE: render_ready_made},
        handler=_say_nothing,
        tell_failure=_say_nothing,
    )


async def _say_nothing(_update: ClaimedUpdate, _effects: Effects) -> None:
    pass
