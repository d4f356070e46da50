"""Pictures for those who share an address: what is drawn, for whom, and how often."""

import os
import struct
import time
from pathlib import Path

import pytest

from jiema_app.domain.catalog.seed import load_countries, load_services
from jiema_app.domain.catalog.snapshot import Catalog, CountryView, ServiceView, build_catalog
from jiema_app.domain.clock import SystemClock
from jiema_app.domain.units import CountryId, ServiceCode
from jiema_app.serving import picture_files
from jiema_app.serving.kept_pictures import KeptPictures
from jiema_app.serving.picture_files import PictureFiles
from jiema_app.serving.static_files import StaticFile, static_file
from jiema_app.site.design.artwork import flag_path, service_icon_path
from jiema_app.site.pages.shared_pictures import SIZE

LOCALES = ("en", "ar", "ja", "th")
ICON = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path fill="#25d366" d="M0 0h9v9z"/></svg>'
OTHER_ICON = ICON.replace(b"#25d366", b"#d36625")
SLUG = "blog/how-refunds-work"


def catalog_of(service: str = "whatsapp", country: str = "de") -> Catalog:
    sold = next(one for one in load_services() if one.slug == service)
    there = next(one for one in load_countries() if one.slug == country)
    return build_catalog(
        SystemClock().now(),
        [
            ServiceView(
                code=ServiceCode(sold.code), slug=sold.slug, name=sold.name, category=sold.category,
                popularity=1, aliases=(), compliance=sold.compliance, reason=None,
            )
        ],
        [
            CountryView(
                id=CountryId(there.id), slug=there.slug, iso2=there.iso2, flag=there.flag,
                dial_code=there.dial_code, popularity=1, names=there.names,
            )
        ],
    )  # fmt: skip


def server(folder: Path, catalog: Catalog | None = None, icon: bytes = ICON) -> PictureFiles:
    catalog = catalog or catalog_of()
    drawings = (service_icon_path("whatsapp"), flag_path("de"))
    files: dict[str, StaticFile] = {
        address: static_file(icon, address)
        for path in drawings
        if (address := (path or "").partition("?")[0])
    }
    files["/og.png"] = static_file(b"the one of the build", "/og.png")
    return PictureFiles(lambda: catalog, LOCALES, files, folder)


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "pictures").glob("*"))


@pytest.mark.parametrize("path", ["", "/service/whatsapp", "/country/de", f"/{SLUG}"])
async def test_a_picture_has_the_size_that_all_ask_for(tmp_path: Path, path: str) -> None:
    pictures = server(tmp_path)
    for locale in LOCALES:
        file = await pictures.find(f"/og/{locale}{path}.png")
        assert file is not None
        body = file.body_in("identity")
        assert body.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">II", body[16:24]) == SIZE
        assert dict(file.headers)[b"content-type"] == b"image/png"
        assert dict(file.headers)[b"cache-control"].startswith(b"public, max-age=86400")


def test_a_picture_is_described_by_its_words(tmp_path: Path) -> None:
    pictures = server(tmp_path)
    assert pictures.picture_at("en", "country/de").alt == (
        "A number from Germany · No code, full refund · jiema.my"
    )
    assert pictures.picture_at("en", "help").alt.startswith("One code. Not your number.")


@pytest.mark.parametrize(
    "address",
    [
        "/og/xx.png",
        "/og/en",
        "/og/en.jpg",
        "/og/en/.png",
        "/og/en/service/nobody.png",
        "/og/en/service/WhatsApp.png",
        "/og/en/service/wa.png",
        "/og/en/country/germany.png",
        "/og/en/blog/nothing.png",
        "/og/en/help.png",
        "/og/en/service/../../../etc/passwd.png",
        "/og/en/service/whatsapp/x.png",
        "/og/de/service/whatsapp.png",
        f"/og/en/service/{'x' * 5_000}.png",
    ],
)
async def test_nothing_is_drawn_for_what_does_not_exist(tmp_path: Path, address: str) -> None:
    assert await server(tmp_path).find(address) is None
    assert kept(tmp_path) == []


async def test_a_picture_is_drawn_once_and_outlives_its_process(
    tmp_path: Path,
) -> None:
    address = "/og/en/service/whatsapp.png"
    first = await server(tmp_path).find(address)
    (path,) = kept(tmp_path)
    path.write_bytes(marked := path.read_bytes() + b"marked")
    again = server(tmp_path)
    for _ in range(2):
        second = await again.find(address)
        assert second is not None
        assert first is not None
        assert second.body_in("identity") == marked
        assert second.etag == first.etag
    assert kept(tmp_path) == [path]


async def test_another_look_is_another_picture(tmp_path: Path) -> None:
    address = "/og/en/service/whatsapp.png"
    before = await server(tmp_path).find(address)
    after = await server(tmp_path, icon=OTHER_ICON).find(address)
    assert before is not None
    assert after is not None
    assert before.body_in("identity") != after.body_in("identity")
    assert before.etag != after.etag
    assert len(kept(tmp_path)) == 2


async def test_who_can_not_be_served_gets_the_picture_of_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_files, "WAITING_MAX", 0)
    file = await server(tmp_path).find("/og/en.png")
    assert file is not None
    assert file.body_in("identity") == b"the one of the build"
    assert dict(file.headers)[b"cache-control"] == b"no-store"


async def test_a_drawing_that_can_not_be_read_costs_its_picture_alone(tmp_path: Path) -> None:
    file = await server(tmp_path, icon=b"<svg").find("/og/en/service/whatsapp.png")
    assert file is not None
    assert len(file.body_in("identity")) > 0


def test_what_was_asked_for_longest_ago_makes_room(tmp_path: Path) -> None:
    shelf = KeptPictures(tmp_path, max_bytes=1_000)
    names = [f"{number:040x}.png" for number in range(150)]
    for age, name in enumerate(names):
        shelf.keep(name, b"x" * 10)
        assert shelf.read(name) is not None
        then = time.time() - 1_000 + age
        os.utime(tmp_path / name, (then, then))
    left = {path.name for path in tmp_path.iterdir()}
    assert names[-1] in left
    assert names[0] not in left
    assert len(left) <= 150 * 0.9


def test_a_folder_that_can_not_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    shelf = KeptPictures(tmp_path / "file")
    shelf.keep(f"{1:040x}.png", b"x")
    assert shelf.read(f"{1:040x}.png") is None
