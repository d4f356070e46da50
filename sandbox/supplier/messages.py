# ruff: noqa: RUF001 - letters of many languages are the point
"""What the SMS say: realistic texts per service, and reading a code out of a text."""

import re

from sandbox.supplier.catalogue import Service
from sandbox.supplier.hashing import mix

# {code} is the code, {half} the code as 123-456, {name} the service's name.
_OWN: dict[str, tuple[int, tuple[str, ...]]] = {
    "tg": (5, (
        "Telegram code: {code}\n\nTap to log in: https://t.me/login/{code}",
        "Telegram code {code}",
        "Код Telegram: {code}",
    )),
    "go": (6, ("G-{code} is your Google verification code.",
               "G-{code} es tu código de verificación de Google.",
               "G-{code} — ваш код подтверждения Google.")),
    "wa": (6, ("Your WhatsApp code: {half}\nDon't share this code with others",
               "Kode WhatsApp Anda: {half}\nJangan bagikan kode ini")),
    "wx": (6, ("Your Apple ID Code is: {code}. Don't share it with anyone.",)),
    "dr": (6, ("Your OpenAI verification code is: {code}",)),
    "aon": (6, ("[Binance] Verification code: {code}. Never share it.",)),
    "ig": (6, ("{code} is your Instagram code. Don't share it.",)),
    "fb": (5, ("{code} is your Facebook code", "{code} adalah kode Facebook Anda")),
    "vi": (6, ("Your Viber code is {code}. Never share it with others.",)),
    "ds": (6, ("Your Discord verification code is: {code}",)),
    "am": (6, ("{code} is your Amazon OTP. Don't share it with anyone.",)),
    "oi": (6, ("Your Tinder code is {code}. Don't share it with anyone",)),
    "lf": (6, ("[TikTok] {code} is your verification code, valid for 5 minutes.",)),
    "mm": (6, ("Use {code} as your Microsoft account security code",)),
    "wb": (6, ("【WeChat】验证码 {code}，请勿转发。",)),
    "hw": (6, ("【支付宝】你的验证码是 {code}，请勿泄露。",)),
}  # fmt: skip
_GENERIC = (
    "Your {name} verification code is {code}.",
    "{name}: {code} is your code. Do not share it.",
    "{code} - код подтверждения {name}",
    "【{name}】验证码：{code}，5分钟内有效。",
    "Tu código de {name} es {code}. No lo compartas.",
    "Kode verifikasi {name} Anda adalah {code}.",
    "Mã xác minh {name} của bạn là {code}.",
    "Seu código de verificação {name}: {code}",
    "{name}: use {code} to sign in. It expires in 10 minutes.\nReply STOP to opt out.",
    "<#> {code} is your {name} code\nQx7+kLmRaBz",
    "Your {name} code is {code}.\n\n@login.example #{code}",
    "{name}\n\n{code}\n\nNever give this code to anyone.",
    "Votre code {name} : {code}. Il expire dans 5 minutes.",
    "{code} ist dein Anmeldecode für {name}. Gib ihn nicht weiter.",
    "Il codice {name} è {code}. Non comunicarlo a nessuno.",
    "{name} doğrulama kodunuz: {code}. Kimseyle paylaşmayın.",
    "رمز التحقق الخاص بك في {name} هو {code}",
    "کد تایید {name}: {code}",
    "आपका {name} सत्यापन कोड {code} है",
    "รหัสยืนยัน {name} ของคุณคือ {code}",
    "{name}の認証コードは {code} です。",
    "[{name}] 인증번호 [{code}]를 입력해 주세요.",
    "Twój kod do {name} to {code}",
    "Ваш код: {code}. Никому его не говорите, даже если спросят из {name}!",
)


def compose(seed: int, serial: int, code: str, name: str) -> str:
    """Return the text of one SMS for a service; the same serial says the same."""
    bits = mix(seed, serial + 1_000_000_000_000)
    digits, templates = _OWN.get(code, (4 + bits % 5, _GENERIC))
    low = 10 ** (digits - 1)
    value = str(low + (bits >> 8) % (9 * low))
    middle = len(value) // 2
    return templates[(bits >> 48) % len(templates)].format(
        code=value, half=f"{value[:middle]}-{value[middle:]}", name=name
    )


def fill_template(template: str, seed: int, serial: int) -> str:
    """Put a six-digit code where a caller's template says `{code}`."""
    value = 100_000 + mix(seed, serial + 2_000_000_000_000) % 900_000
    return template.replace("{code}", str(value))


_SPLIT_CODE = re.compile(r"(?<!\d)(\d{3})[- ](\d{3})(?!\d)")
_PLAIN_CODE = re.compile(r"(?<!\d)\d{4,8}(?!\d)")


def extract_code(text: str) -> str | None:
    """Return the first 4-8 digit code of a text, None when it has none."""
    plain = _PLAIN_CODE.search(text)
    split = _SPLIT_CODE.search(text)
    if split and (plain is None or split.start() < plain.start()):
        return split.group(1) + split.group(2)
    return plain.group(0) if plain else None


def sender_of(service: Service | None) -> str:
    """Return the alphanumeric sender id of a service, at most 11 characters."""
    name = re.sub(r"[^A-Za-z0-9]", "", service.name if service else "")
    return name[:11] or "INFO"
