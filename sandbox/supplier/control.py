"""Control endpoints of the supplier: make an SMS arrive, change prices, break things."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from sandbox.control import ControlError
from sandbox.supplier.activations import Activation, Status
from sandbox.supplier.behaviour import BALANCE_KEY, BehaviourError, apply_update
from sandbox.supplier.engine import Supplier
from sandbox.supplier.faults import FaultError, parse_fault
from sandbox.supplier.messages import fill_template
from sandbox.supplier.money import parse_usd
from sandbox.supplier.quality import quality_of
from sandbox.supplier.refusals import RefusedError
from sandbox.supplier.webhooks import WebhookSender

Json = dict[str, Any]
DEFAULT_TEMPLATE = "Your verification code is {code}"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Target(_Body):
    """Names one activation, by id or by the number it holds."""

    activation_id: int | None = Field(None, alias="activationId")
    phone: str | None = None


class SmsOrder(Target):
    """An SMS to deliver now."""

    text: str = Field(min_length=1, max_length=4000)


class BulkOrder(_Body):
    """The same SMS, with a code of its own, to many waiting numbers."""

    count: int = Field(ge=1, le=100_000)
    text_template: str = Field(
        DEFAULT_TEMPLATE, alias="textTemplate", min_length=1, max_length=4000
    )


class RefundOrder(Target):
    """Take a number back and return the money; 10 refunded or 8 cancelled."""

    status: int = 10


class OfferOrder(_Body):
    """One price and one stock for a pair."""

    service: str
    country: int
    cost_usd: float | str = Field(alias="costUsd")
    count: int = Field(ge=0, le=10**9)


def create_control_router(supplier: Supplier, webhooks: WebhookSender) -> APIRouter:
    """Return the routes under /control/supplier."""
    router = APIRouter(prefix="/control/supplier", tags=["control: supplier"])
    _add_events(router, supplier, webhooks)
    _add_switches(router, supplier)
    _add_offer(router, supplier)
    return router


def _add_events(router: APIRouter, supplier: Supplier, webhooks: WebhookSender) -> None:
    state = supplier.state

    @router.post("/sms")
    async def deliver_sms(order: SmsOrder) -> Json:
        """Let an SMS arrive now."""
        activation = _find_open(supplier, order)
        supplier.deliver(activation, order.text, state.clock.now())
        webhooks.wake()
        sms = activation.sms[-1]
        return {"ok": True, "activationId": activation.id, "code": sms.code}

    @router.post("/sms-bulk")
    async def deliver_many(order: BulkOrder) -> Json:
        """Let an SMS arrive at the numbers that have waited longest."""
        supplier.tick()
        waiting = state.activations.oldest_waiting(order.count)
        for activation in waiting:
            text = fill_template(order.text_template, state.settings.seed, state.next_sms_id)
            supplier.deliver(activation, text, state.clock.now())
        webhooks.wake()
        return {"ok": True, "delivered": len(waiting)}

    @router.post("/refund")
    async def refund(order: RefundOrder) -> Json:
        """Take a number back on the supplier's own motion, and refund it."""
        if order.status not in {Status.REFUNDED, Status.CANCELLED}:
            raise ControlError(400, "BAD_STATUS", "status must be 10 or 8")
        activation = _find(supplier, order)
        try:
            supplier.refund(activation, Status(order.status))
        except RefusedError as refusal:
            message = "its money was returned before"
            raise ControlError(409, refusal.code, message) from None
        return {"ok": True, "activationId": activation.id, "status": order.status}


def _add_switches(router: APIRouter, supplier: Supplier) -> None:
    state = supplier.state

    @router.post("/behaviour")
    async def change_behaviour(update: Json) -> Json:
        """Change switches; unknown keys change nothing and list the allowed ones."""
        try:
            apply_update(state.behaviour, update)
        except BehaviourError as error:
            raise ControlError(400, "BAD_BEHAVIOUR", str(error)) from None
        balance = None
        if BALANCE_KEY in update:
            balance = parse_usd(update[BALANCE_KEY])
            if balance is None or isinstance(update[BALANCE_KEY], bool):
                message = f"{BALANCE_KEY} must be a non-negative number of USD"
                raise ControlError(400, "BAD_BEHAVIOUR", message)
        switches = {k: v for k, v in update.items() if k != BALANCE_KEY}
        if switches:
            state.record("behaviour", switches)
        if balance is not None:
            state.record("balance", balance)
        return {"ok": True, "behaviour": state.behaviour_json()}

    @router.post("/faults")
    async def change_faults(order: Json) -> Json:
        """Order, change or (rate or count 0) remove a fault."""
        try:
            fault = parse_fault(order)
        except FaultError as error:
            raise ControlError(400, "BAD_FAULT", str(error)) from None
        state.record("fault", fault.to_json())
        return {"ok": True, "faults": state.faults.to_json()}


def _add_offer(router: APIRouter, supplier: Supplier) -> None:
    @router.get("/quality")
    async def show_quality() -> Json:
        """How well each pair on sale does: its share of codes, and their median in seconds."""
        goods, seed = supplier.state.market.goods, supplier.state.settings.seed
        qualities = {
            service: {country: quality_of(seed, service, country) for country in countries}
            for service, countries in goods.countries_of.items()
        }
        return {
            "pairs": {
                service: {
                    str(country): [round(each.share, 4), round(each.median_s, 2)]
                    for country, each in found.items()
                }
                for service, found in qualities.items()
            }
        }

    @router.post("/offer")
    async def set_offer(order: OfferOrder) -> Json:
        """Replace a pair's price ladder by one price and one stock."""
        if order.service not in supplier.catalogue.services:
            raise ControlError(404, "UNKNOWN_SERVICE", f"no service {order.service!r}")
        if order.country not in supplier.catalogue.countries:
            raise ControlError(404, "UNKNOWN_COUNTRY", f"no country {order.country}")
        price = parse_usd(order.cost_usd)
        if price is None:
            raise ControlError(400, "BAD_PRICE", "costUsd must be a non-negative number")
        supplier.state.record("offer", order.service, order.country, price, order.count)
        return {"ok": True}


def _find(supplier: Supplier, target: Target) -> Activation:
    """Return the activation a body names; an ended one only by id."""
    supplier.tick()
    activations = supplier.state.activations
    activation_id = target.activation_id
    if activation_id is None and target.phone is not None:
        digits = "".join(filter(str.isdigit, target.phone))
        activation_id = activations.open_by_phone.get(digits)
    if activation_id is None and target.phone is None:
        raise ControlError(400, "NO_TARGET", "give activationId or phone")
    activation = activations.by_id.get(activation_id or 0)
    if activation is None:
        raise ControlError(404, "NOT_FOUND", "no active activation with that id or phone")
    return activation


def _find_open(supplier: Supplier, target: Target) -> Activation:
    activation = _find(supplier, target)
    if not activation.is_open:
        name = activation.status.name.lower()
        raise ControlError(404, "NOT_ACTIVE", f"that activation is {name}")
    return activation
