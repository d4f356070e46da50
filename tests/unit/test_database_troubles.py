"""The driver's whole tree of errors is sorted: trouble of the database, or a bug of ours."""

import asyncio
import socket
import ssl
from collections.abc import Iterator

import asyncpg
import pytest
from asyncpg import connect_utils
from asyncpg.exceptions import _base
from asyncpg.pgproto import pgproto

from jiema_app.domain.transaction import DatabaseTrouble, is_trouble, sorted_errors

RULES = {
    **dict.fromkeys(("08", "28", "3D", "40", "53", "57", "58", "72", "F0"), True),
    **dict.fromkeys(
        ("00", "01", "02", "03", "09", "0A", "0B", "0F", "0L", "0P", "0Z", "10", "20", "21", "22",
         "23", "24", "25", "26", "27", "2B", "2D", "2F", "34", "38", "39", "3B", "3F", "42", "44",
         "54", "55", "HV", "P0", "XX"),
        False,
    ),
}  # fmt: skip
"""Whether a class of SQLSTATE speaks of the server. Every class that the driver knows."""

EXCEPTIONS = {"25006": True, "25P03": True, "25P04": True, "55006": True, "55P03": True}
"""States that are trouble in a class that is not."""

WITHOUT_STATE = {
    _base.PostgresError: False,
    _base.FatalPostgresError: False,
    _base.UnknownPostgresError: False,
    asyncpg.InvalidCachedStatementError: True,
    _base.InterfaceError: True,
    _base.ClientConfigurationError: False,
    _base.DataError: False,
    _base.UnsupportedClientFeatureError: False,
    _base.UnsupportedServerFeatureError: False,
    _base.InterfaceWarning: False,
    _base.InternalClientError: True,
    _base.ProtocolError: True,
    _base.TargetServerAttributeNotMatched: True,
    _base.OutdatedSchemaCacheError: True,
    pgproto.BufferError: True,
    # They pass between two functions of the driver, and never leave it.
    vars(connect_utils)["_NextHostSignal"]: False,
    vars(connect_utils)["_RetryConnectSignal"]: False,
}


def of_the_driver(root: type[BaseException] = BaseException) -> Iterator[type[BaseException]]:
    """Every exception class that the installed driver defines."""
    for kind in root.__subclasses__():
        if kind.__module__.partition(".")[0] == "asyncpg":
            yield kind
        yield from of_the_driver(kind)


def expected_of(kind: type[BaseException]) -> bool:
    """What the rules say of a class. A class that none speaks of is a KeyError."""
    if kind in WITHOUT_STATE:
        return WITHOUT_STATE[kind]
    state = str(vars(kind)["sqlstate"])
    return EXCEPTIONS.get(state, RULES[state[:2]])


def test_every_class_of_the_driver_is_judged_by_a_rule() -> None:
    kinds = set(of_the_driver())
    assert len(kinds) > 200
    judged = {kind: is_trouble(kind.__new__(kind)) for kind in kinds}
    assert judged == {kind: expected_of(kind) for kind in kinds}


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        PermissionError(13, "Permission denied"),
        FileNotFoundError(2, "No such file or directory"),
        ConnectionResetError(),
        BrokenPipeError(),
        TimeoutError(),
        socket.gaierror(-2, "Name or service not known"),
        ssl.SSLCertVerificationError(),
        asyncio.IncompleteReadError(b"", 1),
        RuntimeError("unable to perform operation on <TCPTransport closed=True>; closed"),
    ],
    ids=repr,
)
def test_what_the_network_says_inside_a_block_is_trouble(error: Exception) -> None:
    assert is_trouble(error)


@pytest.mark.parametrize(
    "error",
    [
        asyncio.CancelledError(),
        KeyboardInterrupt(),
        RuntimeError("dictionary changed size during iteration"),
        ValueError("no"),
        KeyError("no"),
    ],
    ids=repr,
)
def test_a_cancellation_and_a_bug_are_no_trouble(error: BaseException) -> None:
    assert not is_trouble(error)


@pytest.mark.parametrize("severity", ["FATAL", "PANIC"])
def test_a_server_that_ends_the_connection_is_in_trouble_whatever_the_reason(severity: str) -> None:
    fields = {"S": severity, "V": severity, "C": "42501", "M": "permission denied for database"}
    assert is_trouble(asyncpg.PostgresError.new(fields))
    fields |= {"S": "ERROR", "V": "ERROR"}
    assert not is_trouble(asyncpg.PostgresError.new(fields))


def test_a_state_that_the_driver_does_not_know_is_judged_by_its_class() -> None:
    def unknown(state: str) -> asyncpg.PostgresError:
        return asyncpg.PostgresError.new({"S": "ERROR", "V": "ERROR", "C": state, "M": "odd"})

    assert type(unknown("57ZZZ")) is _base.UnknownPostgresError
    assert is_trouble(unknown("57ZZZ"))
    assert not is_trouble(unknown("42ZZZ"))


def test_trouble_tells_its_name_and_no_words() -> None:
    secret = "refused for postgresql://jiema:secret@db.internal"
    with pytest.raises(DatabaseTrouble) as told, sorted_errors():
        raise ConnectionRefusedError(secret)
    assert str(told.value) == "ConnectionRefusedError"
    assert isinstance(told.value.__cause__, ConnectionRefusedError)
    with pytest.raises(ZeroDivisionError), sorted_errors():
        raise ZeroDivisionError
