"""Who sits at the desk."""

from enum import StrEnum

from core.domain.base import Model


class Role(StrEnum):
    """What an operator may do: supervisors decide, IT sets up and cannot settle."""

    CASHIER = "cashier"
    SUPERVISOR = "supervisor"
    IT = "it"


class Operator(Model):
    """A local operator; ``id`` goes to the centre as the operator's number."""

    id: str
    name: str
    role: Role = Role.CASHIER
