"""The supplier's lists: services, countries, operators. Facts, read once."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Service:
    """A service the supplier sells numbers for; rank 0 is the most popular."""

    code: str
    name: str
    rank: int


@dataclass(frozen=True, slots=True)
class Country:
    """A country under the supplier's own id (0 Russia, 187 USA)."""

    id: int
    iso2: str
    dial: int
    eng: str
    rus: str
    chn: str
    visible: int
    retry: int
    rent: int
    multi_service: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All three lists."""

    services: dict[str, Service]
    countries: dict[int, Country]
    operators: dict[int, tuple[str, ...]]


@cache
def load_catalogue() -> Catalogue:
    """Read the packaged data files; the same object is shared by every caller."""
    services = {
        code: Service(code, name, rank) for rank, (code, name) in enumerate(_read("services.json"))
    }
    countries = {
        row["id"]: Country(
            multi_service=row["multiService"],
            **{key: value for key, value in row.items() if key != "multiService"},
        )
        for row in _read("countries.json")
    }
    operators = {int(key): tuple(codes) for key, codes in _read("operators.json").items()}
    return Catalogue(services, countries, operators)


def _read(name: str) -> Any:
    return orjson.loads(files(__package__).joinpath("data", name).read_bytes())
