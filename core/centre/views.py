"""Fields as forms and documents see them: no wire names, no lengths in anything but bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.protocol.profile import Condition, FieldRule, Profile


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field: ``name`` is the domain name, ``length`` bytes of the wire encoding (0: unlimited).

    ``required``: always; ``when``: required on a condition over domain names. ``codes``: code →
    Chinese word, ``code_list`` its name; ``catalogue`` the desk's own list that it is searched in,
    ``beyond_catalogue`` whether another code may stand there. ``source`` ``ask``: a local profile
    wants it on the form. ``group``: the heading it stands under, or empty.
    """

    name: str
    label: str
    type: str
    length: int
    required: bool
    codes: Mapping[str, str] = field(default_factory=dict)
    mask: str = ""
    source: str = "given"
    code_list: str = ""
    when: Condition | None = None
    note: str = ""
    fields: tuple[FieldView, ...] = ()
    catalogue: str = ""
    beyond_catalogue: bool = True
    group: str = ""


def field_views(profile: Profile, table: Mapping[str, FieldRule]) -> tuple[FieldView, ...]:
    """The views of a table of fields, in its order."""
    return tuple(_view(profile, rule) for rule in table.values())


def _view(profile: Profile, rule: FieldRule) -> FieldView:
    codes = profile.codes.get(rule.codes)
    return FieldView(
        name=rule.name,
        label=rule.label,
        type=rule.type,
        length=rule.length,
        required=bool(rule.required),
        codes=codes.values if codes else {},
        mask=rule.mask,
        source=rule.source,
        code_list=rule.codes,
        when=rule.when,
        note=rule.note,
        fields=field_views(profile, rule.fields),
        catalogue=rule.catalogue,
        beyond_catalogue=rule.beyond_catalogue,
        group=rule.group,
    )
