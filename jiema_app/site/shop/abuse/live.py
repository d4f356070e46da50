"""The text of the page to report abuse on, and its forms, which work without scripts."""

from jiema_app.domain.abuse_reports.reports import (
    CONTACT_MAX,
    ORGANISATION_MAX,
    SUBJECT_MAX,
    WORDS_MAX,
    WORDS_MIN,
)
from jiema_app.domain.abuse_reports.statuses import Reporter
from jiema_app.domain.abuse_reports.tickets import TYPED_MAX
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.formats import duration
from jiema_app.i18n.long_texts import long_text
from jiema_app.i18n.translation import t, words_locale
from jiema_app.settings import get_settings
from jiema_app.settings.values import DAY_S
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.structured_data import breadcrumbs
from jiema_app.site.shop.abuse.refusals import FIELDS, REFUSED, refusal_text, report_anchor
from jiema_app.site.texts.reading import read
from jiema_app.site.texts.structured import web_page


def abuse_part(catalog: Catalog, locale: str, _part: str) -> LivePart:
    """The live part of the page."""
    words, rules = words_locale(locale), get_settings().abuse
    reading = read(long_text("pages", "abuse", locale), locale, catalog)
    html = reading.html(
        "shop/abuse/abuse.jinja",
        reporters=[(each.value, _reporter_word(each, words)) for each in Reporter],
        field_refusals={
            field: (report_anchor("BAD_REQUEST", field), refusal_text("BAD_REQUEST", locale, field))
            for field in FIELDS
        },
        refusals=[(report_anchor(code), refusal_text(code, locale)) for code in REFUSED],
        answer_time=duration(words, rules.answer_hours * 3600),
        contact_time=duration(words, rules.contact_days * DAY_S),
        organisation_max=ORGANISATION_MAX,
        contact_max=CONTACT_MAX,
        subject_max=SUBJECT_MAX,
        words_min=WORDS_MIN,
        words_max=WORDS_MAX,
        typed_max=TYPED_MAX,
    )
    return LivePart(
        slots={"abuse": html},
        title=reading.document_title,
        description=reading.description,
        json_ld=(
            web_page(reading.text, locale, reading.description),
            breadcrumbs(locale, (reading.text.title, "abuse")),
        ),
    )


def _reporter_word(reporter: Reporter, words: str) -> str:
    if reporter is Reporter.PERSON:
        return t(words, "A person affected, or their lawyer")
    if reporter is Reporter.SERVICE:
        return t(words, "A service or website")
    return t(words, "Police or another authority")
