"""Five deliberate breakages of the design: patches that only a test lays over the product."""

from __future__ import annotations

from core.journal.store import Journal
from core.outcome import Rejected
from core.service import probes, resolve
from core.service.transact import Road


def journal_after_the_call(patch):
    """The message leaves first, and is written down when the answer is there."""
    sent = Road._send

    def send(self, rule, draft, values, rows):
        written = Journal.intend

        def later(journal, wanted, build):
            early = build(journal._counter())
            self.early = self._gateway.call(early.code, early.payload, early.deadline)
            self._probe(probes.CALL_RETURNED)
            return written(journal, wanted, build)

        with patch.context() as inner:
            inner.setattr(Journal, "intend", later)
            return sent(self, rule, draft, values, rows)

    patch.setattr(Road, "_send", send)
    patch.setattr(Road, "_call", lambda self, message: self.centre.read(message.step, self.early))


def exception_means_failed(patch):
    """No answer is taken for a refusal, as most programs of the field do."""
    called = Road._call

    def call(self, message):
        outcome = called(self, message)
        return Rejected("-1", outcome.text) if outcome.name == "unknown" else outcome

    patch.setattr(Road, "_call", call)


def no_quiet_time(patch):
    """What is not on the list now will never be."""
    patch.setattr(resolve.Resolver, "_quiet_is_over", lambda self, row: True)
    again = resolve.Resolver._again

    def at_once(self, row, known, absent=None):
        row = again(self, row, known, absent)
        change = resolve.Change(next_try=self._road.clock.now())
        return self._change(row, change) if row.is_open else row

    patch.setattr(resolve.Resolver, "_again", at_once)


def believe_one_absent(patch):
    """One look that does not find it is enough."""
    patch.setattr(resolve, "LOOKS", 1)


def message_id_reused(patch):
    """A new attempt of the same kind leaves under the id of the first."""
    unused = Journal._unused

    def reused(self, build):
        message = build(0)
        sql = "SELECT msgid FROM txn WHERE code = ? AND state NOT IN ('settled') AND blocks = 1"
        row = self.db.conn.execute(sql, (message.code,)).fetchone()
        if row is None:
            return unused(self, build)
        return _under(message, row[0])

    def insert(self, row):
        self.db.conn.execute("DROP TRIGGER IF EXISTS txn_is_kept")
        self.db.conn.execute("DELETE FROM txn WHERE msgid = ?", (row.msgid,))
        inserted(self, row)

    inserted = Journal.insert
    patch.setattr(Journal, "_unused", reused)
    patch.setattr(Journal, "insert", insert)


def _under(message, msgid):
    """The same message with another id, in text and bytes."""
    return type(message)(
        message.step, message.code, msgid, message.text.replace(message.msgid, msgid),
        message.payload.replace(message.msgid.encode(), msgid.encode()), message.deadline,
    )  # fmt: skip


BREAKAGES = {
    "journal after the call": journal_after_the_call,
    "exception means failed": exception_means_failed,
    "no quiet time": no_quiet_time,
    "believe one absent": believe_one_absent,
    "message id reused": message_id_reused,
}
