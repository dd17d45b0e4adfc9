"""医院接口 without a window: a wizard that tries before it saves, and the letters that wait."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from core.clock import ManualClock
from core.domain import Amounts, Operator, Role
from core.domain.writeback import Letter, LetterState
from core.errors import InvalidInput, Refused, fault
from core.his import port
from core.his.connect import Place
from core.his.port import Preview
from core.secrets import GivenSecrets
from core.service.connections import Connections
from core.settings import Settings, load_settings
from gui.screens.connect.adapter import AdapterPresenter
from gui.screens.connect.form import AdapterForm
from gui.screens.connect.outbox import OutboxPresenter
from gui.screens.connect.pages import pages
from gui.screens.connect.pages.folder import FolderForm
from tests.helpers.his import fee_line as a_line
from tests.helpers.his import rows_of, text_of, told

IT = Operator(id="0301", name="信息科甲", role=Role.IT)
PAID = Amounts(total=3720, fund=3000, personal=720)


class Page:
    """A page that does its work at once and keeps what was said."""

    def __init__(self):
        self.said, self.shown = [], 0

    def run(self, work):
        try:
            value = work.call()
        except (InvalidInput, Refused) as error:
            work.failed(error)
        else:
            work.done(value)
        return True

    def refresh(self):
        self.shown += 1

    def tell(self, message):
        self.said.append((message.kind, message.text))

    def hush(self):
        self.said.clear()


@pytest.fixture
def desk(tmp_path):
    """The services that the screen asks, over a home that is empty."""
    clock = ManualClock()
    place = Place(tmp_path, tmp_path / "data", clock, GivenSecrets())
    return SimpleNamespace(
        home=tmp_path, settings=Settings(), clock=clock, connections=Connections(place),
        session=SimpleNamespace(acting=lambda: IT),
    )  # fmt: skip


@pytest.fixture
def adapter(desk):
    return AdapterPresenter(desk, Page(), FolderForm())


def good(desk, **more):
    drop = desk.home / "drop"
    (drop / "in").mkdir(parents=True, exist_ok=True)
    return {"path": "drop", "quiet_seconds": "0", "most_mib": "1", "most_rows": "100", **more}


# -- the registry


def test_every_page_has_its_words_and_can_be_loaded():
    names = [page.name for page in pages()]
    assert names[0] == "outbox" and "folder" in names
    for page in pages():
        assert page.title and page.hint and page.load_view()
        if page.form:
            made = page.load_form()()
            assert isinstance(made, AdapterForm) and made.name == page.name
            assert all(spec.label for spec in made.specs())


def test_what_a_form_says_is_what_its_settings_say():
    for page in pages():
        if page.form and page.load_form() is FolderForm:
            form = page.load_form()()
            kept = form.table(form.texts(Settings().his))
            assert kept == Settings().his.folder.model_dump()


# -- the wizard


def test_a_faulty_field_is_named_and_nothing_is_tried(adapter):
    for press in (adapter.test, lambda texts: adapter.look(texts, "")):
        press({"path": "", "quiet_seconds": "9999", "most_mib": "1", "most_rows": "1"})
        assert {item.field for item in adapter.faults} == {"path", "quiet_seconds"}
        assert "2 处" in adapter.page.said[-1][1]
    assert adapter.tested is None and adapter.preview is None


def test_a_test_shows_its_steps(desk, adapter):
    adapter.test(good(desk))
    assert [step.good for step in adapter.tested] == [True] * 3
    assert adapter.page.said == [("done", "测试通过。")]
    adapter.test(good(desk, path="nowhere"))
    assert adapter.tested == (port.Tested("文件夹", False, adapter.tested[0].says),)
    assert adapter.page.said[-1][0] == "danger" and "不存在" in adapter.tested[0].says


def test_a_preview_is_counted_and_explained(desk, adapter):
    texts = good(desk)
    assert adapter.counts() == {} and "什么都不会改动" in adapter.remarks()
    rows = rows_of([a_line(number) for number in range(1, 60)])
    (desk.home / "drop" / "in" / "lines.csv").write_text(text_of(rows), "utf-8")
    adapter.look(texts, "")
    assert adapter.counts() == {"visits": 0, "lines": 50, "rejected": 0}
    assert "只显示前面一部分" in adapter.remarks()
    assert adapter.preview.mapping and isinstance(adapter.preview, Preview)


def test_saved_settings_count_from_the_next_start(desk, adapter):
    assert adapter.state() == "off"
    adapter.save(good(desk), True)
    assert adapter.state() == "restart" and "下次启动" in adapter.page.said[-1][1]
    his = load_settings(desk.home).his
    assert his.use == ("folder",) and his.folder.path == "drop" and his.folder.most_rows == 100
    desk.settings = load_settings(desk.home)
    assert adapter.state() == "training"  # a training desk works with the invented hospital
    adapter.save(good(desk, quiet_seconds="7"), True)
    assert adapter.page.said[-1][1] == "已保存。"
    assert adapter.texts["quiet_seconds"] == "7"
    adapter.save(good(desk), False)
    assert load_settings(desk.home).his.use == () and adapter.state() == "restart"


def test_what_the_settings_do_not_take_stands_at_its_field(desk):
    with pytest.raises(InvalidInput) as refused:
        desk.connections.checked("folder", {"most_rows": 0, "strange": 1})
    assert {item.field for item in refused.value.faults} == {"most_rows", "strange"}


def test_comments_of_the_settings_file_and_other_ways_stay(desk):
    file = desk.home / "settings.toml"
    file.write_text("# ours\n[his]\ntries = 9 # enough\n[desk]\nnumber = 4\n", "utf-8")
    desk.connections.save("folder", {"path": "drop"}, True)
    text = file.read_text("utf-8")
    assert "# ours" in text and "# enough" in text
    found = load_settings(desk.home)
    assert (found.his.tries, found.desk.number, found.his.folder.path) == (9, 4, "drop")


def test_a_typed_password_is_used_for_the_test_and_kept_only_when_saved(desk):
    class Way:
        def __init__(self, place):
            self.place = place

        def test(self):
            return (port.Tested("-", True, self.place.secrets.read("his.x")),)

        def close(self):
            pass

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.service.connections.adapter", lambda name, told, place: Way(place))
        (step,) = desk.connections.test("folder", {}, {"his.x": "geheim"})
    secrets = desk.connections._place.secrets
    assert step.says == "geheim" and secrets.read("his.x") == ""
    desk.connections.save("folder", {}, False, {"his.x": "geheim"})
    assert secrets.read("his.x") == "geheim"


# -- the letters


class Box:
    """An outbox with a few letters."""

    def __init__(self, clock):
        now = clock.now()
        later = now + timedelta(minutes=5)
        self.asked = []
        self.letters = (
            Letter(number=1, told=told("M1", "register", "MZ1"), state=LetterState.DEAD, tries=9,
                   error="拒收", made=now),
            Letter(number=2, told=told("M2", "settle", "MZ1", "1", PAID),
                   state=LetterState.WAITING, made=now, behind="M1"),
            Letter(number=3, told=told("M3", "settle", "MZ3", "1", PAID), tries=2,
                   state=LetterState.WAITING, made=now, next_try=later, error="连不上"),
            Letter(number=4, told=told("M4", "register", "MZ4"), state=LetterState.WAITING,
                   made=now),
        )  # fmt: skip
        self.done = (
            Letter(number=0, told=told("M0", "register", "MZ0"), state=LetterState.DELIVERED,
                   made=now, ended=now),
        )  # fmt: skip

    def open(self):
        return self.letters

    def closed(self):
        return self.done

    def send_again(self, msgid, by, reason):
        self.asked.append(("again", msgid, by.id, reason))

    def by_hand(self, msgid, by, reason):
        if reason == "no":
            raise Refused(fault("outbox.not_open"))
        self.asked.append(("by_hand", msgid, by.id, reason))


@pytest.fixture
def letters(desk):
    desk.outbox = Box(desk.clock)
    made = OutboxPresenter(desk, Page())
    made.load()
    return made


def test_the_first_letter_is_chosen_and_explained(letters):
    assert letters.letter.told.msgid == "M1" and "登记" in letters.headline()
    assert "不再自动重试" in letters.facts() and "拒收" in letters.facts()
    assert letters.why_not("outbox_again") is None


@pytest.mark.parametrize(
    ("place", "says", "may"),
    [(1, "前一笔（M1）", False), (2, "下一次自动重试：03-02 09:05:00", True), (3, "马上", True)],
)
def test_each_situation_has_its_sentence(letters, place, says, may):
    letters.choose(letters.letters[place])
    assert says in letters.facts()
    assert (letters.why_not("outbox_again") is None) is may


def test_closed_ones_are_only_looked_at(letters):
    letters.show("closed")
    assert letters.letter.told.msgid == "M0" and "已写回医院" in letters.facts()
    assert letters.why_not("outbox_by_hand").key == "outbox.not_open"


def test_a_decision_carries_name_and_reason(letters):
    letters.send_again("已修复")
    letters.by_hand("已补记")
    assert letters.desk.outbox.asked == [
        ("again", "M1", IT.id, "已修复"), ("by_hand", "M1", IT.id, "已补记"),
    ]  # fmt: skip
    letters.by_hand("no")
    assert letters.page.said[-1][0] in ("danger", "warning")


def test_an_empty_outbox_chooses_nothing(letters):
    letters.desk.outbox.letters = ()
    letters.load()
    assert letters.letter is None and letters.headline() == ""
    assert letters.why_not("outbox_again").key == "connect.outbox.none_chosen"
