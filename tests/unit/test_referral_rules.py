"""Each rule about invitations by itself: what it finds, and what only looks like it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jiema_app.domain.referrals import rules
from jiema_app.domain.referrals.evaluation import (
    Found,
    busiest,
    evaluate_invitation,
    evaluate_link,
)
from jiema_app.domain.referrals.facts import Ended, InvitationFacts, LinkFacts, Subject
from jiema_app.domain.referrals.findings import Finding, explain, reason_of
from jiema_app.domain.referrals.ports import TelegramProfile
from jiema_app.domain.referrals.rules import BY_ID, RULES
from jiema_app.domain.referrals.statuses import (
    CommissionStatus,
    HoldReason,
    ReferralStatus,
    RuleAction,
)
from jiema_app.domain.referrals.verdicts import decide
from jiema_app.domain.units import MicroUsdt, UserId

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANN, BOB = UserId("ann"), UserId("bob")
SUBJECT = Subject(user=BOB, referrer=ANN, signed_up_at=NOW, clicked_at=None)
NOTHING = InvitationFacts(subject=SUBJECT)
LINK = LinkFacts(referrer=ANN, now=NOW, owner_since=NOW - timedelta(days=400))

BARE = TelegramProfile(has_photo=False, has_username=False)


def ids(found: Sequence[Found]) -> list[str]:
    return [one.rule.id for one in found]


def around(number: int, minutes: float) -> list[datetime]:
    return [NOW + timedelta(minutes=minutes * place) for place in range(number)]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"is_same_person": True}, ["S1"]),
        ({"address_users": [0]}, ["S2"]),
        ({"address_users": [4]}, ["S2"]),
        ({"address_users": [5]}, ["S2-exchange"]),
        ({"address_users": [5, 4]}, ["S2"]),
        ({"shared_devices": 1}, ["S3"]),
        ({"near_sign_ins": 1, "nearest": timedelta(hours=2)}, ["S4"]),
        (
            {"near_sign_ins": 1, "nearest": timedelta(0), "is_same_agent": True},
            ["S4", "S4-agent"],
        ),
        ({"near_sign_ins": 0, "is_same_agent": True}, []),
        ({"ring_steps": 1}, ["S6"]),
        (
            {"is_from_hosting": True, "first_order_at": NOW + timedelta(minutes=9)},
            ["S5"],
        ),
        ({"is_from_hosting": True, "first_order_at": NOW + timedelta(minutes=10)}, []),
        ({"is_from_hosting": False, "first_order_at": NOW + timedelta(minutes=1)}, []),
        ({"is_from_hosting": True}, []),
        (
            {"profile": BARE, "first_order_price": MicroUsdt(100_000)},
            ["S7-photo", "S7-username"],
        ),
        (
            {
                "profile": replace(BARE, has_photo=True),
                "first_order_price": MicroUsdt(40_000),
            },
            ["S7-username"],
        ),
        ({"profile": BARE, "first_order_price": MicroUsdt(110_000)}, []),
        ({"profile": BARE}, []),
        ({"link_sign_ups": around(6, 12)}, ["V1-hour"]),
        ({"link_sign_ups": around(5, 12)}, []),
        ({"link_sign_ups": around(6, 12.1)}, []),
        ({"sign_ups_of_day": 21}, ["V1-day"]),
        ({"sign_ups_of_day": 20}, []),
        ({"address_sign_ups": around(4, 480)}, ["V1-address"]),
        ({"address_sign_ups": around(3, 1)}, []),
        ({"address_sign_ups": around(4, 481)}, []),
    ],
    ids=str,
)
def test_what_speaks_against_an_invitation(facts: dict[str, Any], expected: list[str]) -> None:
    assert ids(evaluate_invitation(replace(NOTHING, **facts))) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0, ["C4"]), (1.9, ["C4"]), (-30, ["C4"]), (2, []), (86_400, [])]
)
def test_whoever_signs_up_at_once_after_a_click_is_a_program(
    seconds: float, expected: list[str]
) -> None:
    subject = replace(SUBJECT, clicked_at=NOW - timedelta(seconds=seconds))
    assert ids(evaluate_invitation(replace(NOTHING, subject=subject))) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"rewards": 11, "owner_since": NOW - timedelta(days=29)}, ["V2"]),
        ({"rewards": 10, "owner_since": NOW - timedelta(days=29)}, []),
        ({"rewards": 500, "owner_since": NOW - timedelta(days=30)}, []),
        ({"clicks": 201, "sign_ups": 0}, ["C3-few"]),
        ({"clicks": 200, "sign_ups": 0}, []),
        ({"clicks": 1_001, "sign_ups": 1}, ["C3-few"]),
        ({"clicks": 1_000, "sign_ups": 1}, []),
        ({"clicks": 20, "sign_ups": 9}, ["C3-many"]),
        ({"clicks": 20, "sign_ups": 8}, []),
        ({"clicks": 19, "sign_ups": 19}, []),
        ({"orders": Ended(10, 3)}, ["R4"]),
        ({"orders": Ended(10, 2)}, []),
        ({"orders": Ended(9, 9)}, []),
        ({"orders": Ended(10, 5)}, ["R4", "R4-suspend"]),
        ({"orders": Ended(10, 4)}, ["R4"]),
        ({"orders": Ended(10, 3), "usual": Ended(99, 99)}, ["R4"]),
        ({"orders": Ended(10, 3), "usual": Ended(100, 20)}, []),
        ({"orders": Ended(10, 3), "usual": Ended(100, 19)}, ["R4"]),
        ({"orders": Ended(10, 6), "usual": Ended(1_000, 390)}, ["R4", "R4-suspend"]),
    ],
    ids=str,
)
def test_what_speaks_against_a_link(facts: dict[str, Any], expected: list[str]) -> None:
    assert ids(evaluate_link(replace(LINK, **facts))) == expected


def test_the_fullest_stretch_of_time_holds_the_moment_itself() -> None:
    crowd = around(5, 1)
    later = NOW + timedelta(hours=3)
    assert len(busiest([*crowd, later], timedelta(hours=1), NOW)) == 5
    assert busiest([*crowd, later], timedelta(hours=1), later) == [later]
    assert busiest([], timedelta(hours=1), NOW) == ()


def finding(rule: str, **how: Any) -> Finding:
    known = BY_ID[rule]
    return Finding(
        **{
            "id": 1,
            "rule": rule,
            "referrer_id": ANN,
            "user_id": "" if known.is_link else BOB,
            "period": "",
            "weight": known.weight,
            "action": known.action,
            "evidence": {},
            "created_at": NOW,
            "expires_at": None,
            "cleared_at": None,
            "cleared_by": None,
            "clear_note": None,
            **how,
        }
    )


@pytest.mark.parametrize(
    ("found", "status", "reason"),
    [
        ((), "ACTIVE", None),
        (("S4",), "ACTIVE", None),
        (("S4", "S2-exchange"), "HELD", "SAME_NETWORK"),
        (("S4", "S4-agent"), "HELD", "SAME_NETWORK"),
        (("S4", "S7-photo"), "ACTIVE", None),
        (("S4", "S4-agent", "C4"), "DENIED", "SAME_NETWORK"),
        (("S4", "S4-agent", "S2-exchange"), "HELD", "SAME_NETWORK"),
        (("V1-hour",), "HELD", "MANY_SIGN_UPS"),
        (("R4",), "HELD", "MANY_REFUNDS"),
        (("R4-suspend",), "HELD", "MANY_REFUNDS"),
        (("C3-few",), "ACTIVE", None),
        (("S3",), "DENIED", "SAME_DEVICE"),
        (("V1-hour", "S2"), "DENIED", "SAME_PERSON"),
    ],
    ids=str,
)
def test_what_was_found_makes_a_verdict(
    found: Sequence[str], status: str, reason: str | None
) -> None:
    verdict = decide([finding(one) for one in found], has_order=True)
    assert (verdict.status, verdict.reason) == (status, reason)
    assert verdict.claws_back == any(BY_ID[one].action is RuleAction.DENY for one in found)


@pytest.mark.parametrize(
    ("found", "status"),
    [((), "NEW"), (("S4", "S4-agent", "C4"), "NEW"), (("V1-day",), "NEW"), (("S6",), "DENIED")],
)
def test_before_the_first_order_only_what_is_certain_counts(
    found: Sequence[str], status: str
) -> None:
    assert decide([finding(one) for one in found], has_order=False).status == status


EVIDENCE: dict[str, dict[str, Any]] = {
    "S1": {},
    "S2": {"wallets": 1, "others": 0},
    "S2-exchange": {"wallets": 2, "others": 7},
    "S3": {"browsers": 1},
    "S4": {"signIns": 3, "nearestSeconds": 40},
    "S4-agent": {"signIns": 3, "nearestSeconds": 40},
    "S5": {"seconds": 20},
    "S6": {"steps": 2},
    "S7-photo": {"priceMicro": 100_000},
    "S7-username": {"priceMicro": 100_000},
    "V1-hour": {
        "signUps": 7,
        "from": "2026-11-22T10:00:00+00:00",
        "to": "2026-11-22T10:31:07+00:00",
    },
    "V1-day": {"signUps": 30},
    "V1-address": {
        "signUps": 4,
        "from": "2026-11-22T10:00:00+00:00",
        "to": "2026-11-22T14:00:00+00:00",
    },
    "V2": {"firstOrders": 12, "ownerDays": 1},
    "C2-minute": {"clicks": 31},
    "C2-day": {"clicks": 5_001},
    "C2-network": {"clicks": 201},
    "C3-few": {"clicks": 1_500, "signUps": 1},
    "C3-many": {"clicks": 30, "signUps": 20},
    "C4": {"milliseconds": 400},
    "R4": {"orders": 10, "cancelled": 3},
    "R4-suspend": {"orders": 10, "cancelled": 6},
}


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.action is not RuleAction.KEPT])
def test_every_finding_is_explained_in_a_sentence(rule: rules.Rule) -> None:
    sentence = explain(finding(rule.id, evidence=EVIDENCE[rule.id]))
    assert " because " in sentence
    assert sentence.endswith(".")
    assert rule.title not in sentence
    figures = [value for value in EVIDENCE[rule.id].values() if isinstance(value, int)]
    if figures and rule.id not in {"C4", "S7-photo", "S7-username"}:
        assert any(str(figure) in sentence for figure in figures)
    # Evidence of an older form of a rule is no reason to explain nothing.
    assert rule.title in explain(finding(rule.id)) or not EVIDENCE[rule.id]


def test_sentences_read_as_they_should() -> None:
    told = {rule: explain(finding(rule, evidence=EVIDENCE[rule])) for rule in EVIDENCE}
    assert told["V1-address"] == (
        "held because 4 invited people signed up from one address from 22 November 2026, "
        "10:00:00 to 22 November 2026, 14:00:00 UTC."
    )
    assert told["S2"] == (
        "denied because both pay from, were refunded to or are paid out to 1 same wallet, which "
        "nobody else uses."
    )
    assert told["C4"].endswith("0.4 seconds after the click.")
    assert told["S7-photo"].endswith("its first order cost only 0.10 USDT.")


def test_a_rule_that_is_gone_is_still_named() -> None:
    assert explain(replace(finding("S1"), rule="X9")) == "denied by the rule X9."


def test_rules_are_told_apart_and_those_that_find_nothing_say_who_keeps_them() -> None:
    assert len(BY_ID) == len(RULES)
    families = {rule.id.partition("-")[0] for rule in RULES}
    assert families == {
        *(f"S{number}" for number in range(1, 8)),
        "V1",
        "V2",
        *(f"C{number}" for number in range(1, 5)),
        *(f"R{number}" for number in range(1, 6)),
    }
    for rule in RULES:
        assert bool(rule.kept_by) == (rule.action is RuleAction.KEPT)
        assert (rule.weight > 0) == (rule.action is RuleAction.SCORE)


@pytest.mark.parametrize(
    ("commission", "invitation", "stored", "reason"),
    [
        ("PENDING", "ACTIVE", None, HoldReason.ORDER_OPEN),
        ("PENDING", "HELD", "SAME_NETWORK", HoldReason.ORDER_OPEN),
        ("HELD", "NEW", None, HoldReason.JUDGING),
        ("HELD", "ACTIVE", None, HoldReason.JUDGING),
        ("HELD", "HELD", "MANY_REFUNDS", HoldReason.MANY_REFUNDS),
        ("HELD", "HELD", None, HoldReason.UNDER_REVIEW),
        ("HELD", "HELD", "A word of tomorrow", HoldReason.UNDER_REVIEW),
        ("RELEASED", "HELD", "SAME_NETWORK", None),
        ("REVERSED", "DENIED", "SAME_DEVICE", None),
    ],
)
def test_whoever_earns_is_told_why_they_wait(
    commission: str, invitation: str, stored: str | None, reason: HoldReason | None
) -> None:
    told = reason_of(CommissionStatus(commission), ReferralStatus(invitation), stored)
    assert told is reason
