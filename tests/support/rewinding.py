"""A database that is put back to an earlier moment, as from a backup, under a shop that goes on."""

import asyncio
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import asyncpg

from jiema_app.domain.transaction import PooledDatabase
from jiema_app.integrations.postgres.pool import open_pool
from tests.support.cluster import Cluster, with_database
from tests.support.polling import PATIENCE_S
from tests.support.shop import Shop


@dataclass
class Rewinding:
    """Takes copies of a shop's database, and puts them back.

    Attributes:
        address: Of the database that is in use.
    """

    cluster: Cluster
    shop: Shop
    address: str
    _copies: list[str] = field(default_factory=list)

    async def copy(self) -> str:
        """A copy of everything, as it is now; returns its name."""
        name = f"jiema_test_copy_{secrets.token_hex(6)}"
        await self._close()
        await self._copy(urlsplit(self.address).path.lstrip("/"), name)
        await self._open()
        return name

    async def put_back(self, copy: str) -> None:
        """Have the shop go on with a copy. What happened since is forgotten."""
        await self._close()
        name = f"jiema_test_back_{secrets.token_hex(6)}"
        await self._copy(copy, name)
        self.address = with_database(self.cluster.address, name)
        await self._open()

    async def end(self) -> None:
        """Remove every copy; the shop is not used any more."""
        await self._close()
        for name in self._copies:
            await self.cluster.drop(with_database(self.cluster.address, name))

    async def _copy(self, source: str, name: str) -> None:
        connection = await asyncpg.connect(self.cluster.address)
        try:
            await connection.execute(
                f'create database "{name}" template "{source}" strategy file_copy'
            )
        finally:
            await connection.close()
        self._copies.append(name)

    @property
    def _database(self) -> PooledDatabase:
        database = self.shop.services.database
        assert isinstance(database, PooledDatabase)
        return database

    async def _close(self) -> None:
        await asyncio.wait_for(self._database.pool.close(), PATIENCE_S)

    async def _open(self) -> None:
        self._database.pool = await open_pool(
            self.address, name="test", size=12, statement_timeout_s=20
        )


def rewinding(cluster: Cluster, shop: Shop, address: str) -> Rewinding:
    """For a shop, until the shop is closed."""
    made = Rewinding(cluster, shop, address)
    shop._more.push_async_callback(made.end)
    return made
