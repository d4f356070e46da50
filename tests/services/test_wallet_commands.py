"""``wallets …`` as it is typed: the real database, a node over sockets."""

import itertools
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from bip_utils import Bip39MnemonicValidator

from jiema_app.integrations.tron.deriver import XpubDeriver
from jiema_app.settings.recharges import SANDBOX_XPUB
from tests.services.test_commands import PRODUCTION
from tests.support.account_keys import FIRST_ADDRESS, WORDS, XPRV, XPUB, XPUB_OF_ADDRESSES
from tests.support.console import Console
from tests.support.live import sandbox_program
from tests.support.polling import PATIENCE_S
from tests.support.ports import free_port
from tests.support.processes import Program
from tests.support.shop import Shop

SANDBOX_FIRST = "TUEZSdKsoDHQMeZwihtdoBiN46zxhGWYdH"


@pytest.fixture
def console(database_address: str) -> Console:
    return Console(database_address)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Program]:
    """A sandbox with a chain, in a process of its own."""
    folder = tmp_path / "sandbox"
    folder.mkdir()
    program = sandbox_program(free_port(), folder)
    program.start()
    yield program
    program.stop()


def port_of(node: Program) -> str:
    return node.environment["SANDBOX_PORT"]


async def test_a_new_seed_is_written_and_never_printed(console: Console, tmp_path: Path) -> None:
    words, xpub = tmp_path / "words", tmp_path / "xpub"
    # It needs no database, and no network: neither is there.
    nowhere = Console(f"postgresql://postgres@/postgres?host={tmp_path}")
    files = ("--words-file", str(words), "--xpub-file", str(xpub))
    done = await nowhere.run("wallets", "new-seed", *files)
    assert (done.code, done.err) == (0, "")
    for file in (words, xpub):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text, key = words.read_text().strip(), xpub.read_text().strip()
    assert len(text.split()) == 24
    assert Bip39MnemonicValidator().IsValid(text)
    assert len(XpubDeriver(key).derive(0, 1)) == 1
    for secret in (*pairs(text), key, key[:20], key[-20:]):
        assert secret not in done.out
    assert "TRON_ACCOUNT_XPUB" in done.out
    assert str(words) in done.out


def pairs(text: str) -> list[str]:
    """Two words in a row: one alone may stand in any sentence."""
    return [" ".join(pair) for pair in itertools.pairwise(text.split())]


def names_in(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


@pytest.mark.parametrize("taken", ["words", "xpub"])
async def test_a_file_that_is_there_is_never_written_over(
    console: Console, tmp_path: Path, taken: str
) -> None:
    (tmp_path / taken).write_text("precious")
    files = ("--words-file", str(tmp_path / "words"), "--xpub-file", str(tmp_path / "xpub"))
    done = await console.run("wallets", "new-seed", *files)
    assert done.code == 1
    assert "exists already" in done.err
    assert (tmp_path / taken).read_text() == "precious"
    assert names_in(tmp_path) == [taken]


async def test_a_link_to_a_file_that_is_not_there_is_not_followed(
    console: Console, tmp_path: Path
) -> None:
    (tmp_path / "words").symlink_to(tmp_path / "elsewhere")
    files = ("--words-file", str(tmp_path / "words"), "--xpub-file", str(tmp_path / "xpub"))
    done = await console.run("wallets", "new-seed", *files)
    assert done.code == 1
    assert not (tmp_path / "elsewhere").exists()


async def test_a_folder_that_is_not_there_is_said_plainly(console: Console, tmp_path: Path) -> None:
    words = tmp_path / "words"
    files = ("--words-file", str(words), "--xpub-file", str(tmp_path / "no" / "xpub"))
    done = await console.run("wallets", "new-seed", *files)
    assert done.code == 1
    assert "Traceback" not in done.err
    assert not words.exists()


async def test_one_file_for_both_is_refused(console: Console, tmp_path: Path) -> None:
    both = str(tmp_path / "both")
    done = await console.run("wallets", "new-seed", "--words-file", both, "--xpub-file", both)
    assert done.code == 1
    assert names_in(tmp_path) == []


async def test_wallets_come_from_the_key_of_the_settings(shop: Shop, console: Console) -> None:
    done = await console.run("wallets", "create", "--count", "3", "--json")
    assert done.code == 0
    assert done.json == {"created": 3, "account": XpubDeriver(SANDBOX_XPUB).account}
    assert await addresses(shop) == list(XpubDeriver(SANDBOX_XPUB).derive(0, 3))
    more = await console.run("wallets", "create", "--count", "2")
    assert more.code == 0
    assert await addresses(shop) == list(XpubDeriver(SANDBOX_XPUB).derive(0, 5))


async def test_wallets_come_from_the_key_in_a_file(
    shop: Shop, console: Console, tmp_path: Path
) -> None:
    file = tmp_path / "xpub"
    file.write_text(f"{XPUB}\n")
    done = await console.run("wallets", "create", "--count", "1", "--xpub-file", str(file))
    assert (done.code, done.err) == (0, "")
    assert await addresses(shop) == [FIRST_ADDRESS]
    assert XPUB not in done.out


async def addresses(shop: Shop) -> list[str]:
    found: list[str] = await shop.fetchval("select array_agg(address order by id) from wallets")
    return found


@pytest.mark.parametrize(
    "content",
    [XPRV, WORDS, XPUB_OF_ADDRESSES, XPUB[:-1] + "x", f"{XPUB} {XPUB}", "", "\x00\xff" * 9000],
    ids=["private", "words", "of_addresses", "typo", "two", "empty", "binary"],
)
async def test_any_other_key_is_refused_and_not_shown(
    shop: Shop, console: Console, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "key"
    file.write_text(content)
    done = await console.run("wallets", "create", "--count", "1", "--xpub-file", str(file))
    assert done.code == 1
    assert done.err.startswith(f"error: {file}: ")
    assert len(done.err.splitlines()) == 1
    for part in (content, content[:16], content[-16:]):
        assert not part or part not in done.out + done.err
    assert await shop.fetchval("select count(*) from wallets") == 0


async def test_a_wrong_key_in_the_settings_ends_every_command_and_is_not_shown(
    shop: Shop, console: Console
) -> None:
    for words in (("wallets", "create", "--count", "1"), ("wallets", "list"), ("doctor",)):
        done = await console.run(*words, TRON_ACCOUNT_XPUB=XPRV)
        assert done.code == 1
        assert done.err.startswith("error: settings: TRON_ACCOUNT_XPUB: ")
        assert XPRV not in done.out + done.err
        assert "Traceback" not in done.err


async def test_the_sandbox_s_key_makes_no_wallet_in_production(
    shop: Shop, console: Console, tmp_path: Path
) -> None:
    file = tmp_path / "xpub"
    file.write_text(SANDBOX_XPUB)
    words = ("wallets", "create", "--count", "1", "--xpub-file", str(file))
    done = await console.run(*words, **PRODUCTION)
    assert done.code == 1
    assert "sandbox" in done.err
    assert await shop.fetchval("select count(*) from wallets") == 0


async def test_the_pool_never_grows_beyond_its_limit(shop: Shop, console: Console) -> None:
    words = ("wallets", "create", "--count", "5")
    done = await console.run(*words, RECHARGE_WALLETS_MAX="2")
    assert done.code == 1
    assert "RECHARGE_WALLETS_MAX" in done.err
    assert await shop.fetchval("select count(*) from wallets") == 2


async def test_an_empty_pool_is_said_and_not_a_silence(console: Console) -> None:
    assert (await console.run("wallets", "list")).out == "no wallets: `wallets create`\n"
    assert (await console.run("wallets", "list", "--status", "LOCKED")).out == (
        "no wallet is LOCKED\n"
    )
    assert (await console.run("wallets", "list", "--json")).out == '{"wallets":[]}\n'


async def test_wallets_are_listed_taken_out_of_use_and_put_back(
    shop: Shop, console: Console
) -> None:
    await shop.services.pool.grow(3)
    first, *_ = await addresses(shop)
    done = await console.run("wallets", "quarantine", first, "--note", "looks strange")
    assert (done.code, done.out) == (0, f"{first} is in quarantine\n")
    listed = await console.run("wallets", "list", "--status", "QUARANTINED", "--json")
    [one] = listed.json["wallets"]
    assert (one["address"], one["status"], one["note"]) == (first, "QUARANTINED", "looks strange")
    table = await console.run("wallets", "list")
    assert len(table.out.splitlines()) == 4
    assert "looks strange" in table.out
    done = await console.run("wallets", "release", first, "--note", "nothing wrong")
    assert (done.code, done.out) == (0, f"{first} is FREE\n")
    again = await console.run("wallets", "release", first, "--note", "nothing wrong")
    assert (again.code, again.err) == (1, "error: This wallet is not in quarantine.\n")
    audited = "select array_agg(action || ' by ' || actor order by id) from audit_records"
    assert await shop.fetchval(audited) == [
        "wallet.quarantine by command-line",
        "wallet.release by command-line",
    ]


async def test_exposure_is_what_the_chain_says(shop: Shop, console: Console, node: Program) -> None:
    await shop.services.pool.grow(2)
    first, second = await addresses(shop)
    origin = f"http://127.0.0.1:{port_of(node)}"
    async with httpx.AsyncClient(base_url=origin, timeout=PATIENCE_S) as control:
        gift = {"address": second, "usdt": "12.5"}
        (await control.post("/control/tron/faucet", json=gift)).raise_for_status()
        (await control.post("/control/tron/mine", json={"blocks": 4})).raise_for_status()
    done = await console.run("wallets", "exposure", "--json", SANDBOX_PORT=port_of(node))
    assert (done.code, done.err) == (0, "")
    held = [(one["address"], one["onChainUsdt"]) for one in done.json["wallets"]]
    assert held == [(second, "12.5"), (first, "0")]
    assert (done.json["heldUsdt"], done.json["recordedUsdt"]) == ("12.5", "0")
    shown = await console.run("wallets", "exposure", SANDBOX_PORT=port_of(node))
    assert "12.5" in shown.out
    assert "they differ" in shown.out
    assert first not in shown.out


async def test_a_node_that_is_down_is_said_plainly(shop: Shop, console: Console) -> None:
    await shop.services.pool.grow(1)
    done = await console.run("wallets", "exposure", SANDBOX_PORT=str(free_port()))
    assert done.code == 1
    assert done.err.startswith("error: the chain: first node")
    assert "Traceback" not in done.err
