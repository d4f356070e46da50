"""The built pages and their assets, held in memory in their compressed forms.

Read once at start: serving from memory is several times faster than from disk, and a
build that is made meanwhile does not disturb a running server. The few clients that take
nothing compressed have it unpacked for them: two milliseconds for the largest page, where
to keep it would take five times the memory.

Pages that are completed while we serve are compressed when somebody asks for them, and only
in the form that was asked for: see ``page_file``.
"""

import hashlib
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from jiema_app.serving.compression import CODINGS, compress, decompress
from jiema_app.serving.security_headers import COMMON, content_security_policy
from jiema_app.serving.segments import Segment, gzipped, joined
from jiema_app.site.design.artwork import VERSIONED_FOLDERS
from jiema_app.site.pages.origin import ORIGIN_PLACEHOLDER

TYPE_OF_SUFFIX: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
"""Explicit where the machine's own table may differ."""

FOREVER: Final = b"public, max-age=31536000, immutable"
"""For addresses that hold a hash of their content, in the name or as ``?v=``."""
ASK_AGAIN: Final = b"no-cache"
"""May be stored, but must be revalidated: with an ETag that costs an empty answer."""

NOT_SERVED: Final = frozenset({"/404.html", "/index.html", "/__spa-fallback.html"})
"""Reflex makes them. We have a page of our own for the first, redirect the second, and
prerender what the third is for."""

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file in every form in which it can be sent."""

    bodies: dict[str, bytes]
    """Content by content coding, in the forms that were made so far; at least one."""
    length: int
    """Bytes of the content itself."""
    etag: bytes
    headers: Headers = field(repr=False)
    codings: tuple[str, ...]
    """In which it may be sent besides ``identity``, the smallest first."""
    is_versioned: bool = False
    """Whether any ``?v=`` names this content: its address changes with the content."""

    @property
    def content(self) -> bytes:
        """The content itself."""
        # Copied: another thread may add a form meanwhile.
        for coding, body in tuple(self.bodies.items()):
            if coding in {"identity", "gzip"}:
                return decompress(body, coding)
        return decompress(self.bodies["br"], "br")

    @property
    def weight(self) -> int:
        """Bytes of memory that its forms take."""
        return sum(map(len, tuple(self.bodies.values())))

    @property
    def version(self) -> str:
        """Eight characters that change with the content: ``?v=`` of a lasting address."""
        return self.etag[3:11].decode()

    def headers_at(self, query: bytes) -> Headers:
        """The headers of the file's address with a query string."""
        name, _, version = query.partition(b"=")
        if name != b"v" or not (self.is_versioned or version == self.version.encode()):
            return self.headers
        if any(key == b"content-security-policy" for key, _ in self.headers):
            return self.headers  # a page changes at its address, whatever the query
        return tuple(
            (key, FOREVER if key == b"cache-control" else value) for key, value in self.headers
        )

    def coding_for(self, accept_encoding: str) -> str:
        """The content coding of the smallest form that the client can read."""
        for coding in self.codings:
            if accepts(accept_encoding, coding):
                return coding
        return "identity"

    def as_it_is(self) -> "StaticFile":
        """The same file, offered only in the forms that are there."""
        return replace(self, codings=tuple(each for each in CODINGS if each in self.bodies))

    def make(self, coding: str) -> None:
        """Make a form, unless it is there. It takes a millisecond or two: not for the event loop.

        What can be unpacked again is not kept beside it.
        """
        if coding == "identity" or coding in self.bodies:
            return
        self.bodies[coding] = compress(self.content, coding)
        self.bodies.pop("identity", None)

    def length_in(self, coding: str) -> int:
        """Bytes of a form that was made; those of the plain one are known without."""
        return self.length if coding == "identity" else len(self.bodies[coding])

    def body_in(self, coding: str) -> bytes:
        """A form that was made. A plain one may have to be unpacked: see ``is_packed``."""
        return self.content if coding == "identity" else self.bodies[coding]

    def is_packed(self, coding: str) -> bool:
        """Whether a form is not there as it would be sent."""
        return coding not in self.bodies

    def pick(self, accept_encoding: str) -> tuple[str, bytes]:
        """The smallest form that the client can read: its content coding and the bytes."""
        coding = self.coding_for(accept_encoding)
        self.make(coding)
        return coding, self.body_in(coding)


def accepts(accept_encoding: str, coding: str) -> bool:
    """Whether a client can read a coding, by its ``Accept-Encoding``."""
    for part in accept_encoding.split(","):
        name, _, weight = part.strip().partition(";")
        if name == coding:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def load_build(build: Path, origin: str) -> dict[str, StaticFile]:
    """Read a build into memory.

    Args:
        build: Its folder.
        origin: Origin under which users reach us, for addresses that must be absolute.

    Returns:
        Files by address. A page ``/en`` stands under its address, without ``.html``.
    """
    files = {}
    for path in sorted(build.rglob("*")):
        address = f"/{path.relative_to(build).as_posix()}"
        if not path.is_file() or path.suffix in {".br", ".gz"}:
            continue
        if path.name == "index.html" or address in NOT_SERVED:
            continue  # a page /en/index.html stands beside its folder too, as /en.html
        files[address.removesuffix(".html")] = _load(path, address, origin)
    return files


def is_page(address: str) -> bool:
    """Whether a file of the build is a page, as opposed to what pages load."""
    return "." not in address.rpartition("/")[2]


def _load(path: Path, address: str, origin: str) -> StaticFile:
    body = path.read_bytes()
    placeholder = ORIGIN_PLACEHOLDER.encode()
    if placeholder in body:
        body = body.replace(placeholder, origin.encode())
        return static_file(body, address)
    compressed = {
        coding: file.read_bytes()
        for coding, suffix in (("br", ".br"), ("gzip", ".gz"))
        if (file := path.with_name(path.name + suffix)).exists()
    }
    return static_file(body, address, compressed)


def static_file(
    body: bytes,
    address: str,
    compressed: dict[str, bytes] | None = None,
    *,
    policy: bytes | None = None,
) -> StaticFile:
    """Make a file of ``body``, compressing it here unless that was done before.

    Args:
        body: Its content.
        address: Where it stands; the suffix says what it is.
        compressed: Its forms by content coding; None compresses here.
        policy: The Content-Security-Policy of a page; None makes one from its scripts.
    """
    if compressed is None:
        compressed = {coding: compress(body, coding) for coding in CODINGS}
    bodies = {coding: data for coding, data in compressed.items() if len(data) < len(body)}
    codings = tuple(coding for coding in CODINGS if coding in bodies)
    if "gzip" not in bodies:
        bodies["identity"] = body
    return StaticFile(
        bodies=bodies,
        length=len(body),
        etag=etag_of(body),
        headers=_headers(body, address, policy),
        codings=codings,
        is_versioned=address.startswith(VERSIONED_FOLDERS),
    )


def page_file(segments: Sequence[Segment], policy: bytes, *, is_quick: bool = False) -> StaticFile:
    """A page that was completed just now.

    Args:
        segments: Its content.
        policy: Its Content-Security-Policy.
        is_quick: Whether to make its gzip form, which takes less than any other. Else none of
            its compressed forms is made yet.
    """
    quick = {"gzip": gzipped(segments)} if is_quick else {"identity": joined(segments)}
    plain = [segment.plain for segment in segments]
    return StaticFile(
        bodies=quick,
        length=sum(map(len, plain)),
        etag=etag_of(*plain),
        headers=_headers(b"", "/page.html", policy),
        codings=CODINGS,
    )


def document_file(segments: Sequence[Segment], address: str) -> StaticFile:
    """A file that was made just now, in its gzip form alone: it may be megabytes."""
    plain = [segment.plain for segment in segments]
    return StaticFile(
        bodies={"gzip": gzipped(segments)},
        length=sum(map(len, plain)),
        etag=etag_of(*plain),
        headers=_headers(b"", address, None),
        codings=("gzip",),
    )


def etag_of(*pieces: bytes) -> bytes:
    """The entity tag of a content, in pieces."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return b'W/"' + digest.hexdigest()[:20].encode() + b'"'


def _headers(body: bytes, address: str, policy: bytes | None) -> Headers:
    suffix = Path(address).suffix
    kind = TYPE_OF_SUFFIX.get(suffix) or mimetypes.guess_type(address)[0]
    headers = [
        (b"content-type", (kind or "application/octet-stream").encode()),
        (b"cache-control", FOREVER if address.startswith("/assets/") else ASK_AGAIN),
        (b"vary", b"accept-encoding"),
        *COMMON,
    ]
    if suffix == ".html":
        headers.append((b"content-security-policy", policy or content_security_policy(body)))
    return tuple(headers)
