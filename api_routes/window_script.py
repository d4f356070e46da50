"""One trip to Redis: what is asked of how many windows, and what it says of each.

A script checks and counts in a single step, by Redis's own clock, so that neither how many
processes ask nor what their clocks say makes a difference. Windows are lists of moments in
microseconds, the oldest first. What is asked and answered is packed here by hand: a library
that packs and unpacks each word of it takes longer than Redis does.
"""

import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

from api_routes.verdicts import WINDOW_S

PREFIX: Final = "limit:"

SCRIPT: Final = b"""
local call = redis.call
local time = call('TIME')
local now = time[1] * 1000000 + time[2]
local stamp = string.format('%.0f', now)
local told = { struct.pack('>I4', ARGV[1]) }
for place, key in ipairs(KEYS) do
  local limit = tonumber(ARGV[3 * place - 1])
  local window = tonumber(ARGV[3 * place + 1])
  local oldest = tonumber(call('LINDEX', key, 0) or now)
  if oldest > now + 1000000 then
    -- The clock was set back: what was counted lies ahead of it. Windows begin anew.
    call('DEL', key)
    oldest = now
  end
  while oldest <= now - window do
    call('LPOP', key)
    oldest = tonumber(call('LINDEX', key, 0) or now)
  end
  local count, has_room
  if ARGV[3 * place] == '1' then
    count = call('RPUSH', key, stamp)
    has_room = count <= limit
    if has_room then
      call('PEXPIRE', key, window / 1000)
    else
      call('RPOP', key)
      count = count - 1
    end
  else
    count = call('LLEN', key)
    has_room = count < limit
  end
  told[place + 1] = struct.pack('>BI4I8', has_room and 1 or 0, count, oldest + window - now)
end
return table.concat(told)
"""

ONE_ANSWER: Final = struct.Struct(">BIQ")
NUMBER: Final = struct.Struct(">I")
NUMBERS: Final = 2**32


class Question(NamedTuple):
    """What one request asks of one window.

    Attributes:
        takes: Whether it is counted, when there is room; else the window is only looked at.
        window_s: How long it is.
    """

    key: str
    limit: int
    takes: bool
    window_s: int = WINDOW_S


class Answer(NamedTuple):
    """What a window says.

    Attributes:
        has_room: Whether there was room.
        held: Requests that it holds now.
        left_us: Microseconds until the oldest of them leaves it.
    """

    has_room: bool
    held: int
    left_us: int


class NotAnAnswer(Exception):
    """What came is not what was asked for."""


def packed(command: bytes, script: bytes, number: int, questions: Sequence[Question]) -> bytes:
    """A whole command.

    Args:
        command: ``EVALSHA`` or ``EVAL``.
        script: The script's hash, or the script.
        number: Of the trip. The answer must repeat it: one that belongs to another trip would be
            another user's.
        questions: All that travel together.
    """
    count = len(questions)
    head = b"*%d\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n" % (
        *(3 + count + 1 + 3 * count, len(command), command, len(script), script),
    )
    parts = [head, _word(b"%d" % count)]
    for key, _, _, _ in questions:
        parts.append(_word(f"{PREFIX}{key}".encode()))
    parts.append(_word(b"%d" % number))
    for _, limit, takes, window_s in questions:
        amount = b"%d" % limit
        window = MINUTE if window_s == WINDOW_S else _window(window_s)
        parts.append(b"$%d\r\n%b\r\n$1\r\n%d\r\n%b" % (len(amount), amount, takes, window))
    return b"".join(parts)


def unpacked(told: object, number: int, count: int) -> list[Answer]:
    """What an answer says of each question.

    Raises:
        NotAnAnswer: It is none, or one to something else.
    """
    if not isinstance(told, bytes) or len(told) != NUMBER.size + count * ONE_ANSWER.size:
        raise NotAnAnswer("of another length")
    if NUMBER.unpack_from(told)[0] != number:
        raise NotAnAnswer("of another trip")
    return [
        Answer(has_room == 1, held, left_us)
        for has_room, held, left_us in ONE_ANSWER.iter_unpack(told[NUMBER.size :])
    ]


def _word(word: bytes) -> bytes:
    return b"$%d\r\n%b\r\n" % (len(word), word)


def _window(seconds: int) -> bytes:
    return _word(b"%d" % (seconds * 1_000_000))


MINUTE: Final = _window(WINDOW_S)
