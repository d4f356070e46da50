"""Settings name any number of suppliers; each has a group of its own, and must be fit."""

import pytest

from jiema_app.commands.doctor import _settings
from jiema_app.settings import SettingsRefused, read_settings
from tests.unit.test_secrets_are_not_printed import CANARY, leaks
from tests.unit.test_settings import PRODUCTION

SECOND = {
    "SUPPLIERS": "second",
    "SUPPLIER_SECOND_BASE_URL": "https://wholesale-b.example",
    "SUPPLIER_SECOND_API_KEY": "another supplier key of our own",
    "SUPPLIER_SECOND_WEBHOOK_PATH": "another-that-is-not-to-be-guessed",
}
"""What a second one needs in production."""

THIRD = {name.replace("SECOND", "SHOP_B"): f"{value}-3" for name, value in SECOND.items()} | {
    "SUPPLIERS": "second,shop_b"
}


def complaints(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> list[str]:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    try:
        read_settings()
    except SettingsRefused as refused:
        return refused.complaints
    return []


def test_there_is_one_as_long_as_no_other_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPLIER_SECOND_BASE_URL", "nonsense, and nobody's")
    assert [one.name for one in read_settings().suppliers] == ["primary"]


def test_each_has_settings_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {
        "SUPPLIER_MIN_CANCEL_S": "60",
        "SUPPLIER_SECOND_MIN_CANCEL_S": "300",
        "SUPPLIER_SECOND_DIALECT": "legacy",
        "SUPPLIER_SECOND_WEBHOOK_SOURCES": "192.0.2.0/24, 198.51.100.7/32",
        "SUPPLIER_SHOP_B_NAME": "shop-b",
    }
    assert complaints(monkeypatch, PRODUCTION | SECOND | THIRD | own) == []
    first, second, third = read_settings().suppliers
    assert [one.name for one in (first, second, third)] == ["primary", "second", "shop-b"]
    assert [one.min_cancel_s for one in (first, second, third)] == [60, 300, 120]
    assert [one.dialect for one in (first, second, third)] == ["hero", "legacy", "hero"]
    assert second.webhook_sources == ("192.0.2.0/24", "198.51.100.7/32")
    assert read_settings().supplier_origin(third) == "https://wholesale-b.example-3"


@pytest.mark.parametrize(
    "value", ["Second", "2nd", "a-b", "a b", "a,,B", ",", "x" * 21, "ä", "a;b"]
)
def test_a_list_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    (said,) = complaints(monkeypatch, {"SUPPLIERS": value})
    assert said.startswith("SUPPLIERS: ")


@pytest.mark.parametrize("value", ["b,b", ",".join(f"s{number}" for number in range(16))])
def test_nobody_is_named_twice_and_there_is_an_end(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    (said,) = complaints(monkeypatch, {"SUPPLIERS": value})
    assert said.startswith("SUPPLIERS: ")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SUPPLIER_SECOND_KIND", "telepathy"),
        ("SUPPLIER_SECOND_DIALECT", "klingon"),
        ("SUPPLIER_SECOND_MIN_CANCEL_S", "soon"),
        ("SUPPLIER_SECOND_WEBHOOK_PATH", "a/b"),
        ("SUPPLIER_SECOND_WEBHOOK_SOURCES", "wholesale-b.example"),
        ("SUPPLIER_SECOND_API_KEY", "clé"),
        ("SUPPLIER_KIND", "telepathy"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_own_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    (said,) = complaints(monkeypatch, PRODUCTION | SECOND | {variable: value})
    assert said.startswith(f"{variable}: ")
    assert value not in said


def test_all_that_is_wrong_with_several_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = ("PORT", "SUPPLIER_READ_TIMEOUT_S", "SUPPLIER_SECOND_KIND", "SUPPLIER_SHOP_B_KIND")
    said = complaints(monkeypatch, PRODUCTION | SECOND | THIRD | dict.fromkeys(wrong, "much"))
    assert sorted(line.partition(":")[0] for line in said) == sorted(wrong)


@pytest.mark.parametrize("variable", sorted(set(SECOND) - {"SUPPLIERS"}))
def test_production_refuses_a_further_one_that_is_half_set(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    half = {name: value for name, value in SECOND.items() if name != variable}
    (said,) = complaints(monkeypatch, PRODUCTION | half)
    assert said.startswith("JIEMA_ENV is production")
    assert variable in said


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SUPPLIER_SECOND_BASE_URL", "http://wholesale-b.example"),
        ("SUPPLIER_SECOND_BASE_URL", "http://127.0.0.1:8090"),
        ("SUPPLIER_SECOND_WEBHOOK_PATH", "short"),
        ("SUPPLIER_SECOND_WEBHOOK_PATH", "a" * 64),
    ],
)
def test_production_refuses_of_each_what_strangers_can_read_or_guess(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    (said,) = complaints(monkeypatch, PRODUCTION | SECOND | {variable: value})
    assert variable in said
    assert value not in said


@pytest.mark.parametrize("variable", ["SUPPLIER_SECOND_BASE_URL", "SUPPLIER_SECOND_API_KEY"])
def test_the_sandbox_refuses_a_further_one_that_is_real(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    play = {
        "SUPPLIERS": "second",
        "SUPPLIER_SECOND_BASE_URL": "http://127.0.0.1:8091",
        "SUPPLIER_SECOND_WEBHOOK_PATH": "another",
    }
    assert complaints(monkeypatch, play) == []
    (said,) = complaints(monkeypatch, play | {variable: SECOND[variable]})
    assert variable in said
    assert "play money" in said


@pytest.mark.parametrize(
    ("same", "names"),
    [
        ({"SUPPLIER_SECOND_NAME": "primary"}, ("SUPPLIER_SECOND_NAME", "SUPPLIER_NAME")),
        (
            {"SUPPLIER_SECOND_WEBHOOK_PATH": PRODUCTION["SUPPLIER_WEBHOOK_PATH"]},
            ("SUPPLIER_SECOND_WEBHOOK_PATH", "SUPPLIER_WEBHOOK_PATH"),
        ),
        (
            {
                "SUPPLIER_SECOND_BASE_URL": "https://supplier.example",
                "SUPPLIER_SECOND_API_KEY": PRODUCTION["SUPPLIER_API_KEY"],
            },
            ("SUPPLIER_SECOND_API_KEY", "SUPPLIER_API_KEY"),
        ),
        (
            {"SUPPLIER_SECOND_PURCHASE_TIMEOUT_S": "600"},
            ("ORDER_UNKNOWN_GIVE_UP_S", "SUPPLIER_SECOND_PURCHASE_TIMEOUT_S"),
        ),
    ],
)
def test_what_tells_suppliers_apart_differs(
    monkeypatch: pytest.MonkeyPatch, same: dict[str, str], names: tuple[str, str]
) -> None:
    (said,) = complaints(monkeypatch, PRODUCTION | SECOND | same)
    assert all(name in said for name in names)
    assert not any(value in said for name, value in same.items() if "PATH" in name or "KEY" in name)


def test_no_secret_of_a_further_one_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "SUPPLIER_SECOND_API_KEY": f"{CANARY}-of-the-second",
        "SUPPLIER_SECOND_WEBHOOK_PATH": f"{CANARY}-path-of-the-second-one",
    }
    assert complaints(monkeypatch, PRODUCTION | SECOND | secrets) == []
    settings = read_settings()
    assert not leaks(settings)
    assert not leaks(settings.suppliers)
    assert not leaks(settings.model_dump_json())
    told = {variable: str(value) for variable, value, _ in _settings(settings)}
    assert told["SUPPLIER_SECOND_API_KEY"] == "(hidden)"
    assert told["SUPPLIER_SECOND_NAME"] == "second"
    assert "FURTHER_SUPPLIERS" not in told
    assert CANARY not in str(told)
