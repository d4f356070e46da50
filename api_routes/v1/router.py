"""What the parts of version 1 have in common."""

from fastapi import APIRouter

from api_routes.paths import API_PREFIX


def new_router() -> APIRouter:
    """A router below the prefix, whose functions name the operations of the OpenAPI document."""
    return APIRouter(prefix=API_PREFIX, generate_unique_id_function=lambda route: route.name)
