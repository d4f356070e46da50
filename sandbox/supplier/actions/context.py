"""What an action is given, and how it reads its parameters."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.supplier.activations import Activation
from sandbox.supplier.catalogue import Country
from sandbox.supplier.dialects import Reply
from sandbox.supplier.engine import Supplier
from sandbox.supplier.refusals import invalid
from sandbox.supplier.rows import RowWriter

_ACTIVATION_ID = re.compile(r"\d{1,18}")
_SERVICE = re.compile(r"[a-zA-Z]{2,4}")
_COUNTRY = re.compile(r"\d{1,3}")


@dataclass(slots=True)
class Request:
    """One call of handler_api.php."""

    supplier: Supplier
    params: dict[str, str]
    action: str
    legacy: bool

    @property
    def rows(self) -> RowWriter:
        """The writer of JSON rows for this request."""
        state = self.supplier.state
        return RowWriter(
            self.supplier.catalogue.countries,
            state.settings.seed,
            jitter=state.behaviour.jitter,
        )

    def activation(self) -> Activation:
        """Return the activation named by `id`.

        Raises:
            RefusedError: UNPROCESSABLE_ENTITY or NOT_FOUND.
        """
        text = self.params.get("id")
        if not text:
            raise invalid("id", "REQUIRED")
        if not _ACTIVATION_ID.fullmatch(text):
            raise invalid("id")
        return self.supplier.get(int(text))

    def service(self) -> str:
        """Return the known service code in `service`.

        Raises:
            RefusedError: UNPROCESSABLE_ENTITY.
        """
        text = self.params.get("service")
        if not text:
            raise invalid("service", "REQUIRED")
        if not _SERVICE.fullmatch(text) or text not in self.supplier.catalogue.services:
            raise invalid("service")
        return text

    def country(self) -> Country:
        """Return the country in `country`; the legacy dialect falls back to Russia.

        Raises:
            RefusedError: UNPROCESSABLE_ENTITY.
        """
        text = self.params.get("country")
        if not text:
            if self.legacy:
                return self.supplier.catalogue.countries[0]
            raise invalid("country", "REQUIRED")
        found = find_country(self, text)
        if found is None:
            raise invalid("country")
        return found

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        """Return a bounded whole number.

        Raises:
            RefusedError: UNPROCESSABLE_ENTITY.
        """
        text = self.params.get(name)
        if text is None or text == "":
            return default
        if not re.fullmatch(r"\d{1,12}", text) or not low <= int(text) <= high:
            raise invalid(name)
        return int(text)


def find_country(request: Request, text: str) -> Country | None:
    """Return the country with this id, None when the text is no known id."""
    if not _COUNTRY.fullmatch(text):
        return None
    return request.supplier.catalogue.countries.get(int(text))


Action = Callable[[Request], Reply]
