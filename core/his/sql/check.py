"""What a statement may be before it is sent to the hospital: read by a parser of its dialect.

Two barriers that do not know each other. The words: no comments, no second statement, no bare word
that begins or ends one, nothing that another reader might cut elsewhere. The tree: one query all
the way down, functions only that are known to read. The statement itself is sent as it was written.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from core.errors import InvalidInput, fault
from core.his.sql.settings import LONGEST

SHOWN = 60


@dataclass(frozen=True, slots=True)
class Checked:
    """A statement that may be sent: ``text`` with its parameters as ``:name``, nothing else in it
    that looks like one; ``names``: the parameters it uses."""

    text: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """``resources/tables/sql_words.toml``: what statements may be made of, in upper case."""

    refused: frozenset[str]
    readers: frozenset[str]
    never: frozenset[str]
    never_begin: tuple[str, ...]
    hints: frozenset[str]


@cache
def words() -> Words:
    """The table, read once."""
    file = resources.files("resources") / "tables" / "sql_words.toml"
    raw = tomllib.loads(file.read_text("utf-8"))
    upper = {name: frozenset(word.upper() for word in raw[name]["words"]) for name in raw}
    begins = tuple(word.upper() for word in raw["never"]["begin"])
    return Words(upper["refused"], upper["readers"], upper["never"], begins, upper["hints"])


def check_query(
    name: str, text: str, grammar: str, allowed: Sequence[str], functions: Sequence[str] = ()
) -> Checked:
    """A query that only reads; ``allowed``: parameters it may have, ``functions``: the hospital's
    own that only read. Raises ``InvalidInput`` with the reason, under the field ``name``."""
    return _Reader(name, text, grammar, functions).query(allowed)


def check_write(
    name: str, text: str, grammar: str, allowed: Sequence[str], functions: Sequence[str] = ()
) -> Checked:
    """One INSERT, UPDATE or MERGE that says which visit it is about; raises ``InvalidInput``."""
    return _Reader(name, text, grammar, functions).write(allowed)


class _Reader:
    """One statement being looked at; every method raises ``InvalidInput`` or is content."""

    def __init__(self, name: str, text: str, grammar: str, functions: Sequence[str]) -> None:
        self._name, self._grammar = name, grammar
        self._text = text.strip().removesuffix(";").rstrip()
        self._own = frozenset(word.upper() for word in functions)

    def _no(self, key: str, **holes: object) -> InvalidInput:
        return InvalidInput(fault(f"sql.statement.{key}", self._name, query=self._name, **holes))

    # -- the two kinds

    def query(self, allowed: Sequence[str]) -> Checked:
        from sqlglot import exp

        tokens = self._tokens(words().refused)
        tree = self._tree(tokens)
        inner = tree
        while isinstance(inner, exp.Subquery):
            inner = inner.this
        if not isinstance(inner, exp.Select | exp.SetOperation):
            raise self._no("no_select", given=_shown(self._text))
        self._walk(tree, set())
        return self._checked(tokens, tree, allowed)

    def write(self, allowed: Sequence[str]) -> Checked:
        from sqlglot import exp

        tokens = self._tokens(words().refused - {"INSERT", "UPDATE", "MERGE", "SET", "INTO"})
        tree = self._tree(tokens)
        if not isinstance(tree, exp.Insert | exp.Update | exp.Merge):
            raise self._no("no_write", given=_shown(self._text))
        inside: set[type] = {exp.Insert, exp.Update} if isinstance(tree, exp.Merge) else set()
        self._walk(tree, inside)
        self._narrow(tree)
        return self._checked(tokens, tree, allowed)

    def _narrow(self, tree: Any) -> None:
        """An UPDATE must say which visit it changes, by a condition with a parameter."""
        from sqlglot import exp

        if not isinstance(tree, exp.Update):
            return
        where = tree.args.get("where")
        bound = {hole.name for hole in where.find_all(exp.Placeholder)} if where else set()
        if not bound & {"visit_no", "bill_no", "msgid", "corrects"}:
            raise self._no("no_condition")

    # -- the words

    def _tokens(self, refused: frozenset[str]) -> list[Any]:
        import sqlglot
        from sqlglot.errors import SqlglotError

        if not self._text:
            raise self._no("empty")
        if len(self._text) > LONGEST:
            raise self._no("long", most=LONGEST)
        for sign in ("\\", "$$", "\x00", "`" if self._grammar != "mysql" else "\x00"):
            if sign in self._text:
                raise self._no("sign", sign=sign if sign.isprintable() else "NUL")
        try:
            tokens = list(sqlglot.tokenize(self._text, dialect=self._grammar))
        except (SqlglotError, ValueError) as error:
            raise self._no("unreadable", error=_first_line(error)) from None
        self._look_at(tokens, refused)
        return tokens

    def _look_at(self, tokens: Sequence[Any], refused: frozenset[str]) -> None:
        """Comments stand between tokens or hide in none: what is left must be white."""
        end = 0
        dotted = False
        for token in tokens:
            if self._text[end : token.start].strip():
                raise self._no("comment", given=_shown(self._text[end : token.start].strip()))
            end = token.end + 1
            self._look_at_one(token, frozenset() if dotted else refused)
            dotted = token.text == "."
        if self._text[end:].strip():
            raise self._no("comment", given=_shown(self._text[end:].strip()))

    def _look_at_one(self, token: Any, refused: frozenset[str]) -> None:
        written = self._text[token.start : token.end + 1]
        if token.comments or written.startswith("/*"):
            raise self._no("comment", given=_shown(written))
        kind = token.token_type.name
        if kind in QUOTED:
            return
        if kind.endswith("STRING") or written[:1] in "'\"$":
            raise self._no("sign", sign=written[:2])
        if written == ";":
            raise self._no("several")
        for word in written.upper().split():
            if word in refused:
                raise self._no("word", word=word)

    # -- the tree

    def _tree(self, tokens: Sequence[Any]) -> Any:
        import sqlglot
        from sqlglot.errors import SqlglotError

        quiet = logging.getLogger("sqlglot")
        before = quiet.level
        quiet.setLevel(logging.ERROR)
        try:
            found = [tree for tree in sqlglot.parse(self._text, dialect=self._grammar) if tree]
        except (SqlglotError, RecursionError, ValueError) as error:
            raise self._no("unreadable", error=_first_line(error)) from None
        finally:
            quiet.setLevel(before)
        if len(found) != 1:
            raise self._no("several")
        return found[0]

    def _walk(self, tree: Any, inside: set[type]) -> None:
        from sqlglot import exp

        for node in tree.walk():
            changes = node is not tree and isinstance(node, exp.DML | exp.DDL | exp.Command)
            if changes and type(node) not in inside:
                raise self._no("changes", given=type(node).__name__.upper())
            if isinstance(node, exp.Into | exp.Lock | exp.SessionParameter | exp.PropertyEQ):
                raise self._no("changes", given=_shown(node.sql(self._grammar)))
            if isinstance(node, exp.WithTableHint | exp.QueryOption | exp.Hint):
                self._hint(node)
            if isinstance(node, exp.Parameter):
                raise self._no("parameter", given=_shown(node.sql(self._grammar)))
            if isinstance(node, exp.Func):
                self._function(node)
        self._sequences(tree)

    def _hint(self, node: Any) -> None:
        from sqlglot import exp

        if isinstance(node.parent, exp.ForClause):
            return  # FOR XML PATH, with which old databases join texts
        given = {part.name.upper() for part in node.expressions} or {node.name.upper()}
        if given - words().hints:
            raise self._no("hint", given="、".join(sorted(given - words().hints)))

    def _sequences(self, tree: Any) -> None:
        """Oracle draws a number by naming a column."""
        from sqlglot import exp

        for column in tree.find_all(exp.Column):
            if column.name.upper() == "NEXTVAL":
                raise self._no("function", name="NEXTVAL")

    def _function(self, node: Any) -> None:
        from sqlglot import exp

        known = not isinstance(node, exp.Anonymous | exp.AnonymousAggFunc)
        name = (type(node).__name__ if known else str(node.name)).upper()
        whole = ".".join([*_owners(node), name])
        never = words().never
        if name in never or whole in never or whole.startswith(words().never_begin):
            raise self._no("function", name=whole)
        if whole in self._own or (name == whole and (known or name in words().readers)):
            return
        raise self._no("unknown_function", name=whole)

    # -- the parameters

    def _checked(self, tokens: Sequence[Any], tree: Any, allowed: Sequence[str]) -> Checked:
        from sqlglot import exp

        holes = [hole.this for hole in tree.find_all(exp.Placeholder)]
        strange = [hole for hole in holes if hole not in allowed]
        if strange:
            given = f":{strange[0]}" if strange[0] else "?"
            known = "、".join(f":{name}" for name in allowed)
            raise self._no("parameter_unknown", given=given, known=known)
        if "visit_no" in allowed and not {"visit_no", "msgid"} & set(holes):
            raise self._no("parameter_missing", name=":visit_no")
        names = tuple(dict.fromkeys(str(hole) for hole in holes))
        return Checked("".join(_marked(self._text, tokens)), names)


QUOTED = frozenset({"STRING", "NATIONAL_STRING", "IDENTIFIER"})


def _marked(text: str, tokens: Sequence[Any]) -> Iterator[str]:
    """The text with the colons of its literals marked as no parameters."""
    end = 0
    for token in tokens:
        yield text[end : token.start]
        written = text[token.start : token.end + 1]
        yield written.replace(":", "\\:") if token.token_type.name in QUOTED else written
        end = token.end + 1


def _owners(node: Any) -> list[str]:
    """Schema and package before a function's name."""
    from sqlglot import exp

    owners: list[str] = []
    parent = node.parent
    while isinstance(parent, exp.Dot) and parent.expression is node:
        owners = [part.name.upper() for part in parent.this.find_all(exp.Identifier)]
        owners.sort(key=lambda name: parent.this.sql().upper().find(name))
        node, parent = parent, parent.parent
    return owners


def _shown(text: str) -> str:
    return " ".join(text.split())[:SHOWN]


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:SHOWN] if str(error) else type(error).__name__
