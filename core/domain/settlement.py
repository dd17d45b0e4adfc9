"""Amounts of a (pre-)settlement and the settlement itself."""

from datetime import datetime

from core.domain.base import Model
from core.money import Fen


class Amounts(Model):
    """The centre's amounts in fen; identity: total = fund + personal (protocol-zjs.md §3.5)."""

    total: Fen
    fund: Fen
    personal: Fen
    drug: Fen | None = None
    service: Fen | None = None
    material: Fen | None = None

    @property
    def adds_up(self) -> bool:
        """fund + personal = total, to the fen."""
        return self.fund + self.personal == self.total


class Settlement(Model):
    """A settlement that the centre has: ``msgid`` is our id, ``cancelled_by`` the 2208's,
    or empty."""

    visit_no: str
    bill_no: str
    msgid: str
    amounts: Amounts
    settled_at: datetime
    operator_id: str = ""
    operator_name: str = ""
    cancelled_by: str = ""
