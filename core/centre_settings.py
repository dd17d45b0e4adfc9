"""Settings of the way to the centre and of the card reader: ``[centre]`` and ``[card]``.

Which of them count depends on the family: a vendor library, or an address (HTTP). Passwords are not
among them; the centre's is kept under the name ``centre`` (``core.secrets``).
"""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from core.words import say

MIB = 1024 * 1024
OVER_HTTP = "gd"
ADDRESS = r"^(https?://[^\s/?#@]+(/[^\s?#]*)?)?$"
CONTENT_TYPE = (
    r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+( *; *[A-Za-z0-9_-]+=[A-Za-z0-9_.-]+)*$"
)
INVENTED = {"institution": "990001", "user": "gd990001"}
"""Who signs in at the simulated platform."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LibrarySettings(_Table):
    """How a library is loaded, whatever it is for; ``words`` is where its sentences live in
    ``resources/labels/gateway.toml``, ``log`` the file that takes what it prints."""

    words: ClassVar[str] = "gateway"
    log: ClassVar[str] = "vendor.log"
    library: str = ""
    encoding: str = "gbk"
    convention: Literal["cdecl", "stdcall"] = "cdecl"
    output_size: int = Field(default=4 * MIB, ge=MIB, le=64 * MIB)
    init_timeout: float = Field(default=30.0, gt=0, le=300)
    library_sha256: str = Field(default="", pattern=r"^([0-9a-fA-F]{64})?$")
    python32: str = ""

    @property
    def entries(self) -> dict[str, Any]:
        """The functions to call, as the worker's order says it."""
        return {}


class CentreSettings(LibrarySettings):
    """``[centre]``: the family, and its library or its address.

    ``institution`` (akb020) and ``user`` of an HTTP centre are apart; with ``url`` both must be
    given. ``relay``: the programs travel in SOAP calls under the name space ``relay_namespace``.
    ``ca``: a file of certificates (PEM) to trust instead of the system's; relative to the home.
    ``output_size`` limits a library's answer and a server's.
    """

    family: str = "zjs"
    function: str = "Si_Busi"
    init: str = "Si_INIT"
    profile: str = ""
    receiver: str = "ZJS"
    id_mode: str = "1"
    url: str = Field(default="", max_length=300)
    institution: str = Field(default=INVENTED["institution"], min_length=1, max_length=20)
    user: str = Field(default=INVENTED["user"], min_length=1, max_length=40)
    relay: bool = False
    relay_namespace: str = Field(default="http://tempuri.org/", max_length=200)
    content_type: str = Field(default="text/xml; charset=UTF-8", pattern=CONTENT_TYPE)
    ca: str = Field(default="", max_length=300)

    @property
    def simulated(self) -> bool:
        """No real centre is named: the simulated one of the training mode."""
        return not (self.url if self.family == OVER_HTTP else self.library)

    @property
    def entries(self) -> dict[str, Any]:
        """The named functions, and the family's usual names to fall back on."""
        usual = {name: type(self).model_fields[name].default for name in ("init", "function")}
        return {"init": self.init, "function": self.function, "usual": usual}

    @model_validator(mode="before")
    @classmethod
    def _encoding_of_family(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("family") == OVER_HTTP:
            return {"encoding": "utf-8", **given}
        return given

    @model_validator(mode="after")
    def _address_is_whole(self) -> Self:
        if not self.url:
            return self
        if self.family != OVER_HTTP:
            raise _mistake("settings.url_without_family", family=OVER_HTTP)
        for name in INVENTED:
            if name not in self.model_fields_set:
                raise _mistake("settings.url_alone", name=f"centre.{name}")
        return self

    @field_validator("url")
    @classmethod
    def _plain_address(cls, url: str) -> str:
        if not re.fullmatch(ADDRESS, url):
            raise _mistake("settings.bad_url")
        return url


class CardSettings(LibrarySettings):
    """``[card]``: the card library (``SSCardDriver.dll``), a second library beside the centre's.

    Without it the training mode reads the invented card, and a real desk has no reader of its own.
    ``read`` and ``debit``: the names of the two functions; ``timeout``: seconds a call may take (a
    person lays the card in).
    """

    words: ClassVar[str] = "gateway.card"
    log: ClassVar[str] = "card.log"
    convention: Literal["cdecl", "stdcall"] = "stdcall"
    read: str = Field(default="ReadCardBase", min_length=1, max_length=60)
    debit: str = Field(default="DoDebit", min_length=1, max_length=60)
    timeout: float = Field(default=30.0, gt=0, le=300)

    @property
    def entries(self) -> dict[str, Any]:
        """The two functions and how many texts each takes."""
        return {"texts": {self.read: 0, self.debit: 2}}


def _mistake(key: str, **holes: object) -> PydanticCustomError:
    return PydanticCustomError("desk", "{text}", {"text": say(key, **holes)})
