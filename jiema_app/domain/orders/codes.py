"""Finding the one-time code in a text."""

import re
from typing import Final

CODE_LENGTHS: Final = range(3, 11)
USUAL_LENGTHS: Final = range(4, 9)

# "123 456", "123-456" and "G-123456" are how services print codes for the eye.
# ASCII neighbours only: Chinese and Japanese put no space around a code.
_CANDIDATE: Final = re.compile(
    r"(?<![A-Za-z0-9+.])(?:[A-Z]{1,3}-)?(\d{3,4}[ -]\d{3,4}|\d{3,10})"
    r"(?![A-Za-z0-9]|\.\d|,\d{3}(?!\d))"
)
_MIXED: Final = re.compile(r"(?<!\w)(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{5,8}(?!\w)")
_CUE: Final = re.compile(
    r"code|otp|pin|passcode|password|verif|confirm|código|codigo|kode|mã|код|пароль|"
    r"验证码|驗證碼|校验码|認証|コード|인증|رمز|كود|کد|कोड|รหัส|kod",
    re.IGNORECASE,
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


def find_code(text: str) -> str | None:
    """The one-time code in an SMS, digits (or letters and digits) only; None when unsure.

    The candidate nearest to a word for "code" in any of the shop's languages wins; a lone
    year or a phone number is not a candidate.
    """
    text = text[:1000]
    cues = [cue.start() for cue in _CUE.finditer(text)]
    candidates = [
        (re.sub(r"[ -]", "", match[1]), match.start(1)) for match in _CANDIDATE.finditer(text)
    ]
    several = len(candidates) > 1
    candidates = [
        (code, at)
        for code, at in candidates
        if len(code) in CODE_LENGTHS and not (several and _YEAR.fullmatch(code))
    ]
    if not candidates:
        mixed = _MIXED.search(text) if cues else None
        return mixed[0] if mixed else None
    if not cues:
        return max(candidates, key=lambda candidate: len(candidate[0]) in USUAL_LENGTHS)[0]
    return min(candidates, key=lambda candidate: min(abs(candidate[1] - cue) for cue in cues))[0]
