"""The common shape of domain models: frozen, strict about unknown names."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen value; equal when its fields are equal."""

    model_config = ConfigDict(frozen=True, extra="forbid")
