"""The supplier port over handler_api."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import partial
from typing import Final, Self
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx
import structlog

from jiema_app.domain.orders.supplier import (
    ActivationGone,
    ActivationState,
    ActivationStatus,
    ActiveActivation,
    CancelTooEarly,
    CodeArrived,
    IncomingSms,
    NumberRequest,
    OutcomeUnknown,
    PurchaseRefused,
    RentedNumber,
    SupplierError,
    SupplierOffer,
    SupplierUnavailable,
)
from jiema_app.domain.units import CountryId, ServiceCode
from jiema_app.integrations.connections import open_connections
from jiema_app.integrations.pacing import Pacer, Urgency
from jiema_app.integrations.supplier.breaker import Breaker, CircuitState
from jiema_app.integrations.supplier.dropped import DroppedRows
from jiema_app.integrations.supplier.gateway import ANSWER_MAX_BYTES, Call, Gateway
from jiema_app.integrations.supplier.handler_api import active_list, offers, operators, sms
from jiema_app.integrations.supplier.handler_api.answers import Answer, read_answer
from jiema_app.integrations.supplier.handler_api.purchase import read_purchase
from jiema_app.integrations.supplier.handler_api.values import usd, whole
from jiema_app.integrations.supplier.handler_api.words import CODE_ARRIVED, REFUSED, metric_word
from jiema_app.integrations.supplier.metrics import REFUSALS, show_circuit
from jiema_app.integrations.supplier.webhook import parse_notice
from jiema_app.settings import SupplierSettings

log = structlog.get_logger()

PATH: Final = "/stubs/handler_api.php"
OFFERS_PATH: Final = "/api/v1/activations/offers/sms"
OFFER_CHUNKS_AT_ONCE: Final = 3
PATIENCE_SHARE: Final = 1 / 3
"""An urgent call spends at most this share of its time waiting for its turn."""

USER_AGENT: Final = "Mozilla/5.0 (compatible; jiema/1.0)"
"""The edge servers in front of some suppliers refuse the usual ones of HTTP libraries."""

LIST_MAX_BYTES: Final = 8 * 1024 * 1024
"""Of a page of a hundred rentals, and of the SMS of one."""

PRICES_MAX_BYTES: Final = 32 * 1024 * 1024
"""The largest price list that was seen has 1.4 MB."""

ASK_ANOTHER, FINISH, CANCEL = 3, 6, 8
_BAD_REQUEST = 400
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class HandlerApiSupplier:
    """One supplier of the handler_api family.

    Attributes:
        name: How rows name it.
        is_hero: Which dialect it speaks: ``hero``, or ``legacy``.
        origin: Of its API, no path.
        api_key: Ours.
        zone: Of its zoneless timestamps.
        min_cancel_s: The age it asks of a rental before it cancels.
    """

    name: str
    is_hero: bool
    origin: str
    api_key: str = field(repr=False)
    gateway: Gateway
    zone: tzinfo
    min_cancel_s: int
    purchase_timeout_s: float
    read_timeout_s: float
    bulk_timeout_s: float
    _address: str = field(init=False, repr=False)
    _dropped: DroppedRows = field(init=False, repr=False)

    def __post_init__(self) -> None:
        key = quote(self.api_key, safe="")
        object.__setattr__(self, "_address", f"{self.origin}{PATH}?api_key={key}&action=")
        object.__setattr__(self, "_dropped", DroppedRows(self.name))

    @classmethod
    def connect(
        cls,
        settings: SupplierSettings,
        origin: str,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> Self:
        """Build one from its settings; nothing is sent yet.

        Args:
            settings: Its group of settings.
            origin: Of its API, no path.
            transport: Instead of the network, in tests.
        """
        gateway = Gateway(
            name=settings.name,
            connections=open_connections(transport),
            pacer=Pacer(settings.requests_per_second),
            breaker=Breaker(
                settings.breaker_failures,
                settings.breaker_reset_s,
                on_change=partial(show_circuit, settings.name),
            ),
            headers=httpx.Headers({"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}),
        )
        return cls(
            name=settings.name,
            is_hero=settings.dialect == "hero",
            origin=origin.rstrip("/"),
            api_key=settings.api_key.get_secret_value(),
            gateway=gateway,
            zone=ZoneInfo(settings.timezone),
            min_cancel_s=settings.min_cancel_s,
            purchase_timeout_s=settings.purchase_timeout_s,
            read_timeout_s=settings.read_timeout_s,
            bulk_timeout_s=settings.bulk_timeout_s,
        )

    @property
    def circuit(self) -> CircuitState:
        """Whether calls are let through now."""
        return self.gateway.circuit

    async def aclose(self) -> None:
        """Close every connection."""
        await self.gateway.aclose()

    async def buy_number(self, request: NumberRequest) -> RentedNumber:
        """Rent one number. Never sent twice; errors as the port says."""
        query = (
            f"getNumberV2&service={quote(request.service, safe='')}"
            f"&country={request.country}&maxPrice={usd(request.cost_limit_micro)}"
        )
        if request.operator is not None:
            query += f"&operator={quote(request.operator, safe='')}"
        if not self.is_hero:
            query += f"&userId={quote(request.buyer_reference, safe='')}"
        answer = await self._ask(query, self.purchase_timeout_s, has_effect=True)
        try:
            return read_purchase(answer, self.zone)
        except OutcomeUnknown as error:
            log.warning("purchase not understood", supplier=self.name, what=str(error))
            raise
        except SupplierError:
            raise
        except Exception as error:  # noqa: BLE001 - a number may be paid for, whatever this is
            log.error("purchase not read", supplier=self.name, error=type(error).__name__)  # noqa: TRY400 - never quoted
        raise OutcomeUnknown("an answer that our reader fails on")

    async def read_activation(self, activation_id: str) -> ActivationState:
        """What arrived on one rental; errors as the port says."""
        rental = quote(activation_id, safe="")
        answer = await self._ask(f"getStatusV2&id={rental}", self.read_timeout_s)
        if answer.word == "BAD_ACTION":
            answer = await self._ask(f"getStatus&id={rental}", self.read_timeout_s)
        state = sms.read_state(answer, self.zone, self._dropped)
        if self.is_hero and state.status is not ActivationStatus.WAITING:
            # A closed rental may have received something that nobody has seen yet.
            every = await self._find_messages(rental)
            return ActivationState(state.status, every or state.sms)
        return state

    async def list_messages(self, activation_id: str) -> Sequence[IncomingSms]:
        """Every SMS of a rental; none in a dialect that does not list them."""
        return await self._find_messages(quote(activation_id, safe="")) if self.is_hero else ()

    async def list_active(self, expected: int) -> AsyncIterator[list[ActiveActivation]]:
        """Every active rental, page by page; errors as the port says."""
        pages = active_list.walk_pages(self._ask_page, expected, first_alone=not self.is_hero)
        rows = active_list.RowReader(self._dropped)
        async with aclosing(pages):
            async for page in pages:
                yield rows.read(page)
        rows.ensure_read()

    async def request_next_sms(self, activation_id: str) -> None:
        """Keep the number waiting for a further SMS; errors as the port says."""
        answer = await self._set_status(activation_id, ASK_ANOTHER)
        if answer.is_done:
            return
        if answer.word == "BAD_STATUS":
            # Asked for already, closed, or one that takes no further SMS.
            now = await self._probe(activation_id)
            if now.word in {"STATUS_WAIT_RETRY", "STATUS_WAIT_RESEND"}:
                return
            sms.raise_if_over(now)
        sms.raise_if_over(answer)
        if answer.word in REFUSED or answer.status >= _BAD_REQUEST:
            raise PurchaseRefused(answer.word)
        raise self._not_understood("request_next_sms", answer)

    async def cancel(self, activation_id: str) -> None:
        """Give a number back for a refund; errors as the port says."""
        answer = await self._set_status(activation_id, CANCEL)
        if answer.is_done:
            return
        sms.raise_if_over(answer)
        if answer.word in CODE_ARRIVED:
            raise CodeArrived(answer.word)
        if answer.word == "EARLY_CANCEL_DENIED":
            raise CancelTooEarly(whole(answer.info.get("minActivationTime")) or self.min_cancel_s)
        if answer.word == "BAD_STATUS":
            # All that the older dialect says, both of a closed rental and of one with a code.
            now = await self._probe(activation_id)
            sms.raise_if_over(now)
            if now.word in {"STATUS_OK", "STATUS_WAIT_RETRY"}:
                raise CodeArrived(answer.word)
        raise self._declined("cancel", answer)

    async def finish(self, activation_id: str) -> None:
        """Close a rental that received its code; errors as the port says."""
        answer = await self._set_status(activation_id, FINISH)
        if answer.word in {"BAD_STATUS", "NEW_OTP_RECEIVED"}:
            # Closed already, or it wants us to know of a new SMS first; that stays readable.
            now = await self._probe(activation_id)
            sms.raise_if_over(now)
            if now.word == "STATUS_OK":
                answer = await self._set_status(activation_id, FINISH)
                if answer.word == "BAD_STATUS":
                    raise ActivationGone("finished already")
        if answer.is_done:
            return
        sms.raise_if_over(answer)
        raise self._declined("finish", answer)

    async def list_offers(self) -> list[SupplierOffer]:
        """Everything it sells now; errors as the port says."""
        if self.is_hero:
            found = await self._find_price_maps()
            if found is not None:
                return found
        answer = await self._ask(
            "getPrices",
            self.bulk_timeout_s,
            urgency=Urgency.BULK,
            body_max_bytes=PRICES_MAX_BYTES,
        )
        return await offers.read_price_list(answer, self._dropped)

    async def list_operators(self) -> Mapping[CountryId, Sequence[str]]:
        """Those that a purchase may name; errors as the port says."""
        return await operators.list_operators(self._ask_at_leisure)

    async def count_of_operator(
        self, country: CountryId, operator: str
    ) -> Mapping[ServiceCode, int]:
        """How many numbers one of them has; errors as the port says."""
        return await operators.count_of_operator(self._ask_at_leisure, country, operator)

    def parse_notice(self, body: bytes) -> str | None:
        """The rental that a webhook call is about; None when the body makes no sense."""
        return parse_notice(body)

    async def check(self) -> None:
        """Prove that it answers and accepts our key; errors as the port says."""
        answer = await self._ask("getBalance", self.read_timeout_s)
        if answer.word != "ACCESS_BALANCE":
            raise PurchaseRefused(answer.word or "no balance in the answer")

    async def _ask(
        self,
        query: str,
        timeout_s: float,
        *,
        has_effect: bool = False,
        urgency: Urgency = Urgency.URGENT,
        body_max_bytes: int = ANSWER_MAX_BYTES,
    ) -> Answer:
        """Make a call; ``query`` begins with the action."""
        is_urgent = urgency is Urgency.URGENT
        call = Call(
            action=query.partition("&")[0],
            url=self._address + query,
            urgency=urgency,
            patience_s=timeout_s * PATIENCE_SHARE if is_urgent else self.bulk_timeout_s,
            timeout_s=timeout_s,
            has_effect=has_effect,
            body_max_bytes=body_max_bytes,
        )
        answer = await self.gateway.send(call, read_answer)
        if answer.outcome == "refused":
            REFUSALS.labels(self.name, metric_word(answer.word)).inc()
        return answer

    async def _ask_at_leisure(self, query: str) -> Answer:
        """Ask for a list that nothing depends on."""
        return await self._ask(
            query, self.read_timeout_s, urgency=Urgency.BULK, body_max_bytes=LIST_MAX_BYTES
        )

    async def _ask_page(self, start: int) -> active_list.Page:
        query = f"getActiveActivations&start={start}&limit={active_list.PAGE_ROWS}"
        return active_list.read_page(await self._ask_at_leisure(query))

    async def _set_status(self, activation_id: str, status: int) -> Answer:
        query = f"setStatus&id={quote(activation_id, safe='')}&status={status}"
        return await self._ask(query, self.read_timeout_s, has_effect=True)

    async def _probe(self, activation_id: str) -> Answer:
        """The plain status of a rental, to tell apart what one refusal may mean."""
        query = f"getStatus&id={quote(activation_id, safe='')}"
        return await self._ask(query, self.read_timeout_s)

    async def _find_messages(self, rental: str) -> tuple[IncomingSms, ...]:
        """Every SMS of a rental; none when they can't be had now."""
        query = f"getAllSms&id={rental}&size={sms.MESSAGES_MAX}&page=1"
        try:
            answer = await self._ask(query, self.read_timeout_s, body_max_bytes=LIST_MAX_BYTES)
        except SupplierUnavailable:
            return ()
        return sms.read_messages(answer, self.zone, self._dropped)

    async def _find_price_maps(self) -> list[SupplierOffer] | None:
        """Offers from the REST sibling; None when it does not serve us."""
        listed = await self._ask(
            "getServicesList",
            self.bulk_timeout_s,
            urgency=Urgency.BULK,
            body_max_bytes=LIST_MAX_BYTES,
        )
        services = offers.read_services(listed, self._dropped)
        first, *others = list(offers.chunks(services)) or [[]]
        if not first:
            return None
        found = await self._find_chunk(first)
        if found is None:
            log.info("no price maps for us, reading the price list", supplier=self.name)
            return None
        semaphore = asyncio.Semaphore(OFFER_CHUNKS_AT_ONCE)

        async def read(services: Sequence[str]) -> list[SupplierOffer]:
            async with semaphore:
                chunk = await self._find_chunk(services)
            if chunk is None:
                raise SupplierUnavailable("offers: refused half-way")
            return chunk

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(read(services)) for services in others]
        except* SupplierError as errors:
            trouble = errors.exceptions[0]
        else:
            return found + [offer for task in tasks for offer in task.result()]
        assert isinstance(trouble, SupplierError)
        raise trouble

    async def _find_chunk(self, services: Sequence[str]) -> list[SupplierOffer] | None:
        """Offers of some services; None when the REST sibling refuses."""
        call = Call(
            action="rest_offers",
            url=f"{self.origin}{OFFERS_PATH}?services={quote(','.join(services), safe=',')}",
            urgency=Urgency.BULK,
            patience_s=self.bulk_timeout_s,
            timeout_s=self.bulk_timeout_s,
            body_max_bytes=PRICES_MAX_BYTES,
            headers=httpx.Headers({
                "User-Agent": USER_AGENT,
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                "Authorization": f"ApiKey {self.api_key}",
            }),
        )  # fmt: skip
        answer = await self.gateway.send(call, read_answer)
        if answer.status == _NOT_FOUND and answer.word == "OFFER_NOT_FOUND":
            return []
        if answer.status >= _BAD_REQUEST:
            return None
        return await offers.read_price_maps(answer, self._dropped)

    def _declined(self, what: str, answer: Answer) -> SupplierError:
        """The error of a change that was declined for a reason of no further use."""
        if answer.word in REFUSED or answer.status >= _BAD_REQUEST:
            return SupplierUnavailable(f"{what}: {answer.word}")
        return self._not_understood(what, answer)

    def _not_understood(self, what: str, answer: Answer) -> OutcomeUnknown:
        log.warning("answer not understood", supplier=self.name, call=what, word=answer.word)
        return OutcomeUnknown(f"{what}: {answer.word or 'unknown shape'}")
