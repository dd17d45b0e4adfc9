"""The printed slip as a value: everything that stands on it, nothing that must be computed again."""

from core.domain.base import Model
from core.money import Fen


class SlipRow(Model):
    """One labelled value of the slip's head."""

    label: str
    value: str


class SlipAmount(Model):
    """One labelled amount in fen, with its words where the form asks for them."""

    label: str
    amount: Fen
    words: str = ""


class Slip(Model):
    """A settlement slip, or the red slip of its cancellation (``refund``).

    ``mark``: what is written across it (已作废, 培训样张 无效) or empty; ``print_note``: 补打 第 n 次 or
    empty; ``code``: what the barcode text carries; ``printed_at`` is filled when it is printed.
    """

    msgid: str
    title: str
    hospital: str
    code: str
    head: tuple[SlipRow, ...]
    categories: tuple[SlipAmount, ...]
    payments: tuple[SlipAmount, ...]
    identity: str
    signatures: tuple[str, ...]
    copies: tuple[str, ...]
    foot: tuple[SlipRow, ...]
    mark: str = ""
    print_note: str = ""
    refund: bool = False
