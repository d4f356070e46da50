"""The wire examples of the API documentation: requests in three languages, and answers.

They are never translated. ``ORIGIN`` stands for the address of the shop. The tests run
every request as it is printed, with nothing replaced but the key and the order's id, and
compare the answers.
"""

from dataclasses import dataclass
from typing import Final

ORIGIN: Final = "ORIGIN"


@dataclass(frozen=True, slots=True)
class Example:
    """One request, and what it answers.

    Attributes:
        name: Of the section it stands in.
        curl: The request in a shell,
        python: in Python with ``requests``,
        javascript: and in JavaScript, in a browser or in Node.
        answer: JSON with comments and ellipses; empty where only the result matters.
    """

    name: str
    curl: str
    python: str
    javascript: str
    answer: str = ""

    def requests(self, origin: str) -> tuple[tuple[str, str, str], ...]:
        """Name, title and text in each language, for a shop at ``origin``."""
        return tuple(
            (language, title, text.replace(ORIGIN, origin).strip())
            for language, title, text in (
                ("curl", "curl", self.curl),
                ("python", "Python", self.python),
                ("javascript", "JavaScript", self.javascript),
            )
        )


def _read(name: str, address: str, show: str, answer: str) -> Example:
    """A GET. ``show`` is an expression of ``data`` that Python and JavaScript share."""
    quoted = f'"{address}"' if "?" in address else address
    return Example(
        name,
        curl=f'curl {quoted} \\\n  -H "Authorization: Bearer jm_xxx"',
        python=f"""
import requests

answer = requests.get(
    "{address}",
    headers={{"Authorization": "Bearer jm_xxx"}},
)
data = answer.json()["data"]
print({show})""",
        javascript=f"""
const answer = await fetch("{address}", {{
  headers: {{ Authorization: "Bearer jm_xxx" }},
}});
const {{ data }} = await answer.json();
console.log({show});""",
        answer=answer,
    )


def _change(name: str, address: str, answer: str) -> Example:
    """A POST without a body."""
    return Example(
        name,
        curl=f'curl -X POST {address} \\\n  -H "Authorization: Bearer jm_xxx"',
        python=f"""
import requests

answer = requests.post(
    "{address}",
    headers={{"Authorization": "Bearer jm_xxx"}},
)
print(answer.json()["data"]["status"])""",
        javascript=f"""
const answer = await fetch("{address}", {{
  method: "POST",
  headers: {{ Authorization: "Bearer jm_xxx" }},
}});
const {{ data }} = await answer.json();
console.log(data.status);""",
        answer=answer,
    )


ACCOUNT: Final = _read(
    "account",
    f"{ORIGIN}/api/v1/account",
    'data["balanceCents"]',
    """
{ "ok": true, "data": {
  "id": "clxxxxxxxxxxx",
  "balanceCents": "1200",       // string to preserve precision; $12.00
  "commissionCents": "345",     // earned by inviting people
  "pendingCommissionCents": "80",
  "referralCode": "abc123",
  "displayName": "Alice",
  "lang": "en"
}}""",
)
SERVICES: Final = _read(
    "services",
    f"{ORIGIN}/api/v1/services",
    'data["items"][0]',
    """
{ "ok": true, "data": {
  "items": [
    { "code": "tg", "slug": "telegram", "name": "Telegram",
      "minCostUsd": 0.18, "totalCount": 1234, "countryCount": 24,
      "category": "messaging", "notice": null },
    ...
  ],
  "generatedAt": "2026-05-22T08:10:00.000Z"
}}""",
)
COUNTRIES: Final = _read(
    "countries",
    f"{ORIGIN}/api/v1/countries",
    'data["items"][0]',
    """
{ "ok": true, "data": {
  "items": [
    { "id": 7, "slug": "my", "name": "Malaysia",
      "flag": "🇲🇾", "iso2": "MY", "dialCode": "+60" },
    ...
  ],
  "generatedAt": "2026-05-22T08:10:00.000Z"
}}""",
)
PRICES: Final = _read(
    "prices",
    f"{ORIGIN}/api/v1/prices?service=tg",
    'data["items"][0]',
    """
{ "ok": true, "data": {
  "service": "tg",
  "items": [
    { "countryId": 7, "countrySlug": "my", "priceCents": "32", "count": 540,
      "successRate": 0.923, "medianSeconds": 12, "sample": 143 },
    ...
  ],
  "generatedAt": "2026-05-22T08:10:00.000Z"
}}""",
)
NEW_ORDER: Final = Example(
    "new-order",
    curl=f"""
curl -X POST {ORIGIN}/api/v1/orders \\
  -H "Authorization: Bearer jm_xxx" \\
  -H "content-type: application/json" \\
  -d '{{ "service": "tg", "country": 7 }}'""",
    python=f"""
import requests

answer = requests.post(
    "{ORIGIN}/api/v1/orders",
    headers={{"Authorization": "Bearer jm_xxx"}},
    json={{"service": "tg", "country": 7}},
)
order = answer.json()["data"]
print(order["id"], order["phone"])""",
    javascript=f"""
const answer = await fetch("{ORIGIN}/api/v1/orders", {{
  method: "POST",
  headers: {{
    Authorization: "Bearer jm_xxx",
    "Content-Type": "application/json",
  }},
  body: JSON.stringify({{ service: "tg", country: 7 }}),
}});
const {{ data: order }} = await answer.json();
console.log(order.id, order.phone);""",
    answer="""
{ "ok": true, "data": {
  "id": "ckxxxxx",
  "status": "WAITING",
  "service": "tg",
  "country": "7",
  "phone": "+60123456789",
  "expiresAt": "2026-05-22T08:30:00.000Z",
  "chargedCents": "32"
}}""",
)
ORDER: Final = _read(
    "order",
    f"{ORIGIN}/api/v1/orders/ckxxxxx",
    'data["status"], data["smsBody"]',
    """
{ "ok": true, "data": {
  "id": "ckxxxxx",
  "status": "RECEIVED",
  "service": "tg",
  "country": "7",
  "phone": "+60123456789",
  "expiresAt": "2026-05-22T08:30:00.000Z",
  "chargedCents": "32",
  "smsBody": "Your verification code is 123456",
  "smsCode": "123456",
  "smsHistory": [
    { "body": "Your verification code is 123456", "code": "123456",
      "receivedAt": "2026-05-22T08:17:34.000Z" }
  ],
  "smsReceivedAt": "2026-05-22T08:17:34.000Z",
  "refundedCents": "0",
  "reason": null,
  "createdAt": "2026-05-22T08:15:00.000Z",
  "endedAt": null
}}""",
)
CANCEL: Final = _change(
    "cancel",
    f"{ORIGIN}/api/v1/orders/ckxxxxx/cancel",
    '{ "ok": true, "data": { "id": "ckxxxxx", "status": "CANCELLED" }}',
)
NEXT_SMS: Final = _change(
    "next-sms",
    f"{ORIGIN}/api/v1/orders/ckxxxxx/next-sms",
    '{ "ok": true, "data": { "id": "ckxxxxx", "status": "WAITING" }}',
)
ORDERS: Final = _read(
    "orders",
    f"{ORIGIN}/api/v1/orders?limit=20",
    'data["items"], data["nextCursor"]',
    """
{ "ok": true, "data": {
  "items": [ { "id": "ck...", "status": "RECEIVED", "service": "tg", ... }, ... ],
  "nextCursor": "ck..." | null
}}""",
)
WORKFLOW: Final = Example(
    "workflow",
    curl=f"""
API={ORIGIN}/api/v1 AUTH="Authorization: Bearer jm_xxx"

ORDER=$(curl -s "$API/orders" -H "$AUTH" \\
  -H "Idempotency-Key: first-$(date +%s)" \\
  -d '{{ "service": "tg", "country": 7, "maxPriceCents": 500 }}' | jq -r .data.id)

# Enter the number where the code is asked for, then wait for it.
curl -s "$API/orders/$ORDER?wait=25" -H "$AUTH" | jq -r .data.smsCode""",
    python=f"""
import uuid
import requests

API = "{ORIGIN}/api/v1"
session = requests.Session()
session.headers["Authorization"] = "Bearer jm_xxx"

answer = session.post(
    f"{{API}}/orders",
    headers={{"Idempotency-Key": str(uuid.uuid4())}},
    json={{"service": "tg", "country": 7, "maxPriceCents": 500}},
).json()
if not answer["ok"]:
    raise SystemExit(answer["code"])
order = answer["data"]
print("enter this number:", order["phone"])

# Each request answers when there is news, or after 25 seconds.
while order["status"] == "WAITING":
    order = session.get(f"{{API}}/orders/{{order['id']}}?wait=25").json()["data"]
print(order["status"], order["smsCode"])""",
    javascript=f"""
const API = "{ORIGIN}/api/v1";
const headers = {{ Authorization: "Bearer jm_xxx", "Content-Type": "application/json" }};

const answer = await fetch(`${{API}}/orders`, {{
  method: "POST",
  headers: {{ ...headers, "Idempotency-Key": crypto.randomUUID() }},
  body: JSON.stringify({{ service: "tg", country: 7, maxPriceCents: 500 }}),
}}).then((response) => response.json());
if (!answer.ok) throw new Error(answer.code);
let order = answer.data;
console.log("enter this number:", order.phone);

// Each request answers when there is news, or after 25 seconds.
while (order.status === "WAITING") {{
  const response = await fetch(`${{API}}/orders/${{order.id}}?wait=25`, {{ headers }});
  order = (await response.json()).data;
}}
console.log(order.status, order.smsCode);""",
)

EXAMPLES: Final = (
    ACCOUNT,
    SERVICES,
    COUNTRIES,
    PRICES,
    NEW_ORDER,
    ORDER,
    CANCEL,
    NEXT_SMS,
    ORDERS,
    WORKFLOW,
)
"""In the order of the page."""
