"""Money is integer fen; prices and quantities are ``Decimal``; there is no float near an amount."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

Fen = int
CENT = Decimal("0.01")
LARGEST: Fen = (
    10**14
)  # wire numbers are 16,2: fourteen digits before the point is already a mistake


def to_fen(value: str | int | Decimal) -> Fen:
    """Yuan as text, whole number or ``Decimal`` to fen; raises ``ValueError`` when not exact."""
    try:
        yuan = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(f"not an amount: {value!r}") from None
    fen = yuan.scaleb(2) if yuan.is_finite() else yuan
    if not fen.is_finite() or fen != fen.to_integral_value() or abs(fen) >= LARGEST:
        raise ValueError(f"not an amount in fen: {value!r}")
    return int(fen)


def line_amount(price: Decimal, quantity: Decimal) -> Fen:
    """price × quantity, half-up (away from zero) to the fen (domain.md §1.5)."""
    return int((price * quantity).quantize(CENT, ROUND_HALF_UP).scaleb(2))


def yuan(fen: Fen) -> Decimal:
    """Fen as a two-decimal ``Decimal`` of yuan."""
    return Decimal(fen).scaleb(-2).quantize(CENT)


def show(fen: Fen | None) -> str:
    """``123450`` as ``1,234.50``; nothing as an empty text."""
    return "" if fen is None else f"{yuan(fen):,.2f}"
