"""The node's HTTP face: which path is which call, how errors read, and what goes wrong."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

import httpx
import orjson

from sandbox.asgi import Receive, Scope, Send, answer, drop_connection, read_body
from sandbox.tron import account_calls, block_calls, resource_calls, transaction_calls
from sandbox.tron.addresses import AddressError
from sandbox.tron.admission import Rejected, rejection
from sandbox.tron.chain import Chain
from sandbox.tron.errors import ILLEGAL, NOT_JSON, NodeError
from sandbox.tron.faults import Fault, Faults
from sandbox.tron.listings import NAMES, find_listing
from sandbox.tron.paging import BadOption, Options
from sandbox.tron.query import Query
from sandbox.tron.transactions import from_hex, from_json
from sandbox.tron.wire import WireError

_READING: Final[dict[str, Callable[[Query], block_calls.Answer]]] = {
    "getnowblock": block_calls.now_block,
    "getblock": block_calls.block,
    "getblockbynum": block_calls.block_by_number,
    "getblockbyid": block_calls.block_by_id,
    "getblockbylimitnext": block_calls.blocks_by_range,
    "getblockbylatestnum": block_calls.latest_blocks,
    "gettransactionbyid": block_calls.transaction_by_id,
    "gettransactioninfobyid": block_calls.receipt_by_id,
    "gettransactioninfobyblocknum": block_calls.receipts_of_block,
    "gettransactioncountbyblocknum": block_calls.block_count,
    "getaccount": account_calls.account,
    "getassetissuebyid": resource_calls.nothing,
    "getassetissuebyname": resource_calls.nothing,
    "getassetissuelist": resource_calls.nothing,
    "getassetissuelistbyname": resource_calls.nothing,
    "getpaginatedassetissuelist": resource_calls.nothing,
    "getavailableunfreezecount": resource_calls.unfreezes_left,
    "getbandwidthprices": resource_calls.bandwidth_prices,
    "getBrokerage": resource_calls.brokerage,
    "getburntrx": resource_calls.burnt,
    "getcandelegatedmaxsize": resource_calls.delegable,
    "getcanwithdrawunfreezeamount": resource_calls.withdrawable,
    "getdelegatedresource": resource_calls.delegations,
    "getdelegatedresourcev2": resource_calls.delegations,
    "getdelegatedresourceaccountindex": resource_calls.delegation_index,
    "getdelegatedresourceaccountindexv2": resource_calls.delegation_index,
    "getenergyprices": resource_calls.energy_prices,
    "getexchangebyid": resource_calls.nothing,
    "getReward": resource_calls.reward,
    "listexchanges": resource_calls.nothing,
    "listwitnesses": resource_calls.witnesses,
    "triggerconstantcontract": transaction_calls.constant,
    "estimateenergy": transaction_calls.estimate,
    "getnodeinfo": block_calls.node_info,
}
WALLET: Final[dict[str, Callable[[Query], block_calls.Answer]]] = {
    **_READING,
    "getaccountresource": account_calls.resources,
    "getaccountnet": account_calls.bandwidth,
    "getassetissuebyaccount": resource_calls.nothing,
    "getcontract": account_calls.contract,
    "getcontractinfo": account_calls.contract_info,
    "getnextmaintenancetime": resource_calls.next_maintenance,
    "getpaginatedexchangelist": resource_calls.nothing,
    "getpaginatedproposallist": resource_calls.nothing,
    "getproposalbyid": resource_calls.nothing,
    "listnodes": resource_calls.nodes,
    "listproposals": resource_calls.nothing,
    "gettransactionfrompending": block_calls.pending_transaction,
    "getchainparameters": account_calls.chain_parameters,
    "validateaddress": account_calls.validate_address,
    "getpendingsize": lambda query: {"pendingSize": len(query.chain.pool)},
    "gettransactionlistfrompending": block_calls.pending_transactions,
    "createtransaction": transaction_calls.create_transfer,
    "triggersmartcontract": transaction_calls.trigger,
    "getsignweight": transaction_calls.sign_weight,
    "getapprovedlist": transaction_calls.approved_list,
    "broadcasttransaction": transaction_calls.take,
    "broadcasthex": transaction_calls.take_hex,
}
WALLET_SOLIDITY: Final = _READING
ACTIONS: Final = (*sorted(WALLET), *NAMES)
_MOST_BODY: Final = 4_194_304
_MOST_OPTIONS: Final = 100
_JSON = [(b"content-type", b"application/json")]
_TEXT = [(b"content-type", b"text/plain;charset=utf-8")]
_REFUSALS: Final[dict[str, tuple[int, bytes]]] = {
    "http429": (
        httpx.codes.TOO_MANY_REQUESTS,
        b'{"Error":"request rate exceeded the allowed_rps"}',
    ),
    "http403": (
        httpx.codes.FORBIDDEN,
        b'{"Error":"The key exceeds the frequency limit(30), and the query server is suspended for 30s"}',
    ),
    "http500": (httpx.codes.INTERNAL_SERVER_ERROR, b"<html>500 Internal Server Error</html>"),
    "http503": (httpx.codes.SERVICE_UNAVAILABLE, b"<html>503 Service Unavailable</html>"),
    "error_200": (
        httpx.codes.OK,
        b'{"Error":"class java.lang.IllegalAccessException : lack of computing resources"}',
    ),
    "bare_text": (httpx.codes.OK, b"upstream is restarting"),
    "empty_object": (httpx.codes.OK, b"{}"),
}


class NodeApi:
    """Answers /wallet, /walletsolidity and /v1."""

    def __init__(self, chain: Chain, faults: Faults, *, served: bool) -> None:
        self.chain = chain
        self.faults = faults
        self.requests: dict[str, int] = {}
        self._served = served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] not in {"GET", "POST"}:
            await answer(send, *_words(httpx.codes.METHOD_NOT_ALLOWED), _TEXT)
            return
        service, *rest = str(scope["path"]).strip("/").split("/")
        path = f"{service}/{_known(service, rest)}"
        self.requests[path] = self.requests.get(path, 0) + 1
        body = b""
        if scope["method"] == "POST":
            body = await read_body(receive, _MOST_BODY + 1)
        if len(body) > _MOST_BODY:
            await answer(send, *_words(httpx.codes.REQUEST_ENTITY_TOO_LARGE), _TEXT)
            return
        self.chain.tick()
        if self.chain.switches.latency_ms:
            await asyncio.sleep(self.chain.switches.latency_ms / 1000)
        fault = self.faults.take(path)
        if fault is not None and await self._refused(fault, send):
            return
        if service == "v1":
            status, content = self._list(rest, scope, fault)
        else:
            status, content = self._answer(service, rest, scope, body, fault)
        if fault is not None and await self._spoiled(fault, content, send):
            return
        await answer(send, status, content, _JSON)

    async def _refused(self, fault: Fault, send: Send) -> bool:
        """Let a fault strike before anything is done."""
        if fault.kind in {"hang", "drop_before"}:
            if fault.kind == "hang":
                await asyncio.sleep(fault.seconds)
            await drop_connection(send, served=self._served)
            return True
        refusal = _REFUSALS.get(fault.kind)
        if refusal is None:
            return False
        status, content = refusal
        await answer(send, status, content, _JSON if content.startswith(b"{") else _TEXT)
        return True

    async def _spoiled(self, fault: Fault, content: bytes, send: Send) -> bool:
        """Let a fault strike after everything was done."""
        if fault.kind == "applied_then_504":
            await answer(send, httpx.codes.GATEWAY_TIMEOUT, b"gateway timeout", _TEXT)
        elif fault.kind == "timeout_after_commit":
            await asyncio.sleep(fault.seconds)
            await drop_connection(send, served=self._served)
        elif fault.kind == "truncated":
            await answer(send, httpx.codes.OK, content[: len(content) // 2], _JSON)
        else:
            return False
        return True

    def _answer(
        self, service: str, rest: list[str], scope: Scope, body: bytes, fault: Fault | None
    ) -> tuple[int, bytes]:
        solid = service == "walletsolidity"
        call = (WALLET_SOLIDITY if solid else WALLET).get("/".join(rest))
        if call is None:
            return httpx.codes.NOT_FOUND, _UNAVAILABLE
        try:
            values = _options(scope) | _posted(body)
            if fault is not None and fault.kind in _BROADCAST_FAULTS:
                return httpx.codes.OK, orjson.dumps(self._broadcast(fault, values, call))
            found = call(Query(self.chain, values, solid))
            content = found if isinstance(found, bytes) else orjson.dumps(found)
        except NodeError as error:
            content = _error(str(error))
        except (AddressError, WireError) as error:
            content = _error(f"class {ILLEGAL} : {error}")
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            # A client of a node in Java is not to see how ours stumbles.
            content = _error(f"class {ILLEGAL} : null")
        return httpx.codes.OK, _thinned(content, fault)

    def _broadcast(
        self, fault: Fault, values: Mapping[str, Any], call: Callable[[Query], block_calls.Answer]
    ) -> block_calls.Answer:
        """Take a transaction badly: not at all, in words only, or more than is said."""
        hexed = values.get("transaction")
        transaction = from_hex(hexed) if isinstance(hexed, str) else from_json(values)
        if fault.kind == "dropped_broadcast":
            return {"result": True, "txid": transaction.id}
        if fault.kind == "server_busy":
            return rejection(transaction, Rejected("SERVER_BUSY", "Server busy."))
        taken = call(Query(self.chain, values))
        if not isinstance(taken, dict) or not taken.get("result"):
            return taken
        refusal = Rejected("NOT_ENOUGH_EFFECTIVE_CONNECTION", "P2P broadcast failed.")
        return rejection(transaction, refusal)

    def _list(self, rest: list[str], scope: Scope, fault: Fault | None) -> tuple[int, bytes]:
        try:
            options = Options.read(_options(scope), _address(scope))
            named = find_listing(self.chain, rest, options)
        except AddressError:
            return _v1_error(httpx.codes.BAD_REQUEST, "A valid account address is required.")
        except (BadOption, NodeError) as error:
            return _v1_error(httpx.codes.BAD_REQUEST, str(error))
        if named is None:
            return _v1_error(httpx.codes.NOT_FOUND, "Not found")
        found = named[1]
        if fault is not None:
            _spoil_rows(found, fault)
        return httpx.codes.OK, orjson.dumps(found)


_BROADCAST_FAULTS = frozenset({"dropped_broadcast", "server_busy", "not_enough_connection"})


_UNAVAILABLE = b'{"Error":"this API is unavailable due to config"}'
"""What a node says of a call that its operator switched off."""


def _known(service: str, rest: list[str]) -> str:
    """The last part of a path if it names something, for faults and counters."""
    name = rest[-1] if rest else ""
    if service != "v1":
        return name if name in WALLET else "other"
    if name in NAMES:
        return name
    return rest[0] if rest and rest[0] in NAMES else "other"


def _words(status: httpx.codes) -> tuple[int, bytes]:
    return status, httpx.codes.get_reason_phrase(status).encode()


def _error(words: str) -> bytes:
    return orjson.dumps({"Error": words})


def _options(scope: Scope) -> dict[str, Any]:
    """The options in a URL.

    Raises:
        NodeError: More of them than anybody needs.
    """
    try:
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=_MOST_OPTIONS)
    except ValueError:
        raise NodeError(ILLEGAL, "too many parameters") from None
    return dict(pairs)


def _posted(body: bytes) -> dict[str, Any]:
    """The object in a body, if there is a body.

    Raises:
        NodeError: It is no object.
    """
    if not body.strip():
        return {}
    posted: Any = None
    try:
        posted = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # Where, and not what a library calls it.
        raise NodeError(NOT_JSON, f"syntax error, pos {error.pos}") from None
    if not isinstance(posted, dict):
        raise NodeError(NOT_JSON, "can not cast to JSONObject.")
    return posted


def _address(scope: Scope) -> str:
    """The address that was asked for, without its options."""
    named = next((value for name, value in scope["headers"] if name == b"host"), b"127.0.0.1")
    return f"{scope.get('scheme', 'http')}://{named.decode('latin-1')}{scope['path']}"


def _thinned(content: bytes, fault: Fault | None) -> bytes:
    if fault is None or fault.kind not in {"empty_receipts", "partial_receipts"}:
        return content
    if fault.kind == "empty_receipts":
        return b"[]"
    receipts = orjson.loads(content)
    return orjson.dumps(receipts[: len(receipts) // 2])


def _spoil_rows(found: dict[str, Any], fault: Fault) -> None:
    rows = found["data"]
    if fault.kind == "v1_duplicate_rows":
        found["data"] = [one for row in rows for one in (row, row)]
    elif fault.kind == "v1_missing_rows":
        found["data"] = rows[1::2]
    elif fault.kind == "v1_no_fingerprint":
        found["meta"].pop("fingerprint", None)


def _v1_error(status: int, message: str) -> tuple[int, bytes]:
    body = {"success": False, "error": message, "statusCode": int(status)}
    return status, orjson.dumps(body)
