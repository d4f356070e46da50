"""How a fault spoils an answer, or stands in its place."""

from typing import Any, Final

import httpx
import orjson

from sandbox.tron.faults import Fault

REFUSALS: Final[dict[str, tuple[int, bytes]]] = {
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


def refusal(fault: Fault) -> tuple[int, bytes] | None:
    """What is answered before anything is done, as status and body."""
    if fault.kind == "other_answer":
        return httpx.codes.OK, orjson.dumps({} if fault.answer is None else fault.answer)
    return REFUSALS.get(fault.kind)


def thinned(content: bytes, fault: Fault | None) -> bytes:
    """Leave receipts of a block out."""
    if fault is None or fault.kind not in {"empty_receipts", "partial_receipts"}:
        return content
    if fault.kind == "empty_receipts":
        return b"[]"
    receipts = orjson.loads(content)
    return orjson.dumps(receipts[: len(receipts) // 2])


def spoil_rows(found: dict[str, Any], fault: Fault) -> None:
    """Double or lose rows of a list, or its mark."""
    rows = found["data"]
    if fault.kind == "v1_duplicate_rows":
        found["data"] = [one for row in rows for one in (row, row)]
    elif fault.kind == "v1_missing_rows":
        found["data"] = rows[1::2]
    elif fault.kind == "v1_no_fingerprint":
        found["meta"].pop("fingerprint", None)
