"""Settings of what pages tell: prices as they usually are, and how soon reports are answered."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from jiema_app.settings.forms import Group, group
from jiema_app.settings.values import Cents

Factor = Annotated[Decimal, Field(gt=0, le=100)]


class PriceRangeSettings(Group):
    """Indicative prices: what a number usually costs, beside the figures of today."""

    model_config = group("PRICE_RANGE_")

    tier1_services_low: Cents = Decimal("0.20")
    tier1_services_high: Cents = Decimal("0.80")
    """Google, Apple, OpenAI, Binance, Telegram."""
    messaging_low: Cents = Decimal("0.20")
    messaging_high: Cents = Decimal("0.70")
    """WhatsApp, Discord, X, Instagram."""
    marketplaces_low: Cents = Decimal("0.25")
    marketplaces_high: Cents = Decimal("0.90")
    """Amazon, eBay, Mercari."""
    tier1_countries_low: Factor = Decimal("1.5")
    tier1_countries_high: Factor = Decimal(2)
    """United States, United Kingdom, Russia: times the average of all countries."""
    other_countries_low: Factor = Decimal("0.3")
    other_countries_high: Factor = Decimal("0.7")
    """Indonesia, India, Vietnam."""

    @model_validator(mode="after")
    def _ends_are_in_order(self) -> Self:
        for name, high in self:
            low = getattr(self, name.replace("_high", "_low"))
            if high < low:
                raise ValueError(f"PRICE_RANGE_{name.upper()} is below its lower end")
        return self


class AbuseSettings(Group):
    """Reports of abuse, which anybody may send."""

    model_config = group("ABUSE_")

    answer_hours: int = Field(default=72, ge=1, le=30 * 24)
    """Within so long a report is answered; the page promises it."""
    reports_per_day: int = Field(default=5, ge=1, le=1000)
    """Reports that one address may send in 24 hours."""
    contact_days: int = Field(default=180, ge=1, le=3650)
    """How long after its answer, or its end, a report keeps how to reach its sender."""


class LegalSettings(Group):
    """What legal pages say of this installation."""

    model_config = group("LEGAL_")

    access_log_days: int = Field(default=30, ge=1, le=30)
    """How long the proxy in front keeps its log, which holds addresses of visitors. The
    product itself keeps none: this says what the proxy does."""
