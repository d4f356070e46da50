"""The load client: keep-alive connections, one request at a time on each.

``python -m benchmarks.load`` reads a job from standard input and prints what it measured,
both as JSON. It is a process of its own and asyncio's barest form (a protocol on uvloop,
requests made beforehand), so that it is never what is measured; it reports its own share
of a core, to prove that.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import cycle, islice
from typing import Final, cast

import uvloop

WARM_UP_S: Final = 0.3
LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
NO_BODY: Final = b"304"


@dataclass(frozen=True, slots=True)
class Job:
    """What to send.

    Attributes:
        requests: Whole HTTP/1.1 requests, sent in turn.
        expected: The status that every answer must have.
        once: Each request is sent once, whatever ``seconds`` says, and all are measured.
    """

    host: str
    port: int
    connections: int
    seconds: float
    requests: list[str]
    expected: int
    once: bool = False


@dataclass(slots=True)
class Result:
    """What came of it.

    Attributes:
        cpu_share: Of one core, used by the client itself.
        last_body: Size of the last answer's body.
        complaint: The first answer that was not as expected.
    """

    per_second: float = 0.0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    answers: int = 0
    failures: int = 0
    cpu_share: float = 0.0
    last_body: int = 0
    complaint: str = ""


@dataclass(slots=True)
class _Tally:
    expected: bytes
    measuring: bool = False
    stopping: bool = False
    seconds: list[float] = field(default_factory=list)
    failures: int = 0
    last_body: int = 0
    complaint: str = ""


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as the last one is answered."""

    def __init__(self, requests: Iterator[bytes], tally: _Tally) -> None:
        self._requests = requests
        self._tally = tally
        self._buffer = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not asyncio's by inheritance.
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        head_end = buffer.find(b"\r\n\r\n")
        if head_end < 0:
            self._buffer = buffer
            return
        status = buffer[9:12]
        length = LENGTH.search(buffer, 0, head_end)
        body = 0 if length is None or status == NO_BODY else int(length[1])
        if len(buffer) < head_end + 4 + body:
            self._buffer = buffer
            return
        self._buffer = b""
        self._note(status, body, buffer)
        if self._tally.stopping:
            self._close()
        else:
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._tally.stopping:
            self._tally.failures += 1
            self._tally.complaint = self._tally.complaint or f"connection lost: {exc}"
        if not self.closed.done():
            self.closed.set_result(None)

    def _send(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._tally.stopping = True
            self._close()
            return
        assert self._transport is not None
        self._sent_at = time.perf_counter()
        self._transport.write(request)

    def _close(self) -> None:
        assert self._transport is not None
        self._transport.close()

    def _note(self, status: bytes, body: int, buffer: bytes) -> None:
        tally = self._tally
        if status != tally.expected:
            tally.failures += 1
            tally.complaint = tally.complaint or buffer[:600].decode("latin-1")
        if tally.measuring:
            tally.seconds.append(time.perf_counter() - self._sent_at)
            tally.last_body = body


async def run(job: Job) -> Result:
    """Send requests for as long as the job says, after a short warm-up."""
    loop = asyncio.get_running_loop()
    tally = _Tally(expected=str(job.expected).encode())
    requests = [request.encode("latin-1") for request in job.requests]
    connections: list[_Connection] = []
    tally.measuring = job.once
    started, cpu_started = time.perf_counter(), time.process_time()
    shared = iter(requests)
    for number in range(job.connections):
        # Each connection begins elsewhere, so that they don't march in step.
        start = number * len(requests) // job.connections
        turn = shared if job.once else islice(cycle(requests), start, None)
        _, protocol = await loop.create_connection(
            lambda turn=turn: _Connection(turn, tally),  # type: ignore[misc]
            job.host,
            job.port,
        )
        connections.append(protocol)
    closed = [connection.closed for connection in connections]
    if job.once:
        await asyncio.wait(closed, timeout=job.seconds)
        return _result(tally, time.perf_counter() - started, time.process_time() - cpu_started)
    await asyncio.sleep(WARM_UP_S)
    tally.measuring = True
    started, cpu_started = time.perf_counter(), time.process_time()
    await asyncio.sleep(job.seconds)
    tally.measuring = False
    elapsed = time.perf_counter() - started
    cpu = time.process_time() - cpu_started
    tally.stopping = True
    await asyncio.wait(closed, timeout=30)
    return _result(tally, elapsed, cpu)


def _result(tally: _Tally, elapsed: float, cpu: float) -> Result:
    ordered = sorted(tally.seconds)
    count = len(ordered)
    if not count:
        return Result(failures=max(1, tally.failures), complaint=tally.complaint or "no answers")
    return Result(
        per_second=count / elapsed,
        p50_ms=1000 * ordered[count // 2],
        p99_ms=1000 * ordered[min(count - 1, count * 99 // 100)],
        answers=count,
        failures=tally.failures,
        cpu_share=cpu / elapsed,
        last_body=tally.last_body,
        complaint=tally.complaint,
    )


def main() -> None:
    job = Job(**json.load(sys.stdin))
    json.dump(asdict(uvloop.run(run(job))), sys.stdout)


if __name__ == "__main__":
    main()
