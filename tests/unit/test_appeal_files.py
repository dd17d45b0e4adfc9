"""Attachments of an appeal within their limits, and the texts that a desk keeps for itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.domain.deduction import Appeal, Attachment
from core.errors import Refused
from core.service.appeal_files import MOST_OWN, checked, kib
from core.settings import AppealSettings
from tests.helpers.audits import PDF, Audited

LIMITS = AppealSettings(files=2, file_kib=4, files_kib=6)
EMPTY = Appeal(ded_id="KK1", amount=1)


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    made = Audited(tmp_path_factory.mktemp("files"))
    yield made
    made.close()


def with_files(*sizes: int) -> Appeal:
    """An appeal that has files of these sizes."""
    files = tuple(
        Attachment(digest=f"{place}", name=f"{place}.pdf", kind="pdf", size=size)
        for place, size in enumerate(sizes)
    )
    return EMPTY.model_copy(update={"attachments": files})


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("病历.pdf", "病历.pdf"),
        ("C:\\a\\b\\病历.PDF", "病历.pdf"),
        ("/srv/x/病历.jpg", "病历.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("坏\x00名\n.pdf", "坏名.pdf"),
        ("", "1.pdf"),
        ("名" * 300 + ".pdf", "名" * 56 + ".pdf"),
    ],
)
def test_names_lose_folders_and_strange_signs(name: str, kept: str) -> None:
    assert checked(EMPTY, name, PDF, LIMITS).name == kept
    assert len(kept.encode("gb18030")) <= 200


@pytest.mark.parametrize(
    ("appeal", "content", "key"),
    [
        (EMPTY, b"", "appeals.files.empty"),
        (EMPTY, b"MZ\x90", "appeals.files.kind"),
        (EMPTY, PDF + b"0" * 4096, "appeals.files.large"),
        (with_files(4000), PDF + b"0" * 3000, "appeals.files.whole"),
        (with_files(1, 1), PDF, "appeals.files.many"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(
    appeal: Appeal, content: bytes, key: str
) -> None:
    with pytest.raises(Refused) as refused:
        checked(appeal, "扫描.pdf", content, LIMITS)
    assert [one.key for one in refused.value.faults] == [key]
    assert refused.value.faults[0].field == "attachments"


def test_the_largest_that_fits() -> None:
    assert checked(EMPTY, "a", PDF.ljust(4096, b"0"), LIMITS).size == 4096
    assert checked(with_files(2048), "a", PDF.ljust(4096, b"0"), LIMITS).size == 4096
    assert (kib(0), kib(1), kib(1024), kib(1025)) == (0, 1, 1, 2)


def test_files_are_added_once_and_taken_off(audited: Audited) -> None:
    item = audited.listed()
    audited.appeals.attach(item.ded_id, "一.pdf", PDF + b"1")
    audited.appeals.attach(item.ded_id, "二.pdf", PDF + b"2")
    draft = audited.appeals.attach(item.ded_id, "又一.pdf", PDF + b"1")
    assert [one.name for one in draft.attachments] == ["又一.pdf", "二.pdf"]
    assert audited.desk.journal.archive.read(draft.attachments[0].digest) == PDF + b"1"
    left = audited.appeals.detach(item.ded_id, draft.attachments[0].digest)
    assert [one.name for one in left.attachments] == ["二.pdf"]
    assert audited.desk.journal.archive.holds(draft.attachments[0].digest)
    kinds = [event.kind for event in audited.appeals.history(item.ded_id)]
    assert kinds == ["new", "attached", "attached", "attached", "detached"]


def test_a_file_makes_a_draft_of_the_whole_amount(audited: Audited) -> None:
    item = audited.listed(55)
    audited.appeals.attach(item.ded_id, "一.pdf", PDF)
    assert audited.appeals.item(item.ded_id).drafted
    assert audited.appeals.draft(item.ded_id).amount == 55


def test_nothing_is_attached_to_what_was_sent(audited: Audited) -> None:
    item = audited.written()
    audited.appeals.send(item.ded_id)
    with pytest.raises(Refused):
        audited.appeals.attach(item.ded_id, "晚.pdf", PDF)
    with pytest.raises(Refused):
        audited.appeals.detach(item.ded_id, "0")


def test_a_shipped_text_takes_the_words_of_the_deduction(audited: Audited) -> None:
    item = audited.listed(100)
    words = audited.appeals.templates.fill("related", item, "普通门诊挂号费")
    for part in (item.person_name, item.visit_no, item.bill_no, "普通门诊挂号费", item.reason):
        assert part in words
    assert "{" not in words
    with pytest.raises(KeyError):
        audited.appeals.templates.fill("none", item)


def test_own_texts_are_kept_replaced_and_dropped(audited: Audited) -> None:
    templates = audited.appeals.templates
    shipped = len(templates.all())
    made = templates.keep("  我的  模板 ", "见{name}病历")
    assert made.label == "我的 模板" and made.own
    templates.keep("我的 模板", "第二版")
    assert len(templates.all()) == shipped + 1
    assert templates.fill(made.name, audited.listed()) == "第二版"
    templates.drop("related")
    templates.drop(made.name)
    assert len(templates.all()) == shipped


@pytest.mark.parametrize(("label", "text"), [("", "字"), (" ", "字"), ("名", " \n")])
def test_an_own_text_needs_a_name_and_words(audited: Audited, label: str, text: str) -> None:
    with pytest.raises(Refused, match="名称和内容"):
        audited.appeals.templates.keep(label, text)


def test_there_is_a_limit_to_own_texts(audited: Audited) -> None:
    import json

    rows = [(f"own:{n}", f"{n}", "字") for n in range(MOST_OWN)]
    with audited.desk.journal.commit():
        audited.desk.journal.ledger.remember("appeal_templates", json.dumps(rows))
    with pytest.raises(Refused, match=str(MOST_OWN)):
        audited.appeals.templates.keep("再一份", "字")
    assert audited.appeals.templates.keep("7", "新").text == "新"
