"""Settings of what the channel is told by itself."""

from typing import Annotated

from pydantic import Field, field_validator

from jiema_app.i18n.locale_list import LOCALES
from jiema_app.settings.forms import CommaList, Group, group, split_list

CHANNEL_LOCALES = ("en", "zh", "ru", "es", "ar", "hi", "id", "tr")


class ChannelSettings(Group):
    """Digests of prices and stock in the channel that ``TELEGRAM_CHANNEL`` names."""

    model_config = group("CHANNEL_")

    digests: bool = True
    """Whether there are any. Announcements of people are posted either way."""
    threshold_percent: Annotated[int, Field(ge=1, le=90)] = 10
    """Prices that moved by less are not told."""
    digests_per_day: Annotated[int, Field(ge=1, le=200)] = 12
    """Posts of one day, in UTC. A post that is edited counts once."""
    locale: str = "en"
    """The language of the channel."""
    site_locales: CommaList = CHANNEL_LOCALES
    """Languages for which a post has a button to the site."""

    split = field_validator("site_locales", mode="before")(split_list)

    @field_validator("locale")
    @classmethod
    def _known_locale(cls, value: str) -> str:
        if value not in LOCALES:
            raise ValueError(f"must be one of {', '.join(LOCALES)}")
        return value

    @field_validator("site_locales")
    @classmethod
    def _known_locales(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or set(value) - set(LOCALES) or len(set(value)) < len(value):
            raise ValueError(f"must be languages of these, each once: {', '.join(LOCALES)}")
        return value
