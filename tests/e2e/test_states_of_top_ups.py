"""Every state of a top-up in a real browser: told as it is, and of use to everybody."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.judging import moved, outside, violations
from tests.e2e.recharges import FINAL_MS, open_recharge, send, sign_in, stage
from tests.e2e.stack import Stack

SENT: Final = {
    "under": "9.99", "over": "10.5", "returning": "3", "dismissed": "4", "partly": "12.5",
    "twice": "10",
}  # fmt: skip
"""What is sent where 10 USDT were asked for."""

ROUNDS: Final = (
    ("under", "over", "fake", "twice"),
    ("returning", "dismissed", "partly", "late"),
    ("waiting", "cancelled", "expired", "refunded"),
)
"""One person has one open at a time; several people go on beside each other."""

STAGES: Final = {
    "waiting": "waiting", "cancelled": "cancelled", "expired": "expired", "under": "review",
    "over": "review", "fake": "review", "twice": "review", "late": "review",
    "returning": "returning", "refunded": "refunded", "dismissed": "dismissed", "partly": "credited",
}  # fmt: skip

VIEWS: Final = [
    ("en", "light", 390),
    ("en", "dark", 1440),
    ("ar", "dark", 1440),
    ("ar", "light", 320),
]
"""Language, light and width. The first and the third have everything between them, and so do the
second and the fourth: each state is looked at in one of these pairs."""


def path_of(page: Page) -> str:
    return page.url.partition("/en/")[2]


def id_of(path: str) -> str:
    return path.rpartition("/")[2]


def bring_about(name: str, page: Page, stack: Stack) -> None:
    """Do to a top-up that waits what makes it such a one, as far as its owner can."""
    if name in SENT:
        send(page, SENT[name])
    elif name in {"fake", "refunded"}:
        send(page, "10", "fake")
    elif name == "cancelled":
        page.get_by_role("button", name="Cancel top-up").click()
        page.get_by_role("dialog").get_by_role("button", name="Cancel top-up").click()
    elif name in {"late", "expired"}:
        stack.let_window_pass(id_of(path_of(page)))


def see_through(name: str, page: Page, stack: Stack, address: str) -> None:
    """Wait until it stands so, and send what is to come after that."""
    if name == "twice":
        stage(page, "credited")
        send(page, "10")
    elif name == "late":
        stage(page, "expired")
        stack.send_usdt(address, "10")
    is_for_people = STAGES[name] not in {"waiting", "cancelled", "expired"}
    stage(page, "review" if is_for_people else STAGES[name])


@pytest.fixture(scope="module")
def states(browser: Browser, stack: Stack) -> Iterator[dict[str, tuple[Any, str]]]:
    """Top-ups in every state that stays: the cookies of their owner, and where they stand."""
    contexts = [browser.new_context(base_url=stack.origin, locale="en-US") for _ in ROUNDS[0]]
    people = [context.new_page() for context in contexts]
    for page in people:
        sign_in(page)
    made: dict[str, tuple[Any, str]] = {}
    for names in ROUNDS:
        addresses = {}
        for name, page in zip(names, people, strict=False):
            open_recharge(page)
            addresses[name] = str(page.locator("[data-address]").get_attribute("data-address"))
            made[name] = page.context.storage_state(), path_of(page)
            bring_about(name, page, stack)
        for name, page in zip(names, people, strict=False):
            see_through(name, page, stack, addresses[name])
    for name, decision in (
        ("returning", ("--refund",)),
        ("refunded", ("--refund",)),
        ("dismissed", ("--dismiss",)),
        ("partly", ("--credit", "11")),
    ):
        stack.command("recharge", "settle", id_of(made[name][1]), *decision, "--note", "a test")
    yield made
    for context in contexts:
        context.close()


def show(page: Page, locale: str, path: str, wanted: str) -> None:
    """Open the page of a top-up, and wait until all of it is there."""
    page.goto(f"/{locale}/{path}")
    card = page.locator("[data-recharge]")
    expect(card).to_have_attribute("data-stage", wanted, timeout=FINAL_MS)
    expect(page.locator("#balance")).to_contain_text(".")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("under", "9.99 USDT arrived, but 10.00 USDT was requested."),
        ("over", "10.50 USDT arrived, but 10.00 USDT was requested."),
        ("fake", "A token arrived that isn't USDT"),
        ("twice", "10.00 USDT has already been credited to your balance."),
        ("late", "after the payment window closed."),
        ("returning", "We do this by hand"),
        ("refunded", "We decided to return it"),
        ("dismissed", "It won't be credited or returned."),
        ("partly", "we credited 11.00 USDT of the 12.50 USDT that arrived."),
    ],
)
def test_what_people_send_instead_is_told_as_it_is(
    browser: Browser,
    stack: Stack,
    states: dict[str, tuple[Any, str]],
    state: str,
    words: str,
) -> None:
    cookies, path = states[state]
    context = browser.new_context(base_url=stack.origin, storage_state=cookies, locale="en-US")
    page = context.new_page()
    show(page, "en", path, STAGES[state])
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("heading", name="Payments received", exact=True)).to_be_visible()
    # A fake token does not close the way to pay; a wrong amount does.
    payable = page.get_by_role("heading", name="Waiting for your payment")
    expect(payable).to_have_count(1 if state == "fake" else 0)
    # Nobody is told how to send who shall send nothing more.
    expect(page.get_by_text("Sending from an exchange?")).to_have_count(1 if state == "fake" else 0)
    context.close()


def test_nobody_sees_somebody_else_s_top_up(page: Page, states: dict[str, tuple[Any, str]]) -> None:
    page.goto(f"/en/{states['waiting'][1]}")
    expect(page.get_by_role("heading", name="Sign in to see this top-up")).to_be_visible()
    sign_in(page)
    page.goto(f"/en/{states['waiting'][1]}")
    expect(page.get_by_role("heading", name="Top-up not found")).to_be_visible()


def open_view(
    browser: Browser, stack: Stack, view: tuple[str, Any, int], cookies: Any
) -> BrowserContext:
    """The browser of somebody, in one language, light and width."""
    _, scheme, width = view
    return browser.new_context(
        base_url=stack.origin,
        storage_state=cookies,
        color_scheme=scheme,
        viewport={"width": width, "height": 844},
        reduced_motion="reduce",
    )


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: "-".join(map(str, view)))
def test_every_state_can_be_used_by_everybody_and_fits(
    browser: Browser,
    stack: Stack,
    states: dict[str, tuple[Any, str]],
    view: tuple[str, Any, int],
) -> None:
    complaints: dict[str, list[str]] = {}
    for state, (cookies, path) in list(states.items())[VIEWS.index(view) % 2 :: 2]:
        context = open_view(browser, stack, view, cookies)
        page = context.new_page()
        show(page, view[0], path, STAGES[state])
        complaints[state] = violations(page) + outside(page)
        if state in {"waiting", "cancelled"}:
            # The list: with one that is open, and without.
            page.goto(f"/{view[0]}/account/topup")
            expect(page.locator("main section ul li").first).to_be_visible()
            complaints[f"list, {state}"] = violations(page) + outside(page)
        context.close()
    assert {state: found for state, found in complaints.items() if found} == {}


def test_states_that_pass_can_be_used_by_everybody_and_fit(browser: Browser, stack: Stack) -> None:
    contexts = [browser.new_context(base_url=stack.origin, locale="en-US") for _ in range(2)]
    paid, late = (context.new_page() for context in contexts)
    for page in (paid, late):
        sign_in(page)
        open_recharge(page)
    complaints: dict[str, list[str]] = {}
    # However long we look: no block becomes final while the chain stands still.
    with stack.without_blocks():
        send(paid, "10")
        stack.mine()
        stage(paid, "confirming")
        stack.let_window_pass(id_of(path_of(late)))
        for at, (page, wanted) in enumerate(((paid, "confirming"), (late, "closing"))):
            for view in VIEWS[at::2]:
                context = open_view(browser, stack, view, page.context.storage_state())
                seen = context.new_page()
                show(seen, view[0], path_of(page), wanted)
                complaints[f"{wanted} {view}"] = violations(seen) + outside(seen)
                context.close()
    for context in contexts:
        context.close()
    assert {state: found for state, found in complaints.items() if found} == {}


def test_the_page_of_a_top_up_hardly_moves_while_it_loads(
    browser: Browser, stack: Stack, states: dict[str, tuple[Any, str]]
) -> None:
    cookies, path = states["waiting"]
    context = browser.new_context(base_url=stack.origin, storage_state=cookies, locale="en-US")
    page = context.new_page()
    page.goto(f"/en/{path}")
    expect(page.locator("[data-recharge]")).to_be_visible()
    distance = moved(page)
    context.close()
    assert distance <= 0.02
