"""How alembic reaches the database: the caller's connection, or the settings' address."""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from jiema_app.domain import models
from jiema_app.integrations.postgres.address import current_address
from jiema_app.integrations.postgres.uris import sqlalchemy_url

_TABLES = models  # importing it fills the metadata


def run_migrations(connection: Connection) -> None:
    """Run what was asked for on an open connection, one transaction a revision."""
    context.configure(
        connection=connection, target_metadata=SQLModel.metadata, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_online() -> None:
    """Open a connection of our own, for the alembic command line."""
    url = context.config.attributes.get("url") or sqlalchemy_url(current_address())
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run_migrations)
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    run_migrations(given)
else:
    asyncio.run(run_online())
