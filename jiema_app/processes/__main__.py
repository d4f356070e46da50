"""What make and the supervisor call, without the imports of the whole command line."""

import sys

from jiema_app.processes.build import BuildFailed, ensure_built
from jiema_app.settings import get_settings


def main(arguments: list[str]) -> int:
    """``up``: run the product. ``build``: build its pages, when stale. ``prepare``: its data."""
    match arguments:
        case ["up"]:
            from jiema_app.processes import supervisor

            return supervisor.run(get_settings())
        case ["build", *options]:
            try:
                print(ensure_built(get_settings().locales, force="--force" in options))
            except BuildFailed as error:
                print(error, file=sys.stderr)
                return 1
            return 0
        case ["prepare"]:
            # One process for both: their imports take longer than their work.
            from jiema_app.commands import database

            database.migrate()
            database.catalog_sync(offers=False, even_if_fewer=False)
            return 0
        case _:
            print("usage: python -m jiema_app.processes up|build [--force]", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
