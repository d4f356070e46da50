"""Version 1 of the public API."""

from fastapi import APIRouter

from api_routes.v1 import account, catalog, orders

router = APIRouter(prefix="/api/v1")
for part in (account, catalog, orders):
    router.include_router(part.router)
