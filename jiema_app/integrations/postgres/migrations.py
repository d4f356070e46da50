"""Bringing a database to the newest revision."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import asyncpg

from jiema_app.integrations.postgres.uris import sqlalchemy_url

if TYPE_CHECKING:
    from alembic.config import Config

ROOT = Path(__file__).resolve().parents[3]

REVISION: Final = re.compile(r'^revision: str = "(\w+)"$', re.MULTILINE)
REVISED: Final = re.compile(r'^down_revision: str \| None = "(\w+)"$', re.MULTILINE)


def alembic_config(address: str) -> "Config":
    """Alembic's configuration for the database at ``address``."""
    from alembic.config import Config  # noqa: PLC0415 - see head_revision

    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "alembic"))
    config.attributes["url"] = sqlalchemy_url(address)
    return config


def upgrade_to_head(address: str) -> None:
    """Apply every migration that is missing. Blocks; must not run inside an event loop."""
    from alembic import command  # noqa: PLC0415 - see head_revision

    command.upgrade(alembic_config(address), "head")


async def revision_of(address: str) -> str | None:
    """The revision that the database at ``address`` is at, or None before the first."""
    connection = await asyncpg.connect(address)
    try:
        found = await connection.fetchval("select max(version_num) from alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
    return None if found is None else str(found)


def head_revision() -> str:
    """The newest revision that this checkout knows.

    Read from the scripts' text: every web process and worker asks for it, and alembic, which
    runs them, would stay in their memory with SQLAlchemy.
    """
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "alembic/versions").glob("*.py")]
    revised = {found[1] for text in texts for found in REVISED.finditer(text)}
    (head,) = {found[1] for text in texts for found in REVISION.finditer(text)} - revised
    return head
