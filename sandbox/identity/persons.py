"""The people who can sign in, and the keys that providers sign with. Both survive."""

import random
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.journal import Event, Journal

KEY_BITS: Final = 2048
FIRST_PEOPLE: Final = 4
ADDED_SHOWN: Final = 6

FIRST_NAMES: Final = (
    "Ada",
    "Bao",
    "Chidi",
    "Dina",
    "Emre",
    "Farah",
    "Goran",
    "Hana",
    "Iker",
    "Jia",
)
LAST_NAMES: Final = (
    "Abara",
    "Berg",
    "Costa",
    "Demir",
    "Ito",
    "Kaya",
    "Lim",
    "Novak",
    "Osei",
    "Rao",
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account at a provider.

    Attributes:
        sub: What the provider's tokens call them: 21 digits at Google, 19 at Telegram.
        number: Telegram's numeric user id; 0 at Google.
    """

    provider: str
    sub: str
    number: int
    first_name: str
    last_name: str
    username: str

    @property
    def name(self) -> str:
        """The name that people read."""
        return f"{self.first_name} {self.last_name}"

    def to_json(self) -> dict[str, Any]:
        """The person as the control API shows them."""
        return {**asdict(self), "name": self.name}


class People:
    """Everybody with an account, and the signing key of each provider."""

    def __init__(self, providers: tuple[str, ...], seed: int, journal: Journal | None) -> None:
        """Replay the journal; make what it does not hold."""
        self._providers, self._seed, self._journal = providers, seed, journal
        self._persons: list[Person] = []
        self._keys: dict[str, rsa.RSAPrivateKey] = {}
        for event in journal.replay() if journal else ():
            self._apply(event)
        if not self._persons:
            self._persons = self._first_persons()
        if journal:
            for provider in providers:
                self.key_of(provider)
            journal.rewrite(self._snapshot())

    def of(self, provider: str) -> list[Person]:
        """A provider's people, those who were there first at the top."""
        return [person for person in self._persons if person.provider == provider]

    def to_choose_from(self, provider: str) -> list[Person]:
        """Those who were always there, and the latest of those who were added."""
        everybody = self.of(provider)
        first, added = everybody[:FIRST_PEOPLE], everybody[FIRST_PEOPLE:]
        return first + added[-ADDED_SHOWN:][::-1]

    def find(self, provider: str, sub: str) -> Person | None:
        """The person that a provider calls so."""
        return next((one for one in self.of(provider) if one.sub == sub), None)

    def add(self, provider: str) -> Person:
        """Make somebody new."""
        person = _make(provider, random.Random(secrets.randbits(64)))
        self._persons.append(person)
        self._record(["person", asdict(person)])
        return person

    def key_of(self, provider: str) -> rsa.RSAPrivateKey:
        """The key that a provider signs with; made when it is first needed."""
        if provider not in self._keys:
            self._keys[provider] = rsa.generate_private_key(65537, KEY_BITS)
        return self._keys[provider]

    def jwks(self, provider: str) -> dict[str, Any]:
        """The public half, as providers publish it."""
        public = jwt.algorithms.RSAAlgorithm.to_jwk(
            self.key_of(provider).public_key(), as_dict=True
        )
        named = {**public, "kid": f"{provider}-1", "use": "sig", "alg": "RS256"}
        named.pop("key_ops", None)
        return {"keys": [named]}

    def reset(self) -> None:
        """Forget everybody who was added. Keys stay: providers do not change theirs either."""
        self._persons = self._first_persons()
        if self._journal:
            self._journal.rewrite(self._snapshot())

    def close(self) -> None:
        """Release the journal."""
        if self._journal:
            self._journal.close()

    def _first_persons(self) -> list[Person]:
        return [
            _make(provider, random.Random(f"{self._seed} {provider} {place}"), place)
            for provider in self._providers
            for place in range(FIRST_PEOPLE)
        ]

    def _record(self, event: Event) -> None:
        if self._journal:
            self._journal.append(event)

    def _snapshot(self) -> Iterator[Event]:
        for provider, key in self._keys.items():
            pem = key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            yield ["key", provider, pem.decode()]
        for person in self._persons:
            yield ["person", asdict(person)]

    def _apply(self, event: Event) -> None:
        match event:
            case ["key", str(provider), str(pem)]:
                key = serialization.load_pem_private_key(pem.encode(), None)
                assert isinstance(key, rsa.RSAPrivateKey)
                self._keys[provider] = key
            case ["person", dict(fields)]:
                self._persons.append(Person(**fields))


def _make(provider: str, dice: random.Random, place: int | None = None) -> Person:
    first = dice.choice(FIRST_NAMES) if place is None else FIRST_NAMES[place]
    last = dice.choice(LAST_NAMES)
    is_telegram = provider == "telegram"
    digits = 19 if is_telegram else 21
    return Person(
        provider=provider,
        sub=str(dice.randrange(10 ** (digits - 1), 10**digits)),
        number=dice.randrange(10**8, 10**10) if is_telegram else 0,
        first_name=first,
        last_name=last,
        username=f"{first}_{last}{dice.randrange(100)}".lower() if is_telegram else "",
    )
