"""What is counted about the nodes. Labels hold no address, no host and no key."""

from typing import Final

from prometheus_client import Counter, Histogram

REQUESTS: Final = Counter(
    "jiema_chain_requests_total",
    "Requests to a node by outcome: ok, turned_away, failed, lost, not_sent, unreadable, held_back.",
    ["node", "endpoint", "outcome"],
)
SECONDS: Final = Histogram(
    "jiema_chain_request_seconds",
    "From sending a request to having its whole answer, or none.",
    ["node", "endpoint"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
DISAGREEMENTS: Final = Counter(
    "jiema_chain_disagreements_total",
    "Answers of a node that contradict themselves or another node.",
    ["node"],
)
