"""The index of languages in each language, made when it is first asked for, and kept in memory."""

from dataclasses import replace
from typing import Final

from jiema_app.serving.one_at_a_time import OneAtATime
from jiema_app.serving.static_files import StaticFile, static_file
from jiema_app.site.pages.language_index import language_index

FOLDER: Final = "/languages/"
SUFFIX: Final = ".json"

KEPT: Final = b"public, max-age=3600, stale-while-revalidate=86400"
"""It changes with the release, or with the languages that are served."""


class LanguageFiles:
    """Finds the index at an address, ``/languages/<locale>.json``."""

    def __init__(self, locales: tuple[str, ...], maker: OneAtATime) -> None:
        self._locales = locales
        self._by_address = {f"{FOLDER}{locale}{SUFFIX}": locale for locale in locales}
        self._maker = maker
        self._made: dict[str, StaticFile] = {}

    async def find(self, address: str) -> StaticFile | None:
        """The index; None when there is none at an address."""
        locale = self._by_address.get(address)
        if locale is None:
            return None
        if address not in self._made:
            self._made[address] = await self._maker.do(
                lambda: _file(address, locale, self._locales)
            )
        return self._made[address]


def _file(address: str, locale: str, locales: tuple[str, ...]) -> StaticFile:
    file = static_file(language_index(locale, locales), address)
    headers = tuple(
        (key, KEPT if key == b"cache-control" else value) for key, value in file.headers
    )
    return replace(file, headers=headers)
