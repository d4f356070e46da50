"""A database that goes away at a chosen moment, as it does for a process that is killed."""

from jiema_app.bootstrap import Services, build_services
from jiema_app.domain.transaction import Database
from tests.support.shop import Shop


class Died(BaseException):
    """The process ended here. Neither turbulence nor a refusal nor a bug: nobody may handle it."""


class InterruptedDatabase:
    """The real database, until the process dies before its ``blocks + 1``-th block.

    What came before is committed, what the outside world was told between is done.
    """

    def __init__(self, real: Database, blocks: int) -> None:
        self._real = real
        self._left = blocks
        self.died = False

    def connection(self):  # type: ignore[no-untyped-def]  # noqa: ANN201 - the protocol's own type is private
        self._count()
        return self._real.connection()

    def transaction(self):  # type: ignore[no-untyped-def]  # noqa: ANN201 - likewise
        self._count()
        return self._real.transaction()

    def _count(self) -> None:
        if self._left <= 0:
            self.died = True
            raise Died
        self._left -= 1


def dying_process(shop: Shop, blocks: int) -> tuple[Services, InterruptedDatabase]:
    """A process of this shop that dies after so many blocks."""
    database = InterruptedDatabase(shop.services.database, blocks)
    services = build_services(shop.settings, database, shop.services.suppliers)
    services.live_catalog.current = shop.services.live_catalog.current
    return services, database
