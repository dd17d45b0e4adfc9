"""The printed slip as a value: everything that stands on it, nothing left to compute."""

from core.domain.base import Model
from core.money import Fen


class SlipRow(Model):
    """One labelled value; ``name`` is what a printed form calls it by."""

    name: str
    label: str
    value: str


class SlipAmount(Model):
    """One labelled amount in fen, with its words where the form asks for them."""

    name: str
    label: str
    amount: Fen
    words: str = ""


class Slip(Model):
    """A settlement slip, or the red slip of its cancellation (``refund``).

    ``marks``: what is written across it (已作废, 培训样张 无效); ``print_note``: 补打 第 n 次 and
    who, or empty; ``code``: what the square code carries, the message id, so that a scanner finds
    the settlement again; ``identity``: the sentence that the payers make up the total, where they
    do; ``foot`` holds the check code, the beginning of the journal's hash of the centre's answer.
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
    seal: str
    copies: tuple[str, ...]
    foot: tuple[SlipRow, ...]
    marks: tuple[str, ...] = ()
    print_note: str = ""
    refund: bool = False
