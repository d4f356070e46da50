"""Where the database is: an external server's address, or the embedded server's socket."""

from jiema_app.integrations.postgres import embedded
from jiema_app.settings import get_settings


class DatabaseNotRunning(RuntimeError):
    """The embedded server is not running, and no ``DATABASE_URL`` names another."""


def current_address() -> str:
    """Address of the database in libpq's URI form, as asyncpg takes it.

    Raises:
        DatabaseNotRunning: Start it with ``make run``, or set ``DATABASE_URL``.
    """
    settings = get_settings()
    if settings.database.url is not None:
        return settings.database.url.get_secret_value()
    address = embedded.running_address(settings.data_dir)
    if address is None:
        raise DatabaseNotRunning("The embedded database is not running: start it with `make run`.")
    return address
