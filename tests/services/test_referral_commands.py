"""``commission …``, ``referral …`` and what the sandbox makes, as they are typed."""

import pytest

from jiema_app.domain.models.user import Role
from tests.services.test_commands import PRODUCTION
from tests.support.console import Console
from tests.support.invitations import Invitations, Place
from tests.support.shop import Customer, Shop

PURSE = ["pendingUsdt", "availableUsdt", "heldUsdt", "invited"]
NOBODY = "c" + "0" * 24


@pytest.fixture
def console(database_address: str) -> Console:
    return Console(database_address)


@pytest.fixture
def people(shop: Shop) -> Invitations:
    return Invitations(shop)


@pytest.fixture
async def ann(people: Invitations) -> Customer:
    """Who invites."""
    return await people.join()


async def code_of(shop: Shop, customer: Customer) -> str:
    return (await shop.services.identity.get_account(customer.id)).referral_code


async def test_commission_is_shown_moved_and_taken_back(
    shop: Shop, people: Invitations, ann: Customer, console: Console
) -> None:
    bob = await people.join(ann)
    order = await people.buy(bob)
    share = order.price_micro // 10
    shown = await console.run("commission", "show", ann.id, "--json")
    assert (shown.code, shown.err, list(shown.json)) == (0, "", PURSE)
    assert shown.json == {
        "pendingUsdt": "0",
        "availableUsdt": f"{share / 1_000_000:g}",
        "heldUsdt": "0",
        "invited": 1,
    }
    moved = await console.run("commission", "move", ann.id, "--amount-usdt", "0.000001", "--json")
    assert list(moved.json) == PURSE
    assert await people.purse(ann) == (0, share - 1)
    boss = await shop.customer()
    await shop.services.identity.grant(boss.id, Role.ADMIN, actor="command-line")
    taken = await console.run(
        "commission", "claw-back", order.id, "--by", boss.id, "--note", "not a friend", "--json"
    )
    assert (taken.code, taken.json["availableUsdt"]) == (0, "-0.000001")
    again = await console.run("commission", "claw-back", order.id, "--note", "again")
    assert (again.code, again.out) == (1, "")
    assert again.err == "error: This commission was taken back already.\n"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("show", NOBODY), "User not found"),
        (("show", "somebody"), "User not found"),
        (("move", NOBODY, "--amount-usdt", "1"), "User not found"),
        (("move", "ANN", "--amount-usdt", "1"), "doesn't cover"),
        (("move", "ANN", "--amount-usdt", "0"), "above zero"),
        (("move", "ANN", "--amount-usdt", "much"), "not an amount"),
        (("claw-back", NOBODY, "--note", "x"), "earned no commission"),
        (("claw-back", "an order", "--note", "x"), "earned no commission"),
        (("claw-back", NOBODY, "--note", "x", "--by", "me"), "--by takes the user id"),
    ],
    ids=str,
)
async def test_what_does_not_fit_is_refused_in_one_line(
    shop: Shop, ann: Customer, console: Console, words: tuple[str, ...], why: str
) -> None:
    typed = [ann.id if word == "ANN" else word for word in words]
    done = await console.run("commission", *typed, "--json")
    assert (done.code, done.out) == (1, "")
    assert why in done.err
    assert done.err.count("\n") == 1


async def test_the_sandbox_makes_somebody_who_was_invited_and_the_rules_judge_them(
    shop: Shop, people: Invitations, ann: Customer, console: Console
) -> None:
    made = await console.run("sandbox", "user", "--referred-by", await code_of(shop, ann), "--json")
    assert (made.code, list(made.json)) == (0, ["userId", "apiKey", "loginUrl"])
    referrals = "select source || ' ' || status || ' ' || referrer_id from referrals"
    assert await shop.fetchval(referrals) == f"SANDBOX NEW {ann.id}"
    principal = await shop.services.api_keys.authenticate(made.json["apiKey"])
    assert principal is not None
    await people.judge()
    assert await shop.fetchval("select status from referrals") == "NEW"
    for code in ("zzzzzzzz", "x" * 1_000, ""):
        refused = await console.run("sandbox", "user", "--referred-by", code, "--json")
        assert (refused.code, refused.out) == (1, "")
        assert "nobody brings people by the code" in refused.err
    assert await shop.fetchval("select count(*) from users") == 2


async def test_the_sandbox_makes_somebody_who_has_earned(shop: Shop, console: Console) -> None:
    made = await console.run("sandbox", "user", "--commission-usd", "20", "--json")
    shown = await console.run("commission", "show", made.json["userId"], "--json")
    assert shown.json["availableUsdt"] == "20"
    assert await shop.fetchval("select count(*) from ledger_accounts where user_id <> ''") == 4
    refused = await console.run("sandbox", "user", "--commission-usd", "lots")
    assert (refused.code, refused.err) == (1, "error: 'lots' is not an amount\n")


async def test_the_sandbox_makes_an_administrator(shop: Shop, console: Console) -> None:
    made = await console.run("sandbox", "admin", "--json")
    assert (made.code, list(made.json)) == (0, ["userId", "loginUrl", "totpSecret"])
    assert made.json["totpSecret"] is None
    role = "select role from users where id = $1"
    assert await shop.fetchval(role, made.json["userId"]) == "admin"
    token = made.json["loginUrl"].rpartition("/")[2]
    assert await shop.services.sign_in.with_link(token, "")
    for words in (("admin",), ("user", "--commission-usd", "1")):
        refused = await console.run("sandbox", *words, "--json", **PRODUCTION)
        assert (refused.code, refused.out) == (1, "")


@pytest.fixture
async def held(people: Invitations, ann: Customer) -> Customer:
    """Somebody whose first order waits for a person."""
    await people.sign_in(ann, Place(address="8.8.4.4"))
    guest = await people.join(ann, Place(address="8.8.4.4"))
    await people.buy(guest)
    return guest


async def test_what_waits_is_listed_shown_and_cleared(
    shop: Shop, people: Invitations, ann: Customer, held: Customer, console: Console
) -> None:
    listed = (await console.run("referral", "list", "--held", "--json")).json
    assert [(one["userId"], one["status"], one["reason"]) for one in listed] == [
        (held.id, "HELD", "SAME_NETWORK")
    ]
    assert held.id in (await console.run("referral", "list")).out
    shown = (await console.run("referral", "show", held.id, "--json")).json
    assert shown["referrerId"] == ann.id
    assert [one["rule"] for one in shown["findings"]] == ["S4-agent", "S4"]
    read = await console.run("referral", "show", held.id)
    assert "who invited signed in 1 time from the address of the sign-up" in read.out
    clear = ("referral", "clear", held.id, "--note", "siblings")
    cleared = await console.run(*clear, "--json")
    assert (cleared.code, cleared.json["status"], cleared.json["heldUsdt"]) == (0, "ACTIVE", "0")
    again = await console.run(*clear)
    assert (again.code, again.out) == (1, "")
    assert "nothing stands against it" in again.err
    assert (await console.run("referral", "list", "--held")).out == "none\n"
    assert (
        "Cleared by command-line: siblings" in (await console.run("referral", "show", held.id)).out
    )


async def test_an_invitation_is_denied_with_all_that_it_earned(
    people: Invitations, ann: Customer, console: Console
) -> None:
    bob = await people.join(ann)
    await people.buy(bob)
    deny = ("referral", "deny", bob.id, "--note", "not a person", "--claw-back", "--json")
    denied = await console.run(*deny)
    assert (denied.code, denied.json["status"], denied.json["earnedUsdt"]) == (0, "DENIED", "0")
    assert await people.purse(ann) == (0, 0)
    again = await console.run(*deny)
    assert (again.code, again.err) == (1, "error: This invitation is denied already.\n")


async def test_a_link_is_looked_at_and_cleared_as_a_whole(
    shop: Shop, people: Invitations, ann: Customer, console: Console
) -> None:
    await people.join(ann)
    assert (await console.run("referral", "links")).out == "none\n"
    assert (await console.run("referral", "show", ann.id, "--link")).out == "nothing was found\n"
    for _ in range(5):
        await people.join(ann)
    await people.judge()
    links = (await console.run("referral", "links", "--json")).json
    assert [(one["referrerId"], one["rule"]) for one in links] == [(ann.id, "V1-hour")]
    told = await console.run("referral", "show", ann.id, "--link", "--json")
    assert told.json["findings"][0]["because"].startswith("held because 6 people signed up")
    clear = ("referral", "clear", ann.id, "--link", "--note", "a newsletter")
    done = await console.run(*clear)
    assert (done.code, done.out) == (0, "cleared: V1-hour\n")
    assert (await console.run(*clear)).err == "error: Nothing stands against this link.\n"


@pytest.mark.parametrize(
    "words",
    [
        ("show", NOBODY),
        ("show", "x" * 2_000),
        ("clear", NOBODY, "--note", "x"),
        ("deny", NOBODY, "--note", "x"),
        ("show", NOBODY, "--link"),
        ("clear", NOBODY, "--link", "--note", "x"),
    ],
    ids=str,
)
async def test_nobody_s_invitation_is_refused(
    shop: Shop, console: Console, words: tuple[str, ...]
) -> None:
    done = await console.run("referral", *words, "--json")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1


async def test_in_production_whoever_decides_proves_who_they_are(
    held: Customer, people: Invitations, console: Console
) -> None:
    for words in (
        ("referral", "clear", held.id, "--note", "x"),
        ("referral", "deny", held.id, "--note", "x"),
        ("referral", "terms", "set", "--commission-percent", "1", "--note", "x"),
        ("commission", "claw-back", held.id, "--note", "x"),
    ):
        done = await console.run(*words, **PRODUCTION)
        assert done.code == 1
        assert "say who decides" in done.err
    assert await people.status(held) == "HELD"


async def test_what_inviting_pays_is_shown_and_changed(shop: Shop, console: Console) -> None:
    shown = (await console.run("referral", "terms", "show", "--json")).json
    assert list(shown) == ["commissionPercent", "since", "by", "note"]
    assert shown["commissionPercent"] == "10"
    change = ("referral", "terms", "set", "--note", "autumn", "--commission-percent")
    changed = await console.run(*change, "12.5", "--json")
    assert (changed.code, changed.json["commissionPercent"]) == (0, "12.5")
    assert await shop.fetchval("select max(commission_bp) from referral_terms") == 1_250
    for share in ("0.001", "ten", "51", "-1", "NaN", "1e9"):
        refused = await console.run(*change, share, "--json")
        assert (refused.code, refused.out) == (1, "")
        assert refused.err.startswith("error: ")
    assert await shop.fetchval("select count(*) from referral_terms") == 2
