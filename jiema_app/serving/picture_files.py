"""The pictures that stand for our addresses where people share them.

Each is drawn when somebody first asks for it, by a program beside us, and kept in the data folder.
Somebody who walks through all of them waits in one line; everybody else does not.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.serving.kept_pictures import KeptPictures
from jiema_app.serving.one_at_a_time import OneAtATime
from jiema_app.serving.security_headers import COMMON
from jiema_app.serving.static_files import StaticFile
from jiema_app.site.design.artwork import VERSIONED_FOLDERS
from jiema_app.site.pages.shared_pictures import FOLDER, OWN, SUFFIX
from jiema_app.site.pictures.drawing import NotDrawn, draw
from jiema_app.site.pictures.fonts import font_files, fonts_version
from jiema_app.site.pictures.picture import Picture, svg_of
from jiema_app.site.pictures.subjects import picture_of, shared_picture

log = structlog.get_logger()

IN_DATA: Final = "pictures"
FALLBACK: Final = "/og.png"
"""A picture of the build that says it all in English."""

WAITING_MAX: Final = 40
"""Pictures that are to be drawn: four seconds of work. Who asks for one more gets the fallback."""

NAMES_KEPT: Final = 4_000

KEPT: Final = b"public, max-age=86400, stale-while-revalidate=604800"
NOT_KEPT: Final = b"no-store"


class PictureFiles:
    """Finds the picture at an address, ``/og/<locale>/service/<slug>.png``."""

    def __init__(
        self,
        catalog: Callable[[], Catalog],
        locales: tuple[str, ...],
        files: Mapping[str, StaticFile],
        data_dir: Path,
    ) -> None:
        self._catalog = catalog
        self._locales = frozenset(locales)
        self._drawings = {
            address: file
            for address, file in files.items()
            if address.startswith(VERSIONED_FOLDERS)
        }
        fallback = files.get(FALLBACK)
        self._fallback = None if fallback is None else _file(fallback.content, "-", NOT_KEPT)
        self._kept = KeptPictures(data_dir / IN_DATA)
        self._maker = OneAtATime("pictures")
        self._waiting = 0
        self._names: OrderedDict[Picture, str] = OrderedDict()

    async def find(self, address: str) -> StaticFile | None:
        """The picture; None when there is none at an address."""
        picture = self._picture(address)
        if picture is None:
            return None
        found = await asyncio.to_thread(self._read, picture)
        if found is not None:
            return found
        if self._waiting >= WAITING_MAX:
            return self._fallback
        self._waiting += 1
        try:
            return await self._maker.do(partial(self._draw, picture))
        except NotDrawn as error:
            log.warning("a shared picture was not drawn", address=address, why=str(error))
            return self._fallback
        finally:
            self._waiting -= 1

    def picture_at(self, locale: str, path: str) -> Picture:
        """What the picture of a page shows.

        Args:
            locale: The page's.
            path: The page's, below the locale.
        """
        own = picture_of(self._catalog(), locale, path) if OWN.fullmatch(path) else None
        return own or shared_picture(locale)

    def _picture(self, address: str) -> Picture | None:
        if not address.startswith(FOLDER) or not address.endswith(SUFFIX):
            return None
        named = address.removeprefix(FOLDER).removesuffix(SUFFIX)
        locale, slash, path = named.partition("/")
        if locale not in self._locales:
            return None
        if not slash:
            return shared_picture(locale)
        return picture_of(self._catalog(), locale, path) if OWN.fullmatch(path) else None

    def _read(self, picture: Picture) -> StaticFile | None:
        name = self._names.get(picture) or self._name(picture, self._svg(picture))
        content = self._kept.read(name)
        return None if content is None else _file(content, name, KEPT)

    def _draw(self, picture: Picture) -> StaticFile:
        """In the thread of the line."""
        svg = self._svg(picture)
        name = self._name(picture, svg)
        content = self._kept.read(name)  # somebody else asked for it meanwhile
        if content is None:
            content = draw(svg, font_files(picture.texts, picture.locale))
            self._kept.keep(name, content)
        return _file(content, name, KEPT)

    def _svg(self, picture: Picture) -> str:
        address = (picture.art or "").partition("?")[0]
        drawing = self._drawings.get(address)
        return svg_of(picture, None if drawing is None else drawing.content)

    def _name(self, picture: Picture, svg: str) -> str:
        """A file's name, which says what is drawn, and with which fonts."""
        said = f"{fonts_version()}\0{svg}".encode()
        name = f"{hashlib.sha256(said).hexdigest()[:40]}{SUFFIX}"
        self._names[picture] = name
        while len(self._names) > NAMES_KEPT:
            self._names.popitem(last=False)
        return name


def _file(content: bytes, name: str, cache: bytes) -> StaticFile:
    return StaticFile(
        bodies={"identity": content},
        length=len(content),
        etag=f'W/"{name.removesuffix(SUFFIX)[:20]}"'.encode(),
        headers=((b"content-type", b"image/png"), (b"cache-control", cache), *COMMON),
        codings=(),
    )
