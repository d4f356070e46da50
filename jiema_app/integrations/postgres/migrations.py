"""Bringing a database to the newest revision."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from jiema_app.integrations.postgres.address import sqlalchemy_url

ROOT = Path(__file__).resolve().parents[3]


def alembic_config(address: str) -> Config:
    """Alembic's configuration for the database at ``address``."""
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "alembic"))
    config.attributes["url"] = sqlalchemy_url(address)
    return config


def upgrade_to_head(address: str) -> None:
    """Apply every migration that is missing. Blocks; must not run inside an event loop."""
    command.upgrade(alembic_config(address), "head")


def head_revision() -> str:
    """The newest revision that this checkout knows."""
    head = ScriptDirectory(str(ROOT / "alembic")).get_current_head()
    assert head is not None
    return head
