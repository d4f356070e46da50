"""What people buy again and again."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import now_default, text, text_id


class Favourite(SQLModel, table=True):
    """A service in a country that a user has marked, to find it on the home page."""

    __tablename__ = "favourites"

    user_id: str = text_id(foreign_key="users.id", primary_key=True)
    service_code: str = text(foreign_key="services.code", primary_key=True)
    country_id: int = Field(foreign_key="countries.id", primary_key=True)
    created_at: datetime = now_default()
