"""What keeps people signed in, put together."""

from datetime import timedelta

from jiema_app.domain.clock import Clock
from jiema_app.domain.identity import mini_app
from jiema_app.domain.identity.mini_app import MiniAppDoor
from jiema_app.domain.identity.session_tokens import SessionTokens, SigningKey
from jiema_app.domain.identity.sessions import Sessions
from jiema_app.domain.identity.sign_in import SignIn
from jiema_app.domain.transaction import Database
from jiema_app.settings import Settings


def build_sessions(settings: Settings, database: Database, clock: Clock) -> Sessions:
    """The sessions of the website, signed by the current key and read by the previous one."""
    rules = settings.session
    previous = rules.previous_key
    return Sessions(
        database=database,
        clock=clock,
        tokens=SessionTokens(
            SigningKey.derived((rules.key or settings.secret_key).get_secret_value()),
            SigningKey.derived(previous.get_secret_value()) if previous else None,
        ),
        life=timedelta(days=rules.days),
        absolute_life=timedelta(days=rules.absolute_days),
    )


def build_mini_app(settings: Settings, sign_in: SignIn) -> MiniAppDoor:
    """Where launches of the Mini App are exchanged for sessions of theirs."""
    keys = [
        None if secret is None else SigningKey.derived(secret.get_secret_value(), mini_app.PURPOSE)
        for secret in (
            settings.session.key or settings.secret_key,
            settings.session.previous_key,
        )
    ]
    assert keys[0] is not None
    return MiniAppDoor(
        database=sign_in.database,
        clock=sign_in.clock,
        sign_in=sign_in,
        sessions=sign_in.sessions,
        tokens=SessionTokens(keys[0], keys[1], mini_app.AUDIENCE, mini_app.KIND),
        bot_token=settings.mini_app_token,
    )
