"""Who may work at this desk: accounts, Argon2id passwords, the lock after wrong ones.

Hashing happens outside the journal's lock, because it is slow on purpose. An unknown name costs as
long as a wrong password, and both are refused with the same sentence.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from core.clock import Clock
from core.domain import Operator, Role
from core.errors import Fault, InvalidInput, Refused, fault
from core.journal.operators import Account, Keeper, OperatorStore
from core.service.trainers import stand_in, trainers
from core.words import say

SHORTEST = 10
LONGEST = 128  # characters of a password; more would only feed the hash
CLASSES = 3
REMEMBERED = 5
FAILURES = 5
LOCKED = timedelta(minutes=15)
LONGEST_ID = 30
LONGEST_NAME = 50
MOST_OPERATORS = 1000
HASHER = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Listed:
    """An operator as the settings screen shows him; moments aware."""

    operator: Operator
    disabled: bool
    training: bool
    locked_until: datetime | None
    changed_at: datetime
    seen_at: datetime | None


class OperatorBook:
    """The operators of one desk; usable from any thread."""

    def __init__(self, keeper: Keeper, clock: Clock, hasher: PasswordHasher = HASHER) -> None:
        self._store = OperatorStore(keeper)
        self._clock = clock
        self._hasher = hasher

    # -- reading

    @property
    def first_start(self) -> bool:
        """Nobody can log in yet: the first operator is to be made."""
        return not self.list()

    def list(self) -> tuple[Operator, ...]:
        """Everybody who may log in, by id."""
        return tuple(one.operator for one in self._store.all() if not one.disabled)

    def accounts(self) -> tuple[Listed, ...]:
        """Everybody, disabled ones too, with what a supervisor may know of them."""
        return tuple(
            Listed(
                one.operator, one.disabled, one.training, self._lock_of(one), one.changed_at,
                one.seen_at,
            )
            for one in self._store.all()
        )  # fmt: skip

    def _lock_of(self, account: Account) -> datetime | None:
        until = account.locked_until
        return until if until is not None and until > self._clock.now() else None

    # -- changing

    def create(self, operator_id: str, name: str, role: Role | str, password: str) -> Operator:
        """Make an operator; raises ``InvalidInput`` with all faults, ``Refused`` for a taken id."""
        operator_id, name = operator_id.strip(), name.strip()
        _raise(who_faults(operator_id, name, role) + password_faults(password))
        if len(self._store.all()) >= MOST_OPERATORS:
            raise Refused(fault("operators.too_many", limit=MOST_OPERATORS))
        made = Operator(id=operator_id, name=name, role=Role(role))
        self._add(Account(made, self._hasher.hash(_same(password)), self._clock.now()))
        return made

    def _add(self, account: Account) -> None:
        if not self._store.add(account):
            raise Refused(fault("operators.taken", "id", id=account.operator.id))

    def change_password(self, operator_id: str, old: str, new: str) -> None:
        """Replace a password by one that follows the rules and is none of the last five."""
        operator = self.verify(operator_id, old)
        account = self._store.get(operator.id)
        assert account is not None
        if not account.training:
            _raise(password_faults(new))
        self._take_password(account, new)

    def reset_password(self, operator_id: str, new: str, by: Operator) -> None:
        """A supervisor or IT gives a new password, and the lock is lifted."""
        if by.role is Role.CASHIER:
            raise Refused(fault("operators.not_allowed", name=by.name))
        account = self._known(operator_id)
        _raise(password_faults(new))
        self._take_password(account, new)

    def _take_password(self, account: Account, new: str) -> None:
        kept = (account.password, *account.history)[:REMEMBERED]
        if any(self._fits(old, new) for old in kept):
            raise InvalidInput(fault("operators.used_before", "password", count=REMEMBERED))
        self._store.change(
            account.operator.id,
            password=self._hasher.hash(_same(new)),
            history=kept[: REMEMBERED - 1],
            changed_at=self._clock.now(),
            failures=0,
            locked_until=None,
        )

    def disable(self, operator_id: str) -> None:
        """Let an operator in no more; the last one who can manage others stays."""
        account = self._known(operator_id)
        others = [one for one in self.list() if one.id != account.operator.id]
        if not any(one.role is not Role.CASHIER for one in others):
            raise Refused(fault("operators.last", "id", name=account.operator.name))
        self._store.change(account.operator.id, disabled=True)

    def enable(self, operator_id: str) -> None:
        """Let a disabled or locked operator in again, with the password he had."""
        account = self._known(operator_id)
        self._store.change(account.operator.id, disabled=False, failures=0, locked_until=None)

    def _known(self, operator_id: str) -> Account:
        account = self._store.get(operator_id.strip())
        if account is None:
            raise Refused(fault("operators.unknown", "id", id=operator_id[:LONGEST_ID]))
        return account

    # -- logging in

    def verify(self, operator_id: str, password: str) -> Operator:
        """The operator when the password is right; else ``Refused``, counted, locked after five."""
        account = self._store.get(operator_id.strip()[:LONGEST_ID])
        right = self._fits(account.password if account else stand_in(), password)
        if account is None or account.disabled:
            raise Refused(fault("operators.wrong", "password"))
        self._refuse_locked(account)
        if not right:
            raise Refused(self._failed(account))
        self._seen(account, password)
        return account.operator

    def _refuse_locked(self, account: Account) -> None:
        until = self._lock_of(account)
        if until is not None:
            raise Refused(fault("operators.locked", "password", until=f"{until:%H:%M}"))

    def _failed(self, account: Account) -> Fault:
        until = self._clock.now() + LOCKED
        after = self._store.count_failure(account.operator.id, FAILURES, until)
        if self._lock_of(after):
            return fault("operators.locked", "password", until=f"{until:%H:%M}")
        return fault("operators.wrong", "password")

    def _seen(self, account: Account, password: str) -> None:
        """Remember the log-in; a hash of weaker parameters is renewed while it can be."""
        changes: dict[str, object] = {
            "failures": 0,
            "locked_until": None,
            "seen_at": self._clock.now(),
        }
        if self._hasher.check_needs_rehash(account.password):
            changes["password"] = self._hasher.hash(_same(password))
        self._store.change(account.operator.id, **changes)

    def _fits(self, hashed: str, password: str) -> bool:
        """An endless password is cut before it costs anything."""
        try:
            return self._hasher.verify(hashed, _same(password[: LONGEST + 1]))
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False

    # -- training

    def ensure_training_operators(self) -> None:
        """The operators of training mode, with their well-known password; existing ones stay."""
        known = {one.operator.id for one in self._store.all()}
        for who, hashed in trainers():
            if who.id not in known:
                self._store.add(Account(who, hashed, self._clock.now(), training=True))


def _same(password: str) -> str:
    """However it was typed, the same characters."""
    return unicodedata.normalize("NFKC", password)


def _raise(faults: tuple[Fault, ...]) -> None:
    if faults:
        raise InvalidInput(faults)


def who_faults(operator_id: str, name: str, role: Role | str) -> tuple[Fault, ...]:
    """What is wrong with the number, name and role of a new operator."""
    found = []
    if not (operator_id.isascii() and operator_id.isalnum() and len(operator_id) <= LONGEST_ID):
        found.append(fault("operators.bad_id", "id", id=operator_id[:LONGEST_ID], limit=LONGEST_ID))
    if not name or len(name.encode("gb18030")) > LONGEST_NAME or not name.isprintable():
        found.append(fault("operators.bad_name", "name", limit=LONGEST_NAME))
    if role not in list(Role):
        found.append(fault("operators.bad_role", "role", role=role))
    return tuple(found)


def password_faults(password: str) -> tuple[Fault, ...]:
    """Every rule that a new password breaks."""
    found = []
    if len(password) < SHORTEST:
        found.append(fault("operators.short", "password", least=SHORTEST))
    if len(password) > LONGEST:
        found.append(fault("operators.long", "password", most=LONGEST))
    if len({_class_of(letter) for letter in password}) < CLASSES:
        found.append(fault("operators.simple", "password", classes=CLASSES))
    return tuple(found)


def _class_of(letter: str) -> str:
    """Capital, small, digit, or anything else."""
    if letter.isdigit():
        return "digit"
    if letter.isascii() and letter.isalpha():
        return "capital" if letter.isupper() else "small"
    return "sign"


def role_name(role: Role) -> str:
    """What a role is called on the screen."""
    return say(f"operators.role.{role.value}")
