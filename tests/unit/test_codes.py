# ruff: noqa: RUF001 - letters of many languages are the point
"""Finding the code in texts as services really write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiema_app.domain.orders.codes import find_code

WITH_CODE = [
    # Digits alone and after a word
    ("12345", "12345"),
    ("Your code is 4821", "4821"),
    ("Telegram code 54321", "54321"),
    (
        "Telegram code: 54321\n\nYou can also tap on this link to log in:\nhttps://t.me/login/54321",
        "54321",
    ),
    (
        "Login code: 12345. Do not give this code to anyone, even if they say they are from Telegram!",
        "12345",
    ),
    ("G-123456 is your Google verification code.", "123456"),
    ("Use 998877 as your login code for Tinder. (Account Kit by Facebook)", "998877"),
    ("Your WhatsApp code: 123-456\nDon't share this code with others", "123456"),
    ("Your WhatsApp Business code is 123-456.", "123456"),
    ("<#> Your ExampleApp code is: 123ABC78\nFA+9qCX9VSu", "123ABC78"),
    ("Facebook: 12345678 is your confirmation code", "12345678"),
    ("Your Apple Account code is: 123456. Do not share it with anyone.", "123456"),
    ("[TikTok] 123456 is your verification code, valid for 5 minutes.", "123456"),
    ("Your Uber code is 1234. Never share this code. Reply STOP ALL to unsubscribe.", "1234"),
    ("OpenAI verification code: 123456", "123456"),
    ("Your Discord security code is: 123 456", "123456"),
    ("123456 is your Amazon OTP. Don't share it with anyone.", "123456"),
    ("Instagram code: 123 456. Don't share it.", "123456"),
    ("Steam Guard code: 2F7KX", "2F7KX"),
    ("Your Microsoft access code is 7654", "7654"),
    ("PIN: 0042", "0042"),
    ("000000 is your code", "000000"),
    # Years, times, amounts, phone numbers and counts beside the code
    ("On 12.05.2026 your code is 445566", "445566"),
    ("In 2026 we still send codes: 889900", "889900"),
    ("Code 1999", "1999"),
    ("Your code is 2024", "2024"),
    ("2024 is your verification code", "2024"),
    ("Your code 556677 expires in 10 minutes", "556677"),
    ("Valid 15 min. Code: 4477", "4477"),
    ("Paid 1,250.00 USD. Confirm with code 909090", "909090"),
    ("Balance $12.50, one-time password 313131", "313131"),
    ("Call +60123456789 for help. Your code: 5566", "5566"),
    ("Order 98765: your verification code is 4321", "4321"),
    # Other languages
    ("Ваш код: 12345", "12345"),
    ("Код подтверждения 7788. Никому не сообщайте его.", "7788"),
    ("Пароль: 4455 для входа в VK", "4455"),
    ("【抖音】验证码8842,用于手机登录,5分钟内有效。", "8842"),
    ("【微信】您的验证码是123456。请勿转发。", "123456"),
    ("您的驗證碼為 654321", "654321"),
    ("LINE認証番号:123456", "123456"),
    ("[카카오톡] 인증번호 [123456]를 입력해주세요.", "123456"),
    ("Tu código de verificación es 445566", "445566"),
    ("Seu código do Nubank: 9988", "9988"),
    ("Votre code de vérification est 7711", "7711"),
    ("Ihr Bestätigungscode lautet 606060", "606060"),
    ("Il tuo codice è 121212", "121212"),
    ("Twój kod weryfikacyjny to 343434", "343434"),
    ("Doğrulama kodunuz: 565656", "565656"),
    ("Kode verifikasi Anda adalah 787878", "787878"),
    ("Kod pengesahan anda ialah 909090", "909090"),
    ("Mã xác minh của bạn là 232323", "232323"),
    ("รหัสยืนยันของคุณคือ 454545", "454545"),
    ("आपका सत्यापन कोड 676767 है", "676767"),
    ("رمز التحقق الخاص بك هو 898989", "898989"),
    ("کد تایید شما: 101010", "101010"),
    ("Ваш код підтвердження 202020", "202020"),
    ("Ang iyong code ay 303030", "303030"),
]

WITHOUT_CODE = [
    "",
    "Welcome to Telegram!",
    "Never share your code with anyone.",
    "Call us at +60123456789",
    "Thanks for your payment of $25.00",
    "12",
    "Your number is 12345678901234567",
    "Visit https://example.com/a1b2c3 for details",
    "Ваш аккаунт создан",
    "欢迎使用微信",
]


@pytest.mark.parametrize(("text", "code"), WITH_CODE)
def test_the_code_is_found(text: str, code: str) -> None:
    assert find_code(text) == code


@pytest.mark.parametrize("text", WITHOUT_CODE)
def test_nothing_is_taken_for_a_code_in_a_text_without_one(text: str) -> None:
    assert find_code(text) is None


@settings(max_examples=50)
@given(st.text(max_size=200))
def test_whatever_the_text_a_code_is_short_and_plain(text: str) -> None:
    code = find_code(text)
    assert code is None or (3 <= len(code) <= 10 and code.isalnum())


@given(st.integers(min_value=0, max_value=999_999).map("{:06}".format))
def test_every_six_digit_code_is_found(code: str) -> None:
    assert find_code(f"Your verification code is {code}") == code


@given(st.integers(min_value=0, max_value=999_999).map("{:06}".format))
def test_a_code_printed_in_two_groups_is_the_same_code(code: str) -> None:
    for separator in (" ", "-"):
        assert find_code(f"Your code: {code[:3]}{separator}{code[3:]}") == code


def test_a_very_long_text_is_read_from_its_beginning() -> None:
    assert find_code("Code 12345. " + "x" * 100_000) == "12345"
    assert find_code("9 " * 200_000) is None
