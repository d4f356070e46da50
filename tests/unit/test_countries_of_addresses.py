"""Countries of addresses: our packed form of the data against the library that reads it whole."""

import random
import shutil
from ipaddress import IPv4Address, IPv6Address, ip_network
from pathlib import Path

import pytest
from geoip2fast import GeoIP2Fast

from jiema_app.integrations.geoip.finder import GeoIpFinder
from jiema_app.integrations.geoip.ranges import DATA_FILE, shipped_file

# Where most IPv6 networks that anybody uses begin.
GLOBAL_V6 = ip_network("2000::/3")


@pytest.fixture(scope="module")
def library() -> GeoIP2Fast:
    return GeoIP2Fast(geoip2fast_data_file=DATA_FILE)


def country_by(library: GeoIP2Fast, address: str) -> str | None:
    code = str(library.lookup(address).country_code)
    return code if code.isalpha() else None


def test_it_agrees_with_the_library_everywhere(library: GeoIP2Fast) -> None:
    dice = random.Random(20_240_618)
    addresses = [str(IPv4Address(dice.getrandbits(32))) for _ in range(20_000)]
    first = int(GLOBAL_V6.network_address)
    addresses += [str(IPv6Address(first + dice.getrandbits(125))) for _ in range(3_000)]
    finder = GeoIpFinder()
    wrong = [one for one in addresses if finder.find_country(one) != country_by(library, one)]
    assert wrong == []


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("8.8.8.8", "US"),
        ("5.160.0.1", "IR"),
        ("175.45.176.1", "KP"),
        ("200.55.128.3", "CU"),
        ("2001:4860:4860::8888", "US"),
        ("127.0.0.1", None),
        ("10.1.2.3", None),
        ("::1", None),
        ("fe80::1", None),
        ("not an address", None),
    ],
)
def test_known_addresses(address: str, country: str | None) -> None:
    assert GeoIpFinder().find_country(address) == country


def test_an_operator_s_own_file_is_read(tmp_path: Path) -> None:
    own = shutil.copy(shipped_file(), tmp_path / "newer.dat.gz")
    assert GeoIpFinder(Path(own)).find_country("5.160.0.1") == "IR"
