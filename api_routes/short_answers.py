"""What Redis may say to us: short words. The rest is not kept until it has all come."""

from collections.abc import Callable
from typing import Any, Final

from redis._parsers import _AsyncRESP2Parser
from redis.exceptions import InvalidResponse

from jiema_app.domain.outside_numbers import whole_number

WORD_MAX: Final = 16_384
"""The longest answer about windows takes a quarter of it."""

PARSE_ERROR: Final[Callable[[str], Exception]] = _AsyncRESP2Parser.parse_error


class ShortAnswers(_AsyncRESP2Parser):
    """redis-py's parser without lists, and with an end to what it waits for.

    It would itself collect as many bytes or words as an answer announces. Nothing is decoded.
    """

    async def _read_response(self, disable_decoding: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002 - theirs
        line = await self._readline()
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            return PARSE_ERROR(rest.decode("utf-8", errors="replace"))
        if kind == b"+":
            return rest
        length = whole_number(rest, at_most=WORD_MAX)
        if kind != b"$" or length is None:
            raise InvalidResponse("neither a word nor an error")
        return await self._read(length)
