"""What things cost wholesale: an average per service, a factor per country.

The figures are chosen so that a shop adding about 35 % lands in the trade's usual
retail ranges: sign-in giants 0.20-0.80 USD, messaging 0.20-0.70, marketplaces
0.25-0.90, and 0.04 for the cheapest thing in the shop. These are the usual prices, the
median over a service's countries: cheap countries are below them, dear ones above. The
United States, Britain and Russia cost 1.5-2 times the average; Indonesia, India and
Vietnam 0.3-0.7 times.
"""

from sandbox.supplier.hashing import fraction, mix, text_key

FLOOR_MICRO = 15_000
"""Nothing is cheaper than 0.015 USD."""

_RANGES: dict[str, tuple[int, int]] = {
    "sign_in": (260_000, 380_000),
    "messaging": (220_000, 320_000),
    "marketplace": (280_000, 420_000),
    "popular": (90_000, 220_000),
    "middle": (50_000, 150_000),
    "tail": (30_000, 110_000),
}
"""Average wholesale price per kind of service, micro-USD."""

_KINDS: dict[str, str] = {
    **dict.fromkeys(
        ("go", "wx", "dr", "aon", "tg", "gf", "acz", "aob", "re", "abn", "aor", "mm", "ts"),
        "sign_in",
    ),
    **dict.fromkeys(
        (
            "wa",
            "vi",
            "bw",
            "wb",
            "ds",
            "me",
            "im",
            "kt",
            "fb",
            "ig",
            "tw",
            "lf",
            "eh",
            "bye",
            "qq",
            "fu",
            "vk",
            "bnl",
            "oi",
            "mo",
            *[
                "aat",
                "ada",
                "aup",
                "btv",
                "bxy",
                "ef",
                "et",
                "kf",
                "nv",
                "ok",
                "qf",
                "qy",
                "vy",
                "xs",
                "yl",
            ],
        ),
        "messaging",
    ),
    **dict.fromkeys(
        (
            "am",
            "ka",
            "dl",
            "dh",
            "cq",
            "sg",
            "uu",
            "wr",
            "hx",
            "alq",
            "qd",
            "ep",
            "aez",
            "xd",
            "kc",
            "sn",
            "za",
            "xt",
            "hw",
            *[
                "agd",
                "agj",
                "agv",
                "apd",
                "arf",
                "aug",
                "awv",
                "baq",
                "ber",
                "bex",
                "bfv",
                "bkd",
                "bqm",
                "cb",
                "dg",
                "do",
                "fk",
                "gj",
                "kh",
                "lc",
                "pr",
            ],
        ),
        "marketplace",
    ),
}
_POPULAR_RANKS = 150
_MIDDLE_RANKS = 700

_DEAR: dict[int, float] = {
    187: 1.8, 16: 1.75, 0: 1.75, 12: 1.5, 36: 1.6, 43: 1.7, 78: 1.6, 175: 1.75,
    182: 1.9, 196: 1.8, 173: 1.95, 13: 1.6, 95: 1.7, 172: 1.6, 174: 1.7,
}  # fmt: skip
_CHEAP: dict[int, float] = {
    6: 0.38,
    22: 0.42,
    10: 0.5,
    4: 0.6,
    60: 0.55,
    66: 0.6,
    8: 0.6,
}


def average_micro(seed: int, code: str, rank: int) -> int:
    """Return a service's average wholesale price over countries, micro-USD."""
    kind = _KINDS.get(code)
    if kind is None:
        kind = "popular" if rank < _POPULAR_RANKS else "middle" if rank < _MIDDLE_RANKS else "tail"
    low, high = _RANGES[kind]
    return low + int((high - low) * fraction(mix(seed, text_key(code))))


def country_factor(seed: int, country: int) -> float:
    """Return how dear a country is; 1.0 is the average."""
    fixed = _DEAR.get(country) or _CHEAP.get(country)
    if fixed is not None:
        return fixed
    return 0.8 + 0.45 * fraction(mix(seed, 7_000_000 + country))
