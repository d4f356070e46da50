"""What the server has a page do, and no browser may.

Reflex offers a browser every public function of a state. What is marked here is a function for
our own code alone: it is not counted against anybody, for nobody asked for it.
"""

from collections.abc import Awaitable, Callable
from typing import Any

Refresh = Callable[[], Awaitable[None]]


class Pushed:
    """A method that is not offered: Reflex takes functions, and this is none."""

    def __init__(self, method: Callable[[Any], Awaitable[None]]) -> None:
        self._method = method
        self.__doc__ = method.__doc__

    def __get__(self, state: object, owner: type | None = None) -> Refresh:
        """The method of one state."""
        return self._method.__get__(state, owner)


def pushed(method: Callable[[Any], Awaitable[None]]) -> Pushed:
    """Mark a method that we call and no browser may."""
    return Pushed(method)
