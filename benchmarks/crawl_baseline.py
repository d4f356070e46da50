"""What a crawl is compared with: finished pages, made small for each who asks, and nothing else."""

import asyncio
import gzip
import os
from pathlib import Path
from typing import Final

import brotli
from fastapi import FastAPI, Request, Response

PAGES: Final = {file.name: file.read_bytes() for file in Path(os.environ["BENCH_PAGES"]).iterdir()}

app = FastAPI(openapi_url=None)


@app.get("/{kind}")
async def page(kind: str, request: Request) -> Response:
    """A page in the coding that was asked for."""
    html = PAGES[kind]
    accepted = request.headers.get("accept-encoding", "")
    headers = {"Vary": "Accept-Encoding"}
    if "br" in accepted:
        html = await asyncio.to_thread(brotli.compress, html, quality=5)
        headers["Content-Encoding"] = "br"
    elif "gzip" in accepted:
        html = await asyncio.to_thread(gzip.compress, html, compresslevel=6)
        headers["Content-Encoding"] = "gzip"
    return Response(html, media_type="text/html", headers=headers)
