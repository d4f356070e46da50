# ruff: noqa: RUF001 - letters of many languages are the point
"""Finding the code in texts as services really write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiema_app.domain.orders.codes import CANDIDATES_MAX, READ_MAX_CHARS, find_code, plain_code
from tests.support.code_corpus import Verdict, count, part_names, read_part

SHOP_LANGUAGES = set(
    "en zh ru es pt fr de it tr ar fa hi id vi th tl ja ko uk pl ms".split()  # noqa: SIM905
)
RIGHT_SHARE_MIN = 0.99

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


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Your balance is 100,000 code 55412884", "55412884"),
        ("رمز التحقق الخاص بك هو ٤٥٨٢١٣", "458213"),
        ("کد تأیید شما ۴۸۱۹۲۰ است", "481920"),
        ("आपका ओटीपी ४८२०१९ है", "482019"),
        ("รหัสยืนยันของคุณคือ ๔๘๒๐๑๕", "482015"),
        ("验证码：４８０９１２", "480912"),
    ],
)
def test_a_sum_is_no_code_and_digits_of_any_script_come_as_ascii(text: str, code: str) -> None:
    assert find_code(text) == code


@pytest.mark.parametrize("part", part_names())
def test_no_code_of_the_corpus_is_invented_or_taken_for_another(part: str) -> None:
    counts = count(read_part(part), find_code)
    assert counts[Verdict.INVENTED] == 0
    assert counts[Verdict.OTHER] == 0


def test_nearly_all_of_the_corpus_is_read_right() -> None:
    samples = [sample for part in part_names() for sample in read_part(part)]
    assert count(samples, find_code)[Verdict.RIGHT] / len(samples) >= RIGHT_SHARE_MIN


def test_the_corpus_is_large_and_in_every_language_of_the_shop_and_more() -> None:
    samples = [sample for part in part_names() for sample in read_part(part)]
    languages = {sample.language for sample in samples}
    assert len(samples) >= 300
    assert len({sample.text for sample in samples}) == len(samples)
    assert languages >= SHOP_LANGUAGES
    assert len(languages - SHOP_LANGUAGES) >= 10
    assert all(
        sample.code is None or (sample.code.isascii() and sample.code.isalnum())
        for sample in samples
    )


@pytest.mark.parametrize(
    ("text", "named", "code"),
    [
        ("123-456", "123-456", "123456"),  # nothing but the code, as it was named
        ("AB12CD", "AB12CD", "AB12CD"),
        ("٤٥٨٢١٣", "٤٥٨٢١٣", "458213"),
        ("Your balance is 100,000 code 55412884", "000", "55412884"),
        ("Pay 1,250.00 USD. Code 4417", "250", "4417"),
        ("አዲስ መልእክት 482133", "482133", "482133"),  # a language that we don't read
        ("Missed call", "4417", "4417"),  # of a call, the last digits of the number
        ("Save 20% with 2500 points! Shop now.", "2500", None),
        ("Track: https://t.example/482193", "482193", None),
        ("Your code expires in 10 minutes", "Hello", None),
        ("Hello", "Hello", None),
        ("Your code is 4821", "", "4821"),
        ("Your code is 4821", "9" * 5_000, "4821"),
        ("Your code is 4821", "\0", "4821"),
    ],
)
def test_what_the_supplier_names_speaks_for_a_code_and_does_not_decide(
    text: str, named: str, code: str | None
) -> None:
    assert find_code(text, named) == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("12345", "12345"),
        (" 123 456 ", "123456"),
        ("G-123456", "123456"),
        ("۱۲۳۴", "1234"),
        ("KJQXW", "KJQXW"),
        ("Welcome", None),
        ("12", None),
        ("1234567890123", None),
        ("", None),
        ("\ud83d1234", None),
    ],
)
def test_a_code_by_itself_is_written_plainly_or_is_none(written: str, code: str | None) -> None:
    assert plain_code(written) == code


@given(st.integers(min_value=0, max_value=999_999).map("{:06}".format))
def test_every_six_digit_code_is_found(code: str) -> None:
    assert find_code(f"Your verification code is {code}") == code


@given(st.integers(min_value=0, max_value=999_999).map("{:06}".format))
def test_a_code_printed_in_two_groups_is_the_same_code(code: str) -> None:
    for separator in (" ", "-", "\u00a0", "\u2011", "\u200b"):
        assert find_code(f"Your code: {code[:3]}{separator}{code[3:]}") == code


def test_a_very_long_text_is_read_from_its_beginning() -> None:
    assert find_code("Code 12345. " + "x" * 100_000) == "12345"
    assert find_code("x " * READ_MAX_CHARS + "Code 12345.") is None
    assert find_code("9 " * 200_000) is None


def test_a_list_of_numbers_has_no_code() -> None:
    assert (
        find_code("Codes: " + "; ".join(f"no {n}" for n in range(1000, 1000 + CANDIDATES_MAX * 2)))
        is None
    )


def test_odd_characters_are_no_trouble() -> None:
    for odd in ("\0", "\ud83d", "\udc00", "\u202e", "\ufeff", "\U000e0001", "\uffff", "\u0301"):
        assert find_code(f"{odd}Your code{odd} is: {odd}482{odd}193{odd}") in {"482193", None}
        assert find_code(odd * 10_000) is None


@pytest.mark.parametrize(
    "name", ["99app", "Dream11", "X5ID", "BPJSTK", "3Fun", "7-Eleven", "Ring4"]
)
def test_figures_in_the_name_of_a_service_are_not_its_code(name: str) -> None:
    assert find_code(f"Tu código de {name} es 3910. No lo compartas.") == "3910"
    assert find_code(f"2339485 - код подтверждения {name}") == "2339485"
    assert find_code(f"Seu código de verificação {name}: 49303961") == "49303961"


@pytest.mark.parametrize("name", ["Huione Pay", "Mobile DE", "Order Up"])
def test_a_name_with_a_word_for_something_else_does_not_hide_the_code(name: str) -> None:
    assert find_code(f"{name}: 28461 is your code. Do not share it.") == "28461"


@pytest.mark.parametrize(
    "text",
    [
        "Order 55190: your code has been sent by e-mail.",
        "Order 55190 - your pickup code will follow",
        "Call 4455 - code help",
        "Flight 4821 code share with LH",
        "Room 4121 code reset",
        "Case 482193 password reset requested",
        "Заказ 88120: код придёт позже",
        "您的订单88120，验证码稍后发送",
    ],
)
def test_a_number_that_has_a_name_is_no_code_though_the_word_follows(text: str) -> None:
    assert find_code(text) is None
