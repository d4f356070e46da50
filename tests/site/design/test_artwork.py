import json
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from jiema_app.domain.catalog.seed import load_countries, load_services
from jiema_app.site.components.flag import flag
from jiema_app.site.components.service_icon import service_icon
from jiema_app.site.design.artwork import (
    TEMPLATE_GLOBALS,
    artwork_version,
    flag_path,
    hue,
    letters,
    service_icon_path,
    service_icons,
)

ROOT = Path(__file__).resolve().parents[3]


def test_a_drawing_belongs_to_a_service_on_sale() -> None:
    on_sale = {service.slug for service in load_services() if service.is_on_sale}
    assert set(service_icons()) <= on_sale
    assert len(service_icons()) > 150


@pytest.mark.parametrize(
    "slug",
    ["telegram", "whatsapp", "google", "apple", "instagram", "tiktok", "x", "facebook", "discord"],
)
def test_the_most_popular_services_have_a_drawing(slug: str) -> None:
    assert service_icon_path(slug) == f"/icons/service/{slug}.svg?v={artwork_version()}"


@pytest.mark.parametrize("slug", ["max", "metro", "astro", "hermes", "gemini", "monster-energy"])
def test_a_shared_word_makes_no_mark(slug: str) -> None:
    assert slug in {service.slug for service in load_services()}
    assert service_icon_path(slug) is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Temu", "T"),
        ("Mercado Libre", "ML"),
        ("LinkedIn", "LI"),
        ("OpenAI / ChatGPT", "OA"),
        ("JD.com", "JD"),
        ("MEXC", "M"),
        ("7-Eleven", "7E"),
        ("小红书", "小"),
        ("…", "?"),
    ],
)
def test_letters_stand_for_a_name(name: str, shown: str) -> None:
    assert letters(name) == shown


def test_every_service_gets_letters_and_a_hue() -> None:
    for service in load_services():
        assert 1 <= len(letters(service.name)) <= 2, service.name
        assert 0 <= hue(service.name) < 360
    assert len({hue(service.name) for service in load_services()}) == 12


def test_templates_and_components_draw_the_same() -> None:
    templates = FileSystemLoader(ROOT / "jiema_app" / "site")
    environment = Environment(loader=templates, undefined=StrictUndefined, autoescape=True)
    environment.globals.update(TEMPLATE_GLOBALS)
    macros = environment.get_template("components/artwork.jinja").module
    services = {service.slug: service for service in load_services()}

    drawn = str(macros.service_icon(services["telegram"]))  # type: ignore[attr-defined]
    lettered = str(macros.service_icon(services["mercado-libre"], 56))  # type: ignore[attr-defined]
    malaysia = next(country for country in load_countries() if country.iso2 == "MY")
    flagged = str(macros.flag(malaysia))  # type: ignore[attr-defined]

    for html, component, expected in (
        (drawn, service_icon("telegram", "Telegram"), service_icon_path("telegram")),
        (flagged, flag("MY"), flag_path("MY")),
    ):
        assert expected is not None
        assert f'src="{expected}" alt=""' in html
        assert 'loading="lazy"' in html
        assert json.dumps(expected) in str(component)
    assert 'style="--tile:56px;--hue:' in lettered
    assert ">ML</span>" in lettered
    assert '"ML"' in str(service_icon("mercado-libre", "Mercado Libre"))
