"""What a page may have the server do, and with which arguments.

Reflex offers pages every handler there is, its own inner ones too, and hands over whatever
they send: the annotations of a handler bind nobody. They do here, in one place, before an
event reaches a state. Lengths are looked at first.
"""

import inspect
from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

TEXT_MAX: Final = 2_000
"""Characters of a text. What a form really takes is decided behind this, and is less."""
ENTRIES_MAX: Final = 50
"""Fields of a form, items of a list."""
NAME_MAX: Final = 100

FORM: Final = "__reflex_form_data__"
"""How Reflex' script wraps what a form holds: a list of pairs."""

OF_REFLEX: Final = frozenset({"hydrate_and_load", "on_load_internal"})
"""Its own handlers that our pages call: when a page connects, and when it goes elsewhere."""
NOT_FOR_PAGES: Final = frozenset({"refresh"})
"""Public methods of ours that the server calls by itself."""

OURS: Final = "jiema_app."
VARS: Final = "vars"

Check = Callable[[Any], bool]


class Refused(Exception):
    """An event that no page of ours sends."""


class EventRules:
    """The handlers that pages may call."""

    def __init__(self, handlers: Mapping[str, Callable[..., Any]]) -> None:
        self._checks: Final = {name: _checks_of(function) for name, function in handlers.items()}

    def __contains__(self, name: object) -> bool:
        return name in self._checks

    def clean(self, name: object, payload: object) -> tuple[str, dict[str, Any]]:
        """The name and the arguments of an event that may be handled.

        Raises:
            Refused: There is no such handler for pages, or these are no arguments of it.
        """
        if not isinstance(name, str) or name not in self._checks:
            raise Refused("name")
        if not isinstance(payload, dict):
            raise Refused("arguments")
        checks = self._checks[name]
        if len(payload) > len(checks):
            raise Refused("arguments")
        for argument, (check, is_needed) in checks.items():
            if argument in payload:
                if not check(payload[argument]):
                    raise Refused("arguments")
            elif is_needed:
                raise Refused("arguments")
        if not payload.keys() <= checks.keys():
            raise Refused("arguments")
        return name, payload


def rules_of_pages() -> EventRules:
    """The rules for all states that were imported. Needs Reflex' contexts."""
    from reflex_base.registry import RegistrationContext  # noqa: PLC0415 - reads its environment

    handlers = {
        name: registered.handler.fn
        for name, registered in RegistrationContext.get().event_handlers.items()
        if _is_for_pages(name.rpartition(".")[2], registered.handler.fn)
    }
    return EventRules(handlers)


def _is_for_pages(name: str, function: Callable[..., Any]) -> bool:
    if function.__module__.startswith(OURS):
        return name not in NOT_FOR_PAGES
    return name in OF_REFLEX


def is_text(value: object, length_max: int = TEXT_MAX) -> bool:
    """Whether something is a text that everything behind us can hold."""
    if not isinstance(value, str) or len(value) > length_max or "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a pair that means one character
        return False
    return True


def _checks_of(function: Callable[..., Any]) -> dict[str, tuple[Check, bool]]:
    hints = get_type_hints(function)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    is_ours = function.__module__.startswith(OURS)
    return {
        parameter.name: (
            # Reflex' mappings are values of its vars, and browsers keep none of ours.
            _check_of(hints[parameter.name]) if is_ours or parameter.name != VARS else _is_nothing,
            parameter.default is inspect.Parameter.empty,
        )
        for parameter in parameters
    }


def _is_nothing(value: object) -> bool:
    return not value and isinstance(value, (dict, NoneType))


class UnknownAnnotation(TypeError):
    """A handler takes something that nobody here can check; add it."""


SIMPLE: Final[Mapping[Any, Check]] = {
    str: is_text,
    bool: lambda value: isinstance(value, bool),
    NoneType: lambda value: value is None,
}


def _check_of(annotation: Any) -> Check:
    """What holds for values of an annotation.

    Raises:
        UnknownAnnotation: It is none that is known here.
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    check = SIMPLE.get(annotation)
    if origin in (Union, UnionType):
        options = [_check_of(argument) for argument in arguments]
        check = _any_of(options)
    elif origin is Literal:
        check = _one_of(arguments)
    elif origin is list:
        check = _list_of(_check_of(arguments[0]))
    elif origin is dict:
        check = _is_form
    if check is None:
        raise UnknownAnnotation(repr(annotation))
    return check


def _any_of(options: list[Check]) -> Check:
    return lambda value: any(option(value) for option in options)


def _one_of(values: tuple[Any, ...]) -> Check:
    return lambda value: isinstance(value, str) and value in values


def _list_of(check: Check) -> Check:
    return lambda value: (
        isinstance(value, list) and len(value) <= ENTRIES_MAX and all(map(check, value))
    )


def _is_form(value: object) -> bool:
    if not isinstance(value, dict) or len(value) > ENTRIES_MAX:
        return False
    entries = value[FORM] if value.keys() == {FORM} else [list(pair) for pair in value.items()]
    return isinstance(entries, list) and len(entries) <= ENTRIES_MAX and all(map(_is_pair, entries))


def _is_pair(entry: object) -> bool:
    return (
        isinstance(entry, list)
        and len(entry) == len(("name", "value"))
        and is_text(entry[0], NAME_MAX)
        and (is_text(entry[1]) or entry[1] is None)
    )
