"""What strangers and wallets send to the TRON node: every call, in every spelling, and nonsense."""

import random
import re
import time
from typing import Any, Final

import orjson
import pytest

from sandbox.tron.addresses import HexError, parse_address, unhex
from sandbox.tron.calls import WALLET, WALLET_SOLIDITY
from sandbox.tron.transactions import IntegerError, integer
from tests.sandbox.tron_node import OUR_ADDRESS, THEIR_ADDRESS, US, USDT, Node, signed

PYTHON: Final = re.compile(
    r"base 10|int\(\)|invalid literal|fromhex|NoneType|Traceback|'str'|'int'|'list'|unhashable"
    r"|codec|string conversion|unexpected character|line \d+ column|non-hexadecimal"
)
"""Words that only our own language says."""

NAMES: Final = [
    "address",
    "amount",
    "call_value",
    "contract_address",
    "data",
    "detail",
    "endNum",
    "extra_data",
    "fee_limit",
    "fromAddress",
    "function_selector",
    "id_or_num",
    "num",
    "owner_address",
    "parameter",
    "raw_data",
    "resource",
    "signature",
    "startNum",
    "timestamp",
    "toAddress",
    "to_address",
    "transaction",
    "type",
    "value",
    "visible",
    "Permission_id",
]
TEXTS: Final = [
    "", "x", "T", "-1", "²", "٣", "0x", "1e9", "00" * 32, "zz" * 32, "T" * 34, "1" * 64, "9" * 5000,
    "\x00", "ab" * 50_000, "T" * 100_000, USDT, US.address, THEIR_ADDRESS, "a9059cbb", " 12 ", "1_0",
]  # fmt: skip
VALUES: Final[list[Any]] = [
    *TEXTS, None, True, False, -1, 0, 2**63, 2**64 - 1, 1.5, 1e308, [], {}, [1], [[]], {"a": 1},
    {"contract": []}, {"contract": [{"type": [], "parameter": {"value": {}}}]},
    {"contract": [{"type": "TransferContract", "parameter": {"value": {"owner_address": "T"}}}]},
    ["00" * 65] * 3000,
]  # fmt: skip
EVERY: Final = [
    *(f"/wallet/{name}" for name in WALLET),
    *(f"/walletsolidity/{name}" for name in WALLET_SOLIDITY),
]


async def nonsense(node: Node, chance: random.Random, path: str) -> None:
    """Ask one call something senseless, and look at what comes back."""
    chosen = chance.sample(NAMES, chance.randint(0, 6))
    if chance.random() < 0.3:
        answer = await node.http.get(
            path, params={name: chance.choice(TEXTS)[:900] for name in chosen}
        )
    else:
        body = {name: chance.choice(VALUES) for name in chosen}
        answer = await node.http.post(path, content=orjson.dumps(body))
    assert answer.status_code == 200, path
    said = answer.json()
    assert isinstance(said, dict | list), path
    if isinstance(said, dict) and "Error" in said:
        assert len(said["Error"]) < 300, path
        assert not PYTHON.search(said["Error"]), (path, said)


async def test_nonsense_is_refused_in_the_nodes_own_words(node: Node) -> None:
    chance = random.Random(8)
    for path in EVERY * 3:
        await nonsense(node, chance, path)


NO_OBJECTS: Final = [
    b"{", b"[]", b"1", b'"x"', b"\xff\xfe", b'{"a":', b"[" * 100_000, b'{"a":' * 100_000,
    b'{"address":"\\ud800"}', b'{"value":' + b"9" * 100_000 + b"}", b"visible=true",
]  # fmt: skip


async def test_a_body_that_is_no_object_is_an_error_with_status_200(node: Node) -> None:
    for body in NO_OBJECTS:
        answer = await node.http.post("/wallet/getaccount", content=body)
        assert answer.status_code == 200
        if body.startswith(b'{"value":9'):
            continue  # not the call's field
        said = answer.json()["Error"]
        assert said.startswith("class ")
        assert len(said) < 300
        assert not PYTHON.search(said)


async def test_sizes_methods_and_calls_that_there_are_not(node: Node) -> None:
    large = await node.http.post("/wallet/getnowblock", content=b" " * (4_194_304 + 1))
    assert large.status_code == 413
    for path in ("/wallet/freezebalancev2", "/wallet/nothing", "/walletsolidity/broadcasthex"):
        absent = await node.http.post(path, json={})
        assert absent.status_code == 404
        assert absent.json() == {"Error": "this API is unavailable due to config"}
    assert (await node.http.put("/wallet/getnowblock")).status_code == 405
    many = "&".join(f"a{at}=1" for at in range(200))
    assert "Error" in (await node.http.get(f"/wallet/getnowblock?{many}")).json()
    requests = (await node.http.get("/control/state")).json()["tron"]["requests"]
    assert requests["wallet/other"] == 2
    assert not any("nothing" in name for name in requests)


@pytest.mark.parametrize("text", ["9" * 5000, "²", "1_0", " 1", "1.0", "0x1", "+", "--1", "9" * 19])
def test_a_number_is_digits_of_64_bits_or_none(text: str) -> None:
    with pytest.raises(IntegerError):
        integer(text)


@pytest.mark.parametrize("text", ["a", "0x00", "00 00", "zz", "\u0660\u0660", None, 5, ["00"]])
def test_bytes_are_pairs_of_digits_or_none(text: object) -> None:
    with pytest.raises(HexError):
        unhex(text)


async def test_addresses_and_bytes_of_a_megabyte_are_refused_at_once(node: Node) -> None:
    # Decoding base58 takes the square of the length: hours for this one.
    body = {"visible": True, "address": "T" * 1_000_000}
    started = time.monotonic()
    assert "Error" in await node.ask("getaccount", **body)
    many = {"signature": ["11" * 65] * 20_000, **(await node.unsigned())}
    assert "result" in await node.ask("getsignweight", **many)
    assert "Error" in await node.ask("broadcasthex", transaction="0800" * 1_000_000)
    assert time.monotonic() - started < 20


async def test_get_and_post_and_both_services_answer_the_same(node: Node) -> None:
    await node.control("faucet", address=OUR_ADDRESS, trx="5", usdt="7", energy=100)
    await node.mine(3)
    for name, options in (
        ("getaccount", {"address": OUR_ADDRESS, "visible": "true"}),
        ("getaccount", {"address": US.address}),
        ("getblockbynum", {"num": "2"}),
        ("getblockbylimitnext", {"startNum": "1", "endNum": "3"}),
        ("getblock", {"id_or_num": "2", "detail": "true"}),
        ("getenergyprices", {}),
        ("getbandwidthprices", {}),
        ("listwitnesses", {"visible": "true"}),
        (
            "getdelegatedresourcev2",
            {"fromAddress": OUR_ADDRESS, "toAddress": USDT, "visible": "true"},
        ),
        ("getdelegatedresourceaccountindexv2", {"value": OUR_ADDRESS, "visible": "true"}),
        ("getcandelegatedmaxsize", {"owner_address": OUR_ADDRESS, "type": "1", "visible": "true"}),
        ("getavailableunfreezecount", {"owner_address": OUR_ADDRESS, "visible": "true"}),
        ("getcanwithdrawunfreezeamount", {"owner_address": US.address, "timestamp": "1"}),
    ):
        posted = await node.ask(name, **options)
        asked = (await node.http.get(f"/wallet/{name}", params=options)).json()
        assert posted == asked == await node.solid(name, **options), name
        assert "Error" not in posted
    index = await node.ask("getdelegatedresourceaccountindexv2", value=OUR_ADDRESS, visible=True)
    assert index == {"account": OUR_ADDRESS}


async def test_what_wallets_ask_about_resources_contracts_and_peers(node: Node) -> None:
    await node.control("faucet", address=OUR_ADDRESS, trx="5")
    net = await node.ask("getaccountnet", address=OUR_ADDRESS, visible=True)
    assert net["freeNetLimit"] == 600
    assert not any("Energy" in name for name in net)
    for name in ("getaccount", "getaccountnet", "getaccountresource", "getcontract"):
        assert await node.ask(name) == {}
    info = await node.ask("getcontractinfo", value=USDT, visible=True)
    assert info["smart_contract"]["contract_address"] == USDT
    assert await node.ask("getcontractinfo", value=OUR_ADDRESS, visible=True) == {}
    (peer,) = (await node.ask("listnodes"))["nodes"]
    assert bytes.fromhex(peer["address"]["host"]) == b"127.0.0.1"
    sent = signed(await node.unsigned())
    await node.ask("broadcasttransaction", **sent)
    assert (await node.ask("gettransactionfrompending", value=sent["txID"]))["txID"] == sent["txID"]
    await node.mine()
    assert await node.ask("gettransactionfrompending", value=sent["txID"]) == {}
    assert (await node.ask("getblock", id_or_num="-5"))["Error"].startswith("num must")
    assert (await node.ask("getblock", id_or_num="abc"))["Error"] == "id must be legal block hash."


async def test_an_address_is_judged_by_its_length_first(node: Node) -> None:
    for text, result, message in (
        (USDT, True, "Base58check format"),
        (US.address, True, "Hex string format"),
        ("QVy92GovqNxL3dio9p26SFcu7Af7", True, "Base64 format"),
        (USDT[:-1] + "u", False, "Invalid address"),
        ("00" * 21, False, "Invalid address"),
        ("T" * 1_000_000, False, "Length error"),
        ("", False, "Length error"),
    ):
        judged = await node.ask("validateaddress", address=text)
        assert judged == {"result": result, "message": message}


async def test_a_memo_is_text_where_addresses_are_text_and_else_hex(node: Node) -> None:
    await node.control("faucet", address=OUR_ADDRESS, trx="5")
    body = {"owner_address": OUR_ADDRESS, "to_address": THEIR_ADDRESS, "amount": 5}
    for visible, memo in ((True, "héllo"), (False, "héllo".encode().hex())):
        built = await node.ask("createtransaction", **body, visible=visible, extra_data=memo)
        assert built["raw_data"]["data"] == "héllo".encode().hex()
    refused = await node.ask("createtransaction", **body, extra_data="héllo")
    assert "INVALID hex String" in refused["Error"]
    assert parse_address(built["raw_data"]["contract"][0]["parameter"]["value"]["owner_address"])
