"""Who vouches for the people who sign in."""

from enum import StrEnum


class Provider(StrEnum):
    """Who vouches for a person."""

    GOOGLE = "google"
    """OpenID Connect with the scope ``openid`` alone."""
    TELEGRAM = "telegram"
    """Its OpenID Connect or its older login widget; both name the same user id."""
