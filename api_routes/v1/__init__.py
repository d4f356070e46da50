"""Version 1 of the public API."""

from typing import Final

from fastapi import APIRouter

from api_routes.v1 import account, catalog, orders

ROUTERS: Final[tuple[APIRouter, ...]] = (account.router, catalog.router, orders.router)
