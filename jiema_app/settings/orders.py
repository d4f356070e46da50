"""Settings of renting numbers."""

from typing import Self

from pydantic import Field, model_validator

from jiema_app.settings.forms import Group, group
from jiema_app.settings.values import (
    DAY_S,
)


class OrderSettings(Group):
    """The rules of renting a number."""

    model_config = group("ORDER_")

    window_s: int = Field(default=15 * 60, ge=30, le=DAY_S)
    """How long a number waits for its code."""
    next_sms_max: int = Field(default=5, ge=0, le=1000)
    """Further codes that may be asked for on one number."""
    late_sms_grace_s: int = Field(default=10 * 60, ge=0, le=DAY_S)
    """An SMS that comes this long after completion is still recorded."""
    retention_s: int = Field(default=DAY_S, ge=60, le=30 * DAY_S)
    """After an order ended its SMS texts and full phone are kept this long: at least until
    its number can bring nothing more."""
    number_tries: int = Field(default=3, ge=1, le=100)
    """Purchases made to avoid a number that failed the same user before."""
    # A button that buys is good for an hour, and must find what it has bought.
    idempotency_retention_s: int = Field(default=DAY_S, ge=3600, le=30 * DAY_S)
    expiry_patience_s: int = Field(default=30, ge=0, le=3600)
    """How long after the window an order waits for one last look at the supplier."""
    unknown_give_up_s: int = Field(default=600, ge=30, le=DAY_S)
    """A purchase with an unknown outcome is refunded after this, whatever the supplier does."""

    @model_validator(mode="after")
    def _texts_live_until_the_last_one_came(self) -> Self:
        """A text that came after its order was forgotten would be forgotten by nobody."""
        if self.retention_s < self.window_s + self.late_sms_grace_s:
            raise ValueError(
                "ORDER_RETENTION_S is below ORDER_WINDOW_S and ORDER_LATE_SMS_GRACE_S together: "
                "an SMS could come after its order was forgotten"
            )
        return self
