"""What owners of recharges say to whoever reviews their payments."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import now_default, text, text_id


class RechargeNote(SQLModel, table=True):
    """A word of a recharge's owner for the reviewer. Decides nothing."""

    __tablename__ = "recharge_notes"
    __table_args__ = (
        # Both are rules here too: two who write at once shall not make a sixth.
        CheckConstraint("place between 1 and 5", name="recharge_notes_few"),
        CheckConstraint("length(words) between 1 and 500", name="recharge_notes_length"),
    )

    recharge_id: str = text_id(primary_key=True, foreign_key="recharges.id")
    """Whose payments it is about; only that recharge's owner writes it."""
    place: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """Which of the recharge's notes it is, from 1."""
    words: str = text()
    """One line, cleaned of what cannot be seen."""
    created_at: datetime = now_default()
