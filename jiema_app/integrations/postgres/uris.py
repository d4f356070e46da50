"""Forms of a database's address."""

from urllib.parse import quote


def sqlalchemy_url(address: str) -> str:
    """The same address in SQLAlchemy's form."""
    _, rest = address.split("://", 1)
    return f"postgresql+asyncpg://{rest}"


def socket_address(directory: str) -> str:
    """Address of a server that listens on a Unix socket in ``directory`` alone."""
    return f"postgresql://postgres@/postgres?host={quote(directory, safe='/')}"
