"""The action table: keys of ux.md, no key that means two things, the desk's own keys over it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from core.centre.port import Capabilities
from core.errors import fault
from gui.abilities import able
from gui.actions import ActionTable, key_faults, shipped
from gui.screens.registry import on_rail, rail_key, screens
from gui.widgets.keys import PageKeys, cover

PROMISED = {
    "keys": "F1",
    "settle": "F2",
    "register": "F3",
    "qualification": "F4",
    "presettle": "F5",
    "ask_now": "F5",
    "patient": "F6",
    "switch_search": "F7",
    "refund": "F8",
    "find_bill": "F9",
    "next_patient": "Ctrl+N",
    "import_fees": "Ctrl+O",
    "print_slip": "Ctrl+P",
    "lock": "Ctrl+Alt+L",
}


@pytest.mark.parametrize(("name", "key"), PROMISED.items())
def test_the_keys_that_fingers_know(name, key):
    assert ActionTable()[name].key == key


def test_no_shipped_key_means_two_things():
    assert key_faults(shipped(), [f"Alt+{digit}" for digit in range(10)]) == ()


@pytest.mark.parametrize("row", shipped(), ids=lambda row: row.name)
def test_every_row_can_be_used(row):
    assert row.label
    assert row.scope in {"window", "wait", *screens()}
    sequence = QKeySequence(row.key)
    assert sequence.toString(QKeySequence.SequenceFormat.PortableText) == row.key


def test_names_are_unique():
    names = [row.name for row in shipped()]
    assert len(names) == len(set(names))


def test_the_desk_may_have_keys_of_its_own():
    table = ActionTable({"settle": "F10", "unheard_of": "F11"})
    assert table["settle"].key == "F10"
    assert table["settle"].label == ActionTable()["settle"].label
    assert len(table.all()) == len(shipped())


def test_a_clash_is_named_at_its_field():
    found = key_faults(ActionTable({"presettle": "f2"}).all())
    assert [item.field for item in found] == ["settle", "presettle"]
    assert all("结算" in item.text for item in found)


def test_a_key_of_every_screen_clashes_with_all():
    found = key_faults(ActionTable({"settle": "F1"}).all())
    assert [item.field for item in found] == ["keys", "settle"]


def test_the_rail_keeps_its_keys():
    found = key_faults(ActionTable({"settle": "Alt+1"}).all(), ["Alt+1"])
    assert [item.field for item in found] == ["settle"]


def test_an_emptied_key_clashes_with_nothing():
    assert key_faults(ActionTable({"settle": "", "presettle": ""}).all()) == ()


def test_the_rail_has_ten_keys():
    assert [rail_key(place) for place in (0, 8, 9, 10)] == ["Alt+1", "Alt+9", "Alt+0", ""]


def test_screens_are_found_by_themselves():
    assert {"login", "settings", "selfcheck"} <= set(screens())
    assert "login" not in [spec.name for spec in on_rail(screens().values(), "cashier")]


@pytest.mark.parametrize("spec", screens().values(), ids=lambda spec: spec.name)
def test_every_screen_has_a_name_and_a_class(spec):
    assert spec.label
    assert spec.load().name == spec.name


@pytest.fixture
def bound(qtbot, dressed):
    page = QWidget()
    qtbot.addWidget(page)
    keys, pressed = PageKeys(page, ActionTable()), []
    keys.bind("settle", lambda: pressed.append("settle"))
    return page, keys, pressed


def test_a_button_shows_its_key_and_presses_it(bound, qtbot):
    _, keys, pressed = bound
    button = keys.button("settle", primary=True)
    qtbot.addWidget(button)
    assert "结算" in button.text()
    assert "F2" in button.text()
    button.click()
    assert pressed == ["settle"]


def test_a_grey_button_says_why(bound, qtbot):
    _, keys, _ = bound
    button = keys.button("settle")
    qtbot.addWidget(button)
    keys.allow("settle", fault("form.required", label="就诊号"))
    assert not button.isEnabled()
    assert "就诊号" in button.toolTip()
    keys.allow("settle")
    assert button.isEnabled()
    assert button.toolTip() == ""


def test_keys_sleep_below_an_overlay(bound):
    page, keys, pressed = bound
    cover(page, +1)
    cover(page, +1)
    cover(page, -1)
    keys.trigger("settle")
    assert pressed == []
    cover(page, -1)
    keys.trigger("settle")
    assert pressed == ["settle"]


CENTRE = SimpleNamespace(
    has=lambda step, stay=False: step == "record_patient",
    capabilities=Capabilities(split="required", identify_by=("card", "card_no")),
)


def test_a_screen_that_the_centre_cannot_serve_is_not_on_the_rail():
    there = {spec.name for spec in on_rail(screens().values(), "cashier")}
    here = {spec.name for spec in on_rail(screens().values(), "cashier", CENTRE)}
    assert "records" in here
    assert "appeals" in there - here


@pytest.mark.parametrize(
    ("needs", "holds"),
    [((), True), (("record_patient",), True), (("appeal",), False),
     (("appeal", "split:required"), True), (("split:none",), False),
     (("identify_by:card_no",), True), (("identify_by:computer_no",), False),
     (("partial_refund:false",), True)],
)  # fmt: skip
def test_what_is_needed_of_a_centre(needs, holds):
    assert able(CENTRE, needs) is holds


def test_an_action_that_the_centre_lacks_is_nowhere(qtbot):
    page, table = QWidget(), ActionTable({}, CENTRE)
    qtbot.addWidget(page)
    assert table.lacks("special_filing")
    assert "special_filing" not in {row.name for row in table.of("inpatient")}
    keys = PageKeys(page, table)
    keys.bind("special_filing", lambda: None)
    button = keys.button("special_filing")
    qtbot.addWidget(button)
    button.setVisible(True)
    keys.allow("special_filing")
    assert button.isHidden()
    assert not button.isEnabled()


def test_a_tour_walks_only_what_the_centre_is_fit_for():
    from gui.tour import fits

    desk = SimpleNamespace(centre=CENTRE)
    assert fits(desk, "outpatient")
    assert not fits(desk, "appeal")
