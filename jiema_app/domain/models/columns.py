"""Column types shared by the tables.

Functions rather than constants: a SQLAlchemy column belongs to one table only.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Identity, Text, func
from sqlmodel import Field


def text_id(**options: Any) -> Any:
    """A text key compared byte by byte: ids sort by age whatever the database's locale."""
    return Field(sa_type=Text(collation="C"), **options)


def text(**options: Any) -> Any:
    """Unbounded text. Bounds are CHECKs or the caller's, where they can be explained."""
    return Field(sa_type=Text, **options)


def big(**options: Any) -> Any:
    """A 64-bit integer: every amount of money."""
    return Field(sa_type=BigInteger, **options)


def serial() -> Any:
    """A key that the database hands out."""
    return Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )


def moment(**options: Any) -> Any:
    """A point in time, always with its zone."""
    return Field(sa_type=DateTime(timezone=True), **options)


def now_default() -> Any:
    """A point in time that the database fills in."""
    return Field(
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": func.now()},
    )
