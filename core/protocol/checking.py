"""What a profile must hold together: references resolve, names are one, money has a way back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from core.protocol.mistakes import Mistakes, Path, did_you_mean, listed
from core.protocol.profile import FieldRule, Profile, TransactionRule
from core.settings import Settings

HEADER_NAMES = ("code", "msgid", "moment", "operator_id", "operator_name", "sign_no")
REPLY_NAMES = ("code", "text", "output")
DATED = ("moment", "day")
GIVEN_NAMES = ("visit_no", "centre_visit_no")  # what every step of a visit is given
ELEMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def check_profile(profile: Profile, mistakes: Mistakes) -> None:
    """Add every broken reference and contradiction of ``profile`` to ``mistakes``."""
    _check_steps(profile, mistakes)
    for code, rule in profile.transactions.items():
        _check_transaction(("transactions", code), rule, profile, mistakes)
    for path, table in field_tables(profile):
        _check_table(path, table, profile, mistakes)
    _check_identities(profile, mistakes)
    names = {field.name for field in profile.envelope.reply.values()}
    for name in REPLY_NAMES:
        if name not in names and (name != "output" or profile.envelope.body):
            mistakes.add(("envelope", "reply"), "envelope_needs", word=name)


def _check_identities(profile: Profile, mistakes: Mistakes) -> None:
    money = {
        field.name
        for rule in profile.transactions.values()
        for field in rule.reply.values()
        if field.type == "money"
    }
    for rule in profile.identities:
        for word in (rule.total, *rule.parts):
            if word not in money:
                hint = did_you_mean(word, money)
                mistakes.add(("identities",), "unknown_name", word=word, hint=hint)


def check_kept(shipped: Mapping[str, Any], profile: Profile, mistakes: Mistakes) -> None:
    """What the program reads from replies must still be there after the local profile; ``shipped``
    is the tree that the shipped profile is made of, spelled out."""
    for code, rule in shipped["transactions"].items():
        here = profile.transactions.get(code)
        for key, field in rule.get("reply", {}).items() if here else ():
            if field.get("required") and here and key not in here.reply:
                path = ("transactions", code, "reply", key, "drop")
                mistakes.add(path, "dropped_needed", word=field["label"])


def field_tables(profile: Profile) -> Iterator[tuple[Path, Mapping[str, FieldRule]]]:
    """Every table of fields with its path, nested ones too."""
    sides: list[tuple[Path, Mapping[str, FieldRule]]] = [
        (("envelope", "request"), profile.envelope.request),
        (("envelope", "reply"), profile.envelope.reply),
    ]
    for code, rule in profile.transactions.items():
        sides.append((("transactions", code, "request"), rule.request))
        sides.append((("transactions", code, "reply"), rule.reply))
    for path, table in sides:
        yield from _with_nested(path, table)


def _with_nested(
    path: Path, table: Mapping[str, FieldRule]
) -> Iterator[tuple[Path, Mapping[str, FieldRule]]]:
    yield path, table
    for key, field in table.items():
        if field.fields:
            yield from _with_nested((*path, key, "fields"), field.fields)


def _check_steps(profile: Profile, mistakes: Mistakes) -> None:
    seen: dict[str, str] = {}
    for code, rule in profile.transactions.items():
        if rule.variant in seen:
            other = seen[rule.variant]
            mistakes.add(
                ("transactions", code, "step"), "step_twice", value=rule.variant, other=other
            )
        seen[rule.variant] = code


def _check_transaction(
    path: Path, rule: TransactionRule, profile: Profile, mistakes: Mistakes
) -> None:
    for key in ("query_with", "reverse_with"):
        target = getattr(rule, key)
        if target and target not in profile.transactions:
            _add_no_transaction((*path, key), target, profile, mistakes)
    if rule.effect == "money" and not rule.query_with:
        mistakes.add((*path, "query_with"), "money_needs_query")
    if (
        rule.effect == "money"
        and not (rule.reverse_with or rule.repeatable)
        and profile.capabilities.reversal
    ):
        mistakes.add((*path, "reverse_with"), "money_needs_undo")
    _check_paging(path, rule, mistakes)
    _check_rows(path, rule, mistakes)
    for word in rule.without:
        if word not in profile.envelope.request:
            hint = did_you_mean(word, profile.envelope.request)
            mistakes.add((*path, "without"), "unknown_name", word=word, hint=hint)


def _check_rows(path: Path, rule: TransactionRule, mistakes: Mistakes) -> None:
    lists = [field.name for field in rule.request.values() if field.type == "rows"]
    if rule.rows and rule.rows not in lists:
        hint = did_you_mean(rule.rows, lists)
        mistakes.add((*path, "rows"), "unknown_name", word=rule.rows, hint=hint)
    if rule.rows and not rule.batch:
        mistakes.add((*path, "batch"), "rows_need_batch")


def _add_no_transaction(path: Path, target: str, profile: Profile, mistakes: Mistakes) -> None:
    dropped = ("transactions", target, "drop")
    if mistakes.knows(dropped):
        mistakes.add(dropped, "still_used", word=path[1])
    else:
        hint = did_you_mean(target, profile.transactions)
        mistakes.add(path, "no_transaction", word=target, hint=hint)


def _check_paging(path: Path, rule: TransactionRule, mistakes: Mistakes) -> None:
    if rule.paging is None:
        return
    for key, side in (("page", rule.request), ("pages", rule.reply)):
        word, names = getattr(rule.paging, key), [field.name for field in side.values()]
        if word not in names:
            hint = did_you_mean(word, names)
            mistakes.add((*path, "paging", key), "unknown_name", word=word, hint=hint)


def _check_table(
    path: Path, table: Mapping[str, FieldRule], profile: Profile, mistakes: Mistakes
) -> None:
    _check_unique(path, table, "name", mistakes)
    _check_unique(path, table, "wire", mistakes)
    for key, field in table.items():
        _check_field((*path, key), field, table, profile, mistakes)


def _check_unique(
    path: Path, table: Mapping[str, FieldRule], attribute: str, mistakes: Mistakes
) -> None:
    seen: dict[str, str] = {}
    for key, field in table.items():
        value = getattr(field, attribute).lower()
        if value in seen:
            mistakes.add(
                (*path, key, attribute), f"{attribute}_twice", value=value, other=seen[value]
            )
        if not value.strip():
            mistakes.add((*path, key, attribute), "empty", word=attribute)
        seen[value] = key


def _check_field(
    path: Path,
    field: FieldRule,
    table: Mapping[str, FieldRule],
    profile: Profile,
    mistakes: Mistakes,
) -> None:
    _check_codes(path, field, profile, mistakes)
    _check_kind(path, field, mistakes)
    _check_words(path, field, table, profile, mistakes)
    _check_source(path, field, profile, mistakes)
    if field.when is not None:
        _check_condition(path, field, table, profile, mistakes)


def _check_codes(path: Path, field: FieldRule, profile: Profile, mistakes: Mistakes) -> None:
    if field.codes and field.codes not in profile.codes:
        hint = did_you_mean(field.codes, profile.codes)
        mistakes.add((*path, "codes"), "no_codes", word=field.codes, hint=hint)
    if field.type == "code" and not field.codes:
        mistakes.add((*path, "codes"), "code_needs_list")


def _check_words(
    path: Path,
    field: FieldRule,
    table: Mapping[str, FieldRule],
    profile: Profile,
    mistakes: Mistakes,
) -> None:
    if profile.message.form == "xml" and not ELEMENT.fullmatch(field.wire):
        mistakes.add((*path, "wire"), "not_element", value=field.wire)
    if len(set(field.means.values())) != len(field.means):
        mistakes.add((*path, "means"), "means_twice")
    if field.instead:
        _check_instead(path, field, table, mistakes)
    codes = profile.codes.get(field.codes)
    for key, values in (("means", tuple(field.means)), ("default", (field.default,))):
        for value in values:
            known = codes is None or codes.open or value in ("", *codes.values)
            if not known and field.means.get(value) is None and value not in field.means.values():
                hint = did_you_mean(value, codes.values) if codes else ""
                label = codes.label if codes else ""
                mistakes.add((*path, key), "not_in_list", value=value, codes=label, hint=hint)


def _check_instead(
    path: Path, field: FieldRule, table: Mapping[str, FieldRule], mistakes: Mistakes
) -> None:
    names = (*(other.name for other in table.values()), *GIVEN_NAMES)
    if field.instead not in names:
        hint = did_you_mean(field.instead, names)
        mistakes.add((*path, "instead"), "unknown_name", word=field.instead, hint=hint)


def _check_kind(path: Path, field: FieldRule, mistakes: Mistakes) -> None:
    if field.type == "rows" and not field.fields:
        mistakes.add((*path, "fields"), "rows_need_fields")
    if field.fields and field.type != "rows":
        mistakes.add((*path, "type"), "fields_need_rows")
    if field.type == "money" and field.places != 2:
        mistakes.add((*path, "decimals"), "money_decimals")
    if field.format and field.type not in DATED:
        mistakes.add((*path, "format"), "format_not_dated")


def _check_source(path: Path, field: FieldRule, profile: Profile, mistakes: Mistakes) -> None:
    in_envelope, sends = path[:2] == ("envelope", "request"), "request" in path
    if field.source != "given" and not sends:
        mistakes.add((*path, "source"), "source_in_reply")
    elif field.source == "given" and in_envelope:
        mistakes.add((*path, "source"), "envelope_source")
    elif field.source == "header" and field.name not in HEADER_NAMES:
        allowed = listed(HEADER_NAMES)
        mistakes.add((*path, "source"), "bad_header", value=field.name, allowed=allowed)
    elif field.source == "setting" and field.setting not in setting_names():
        hint = did_you_mean(field.setting, setting_names())
        mistakes.add((*path, "setting"), "unknown_setting", value=field.setting, hint=hint)
    _check_constant(path, field, profile, mistakes)
    _check_secret(path, field, mistakes)


def _check_secret(path: Path, field: FieldRule, mistakes: Mistakes) -> None:
    if (field.source == "secret") != bool(field.secret):
        mistakes.add((*path, "secret"), "secret_name")
    if field.source == "secret" and field.mask != "whole":
        mistakes.add((*path, "mask"), "secret_mask")


def _check_constant(path: Path, field: FieldRule, profile: Profile, mistakes: Mistakes) -> None:
    codes = profile.codes.get(field.codes)
    if (field.source == "constant") != bool(field.value):
        mistakes.add((*path, "value"), "constant_value")
    elif field.value and codes and not codes.open and field.value not in codes.values:
        hint = did_you_mean(field.value, codes.values)
        mistakes.add(
            (*path, "value"), "not_in_list", value=field.value, codes=codes.label, hint=hint
        )


def _check_condition(
    path: Path,
    field: FieldRule,
    table: Mapping[str, FieldRule],
    profile: Profile,
    mistakes: Mistakes,
) -> None:
    condition = field.when
    assert condition is not None
    names = {other.name: other for other in table.values()}
    if condition.field not in names:
        hint = did_you_mean(condition.field, [*names, *table])
        mistakes.add((*path, "when", "field"), "unknown_name", word=condition.field, hint=hint)
        return
    if sum((bool(condition.one_of), bool(condition.none_of), condition.present)) != 1:
        mistakes.add((*path, "when"), "condition_one")
    codes = profile.codes.get(names[condition.field].codes)
    for value in (*condition.one_of, *condition.none_of):
        if codes and not codes.open and value not in codes.values:
            hint = did_you_mean(value, codes.values)
            mistakes.add(
                (*path, "when", "in"), "not_in_list", value=value, codes=codes.label, hint=hint
            )


@cache
def setting_names() -> tuple[str, ...]:
    """The settings that a field may take its value from, as ``table.key``."""
    tables = ((name, info.annotation) for name, info in Settings.model_fields.items())
    return tuple(
        f"{table}.{key}" for table, model in tables for key in getattr(model, "model_fields", {})
    )
