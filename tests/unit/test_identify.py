"""The card read, and whether card and hospital mean the same person."""

from __future__ import annotations

import pytest

from core.domain import Person, Registration
from core.outcome import Accepted, NotSent, Rejected, Unknown
from core.service.identify import person_of, qualifications_of, same_name
from core.simulator.world import persons
from tests.helpers.flows import lay_card


def person(name="沈示例", id_no="99010119800101001X"):
    return Person(number="P1", name=name, id_no=id_no)


def registration(name="沈示例", id_no="99010119800101001X"):
    return Registration(visit_no="MZ1", person_name=name, id_no=id_no)


@pytest.mark.parametrize(
    ("card", "his"),
    [
        ("沈建国", "沈建国"),
        ("沈 建国", "沈建国"),
        ("沈\u3000建国 ", "沈建国"),
        ("古丽娜尔·艾合买提", "古丽娜尔•艾合买提"),
        ("古丽娜尔・艾合买提", "古丽娜尔．艾合买提"),
        ("古丽娜尔‧艾合买提", "古丽娜尔.艾合买提"),
        ("古丽娜尔･艾合买提", "古丽娜尔艾合买提"),
        ("古丽娜尔∙艾合买提", "古丽娜尔⋅艾合买提"),
        ("ＡＮＮＡ　ＳＭＩＴＨ", "Anna Smith"),
        ("贺喆堃", "贺喆堃"),
        ("金\uf90a", "金金"),  # a compatibility character is the ordinary one
        ("陈?", "陈䶮"),
        ("陈？", "陈䶮"),
        ("陈䶮", "陈?"),
    ],
)
def test_the_same_name_in_two_spellings(card, his):
    assert same_name(card, his)
    assert same_name(his, card)


@pytest.mark.parametrize(
    ("card", "his"),
    [
        ("沈建国", "沈建囯"),
        ("沈建国", "沈建"),
        ("林誠", "林诚"),
        ("陈?", "陈龙"),
        ("陈?", "陈"),
        ("?", "䶮䶮"),
        ("陈䶮", "陈㛃"),
        ("", "沈建国"),
        ("贺喆堃", "贺哲堃"),
    ],
)
def test_another_name_is_never_taken_for_the_same(card, his):
    assert not same_name(card, his)
    assert not same_name(his, card)


def test_differences_are_said_with_both_names(desk):
    [found] = desk.identify.differences(person(), registration("沈例示"))
    assert found.key == "identify.name"
    assert "沈示例" in found.text and "沈例示" in found.text and "主管" in found.text


def test_another_id_number_is_told_without_showing_it(desk):
    other = "990101198001010028"
    [found] = desk.identify.differences(person(), registration(id_no=other))
    assert found.key == "identify.id_no"
    assert other not in found.text and person().id_no not in found.text


def test_both_may_differ_at_once(desk):
    found = desk.identify.differences(person(), registration("罗示例", "990101198001010028"))
    assert [item.key for item in found] == ["identify.name", "identify.id_no"]


@pytest.mark.parametrize(
    "known",
    [
        registration(), registration(name=""), registration(id_no=""),
        registration(id_no="99010119800101001x"),
    ],
)  # fmt: skip
def test_what_the_hospital_does_not_say_does_not_differ(desk, known):
    assert desk.identify.differences(person(), known) == ()


def test_a_card_without_number_is_compared_by_name(desk):
    assert desk.identify.differences(person(id_no=""), registration()) == ()


@pytest.mark.parametrize("one", persons(), ids=lambda one: one.key)
def test_every_person_of_the_centre_is_read_and_kept(desk, one):
    lay_card(desk, one.name)
    outcome, found = desk.identify.read_card()
    assert isinstance(outcome, Accepted)
    assert found.number == one.number and same_name(found.name, one.name)
    assert len(found.qualifications) == len(one.qualifications)
    assert found.in_hospital == one.in_hospital
    assert bool(found.refused_reason) == bool(one.refused_reason)
    assert desk.identify.last_person() == found


def test_the_person_read_last_is_remembered_by_the_next_desk(world):
    with world.desk() as desk:
        lay_card(desk, "罗秀英")
        desk.identify.read_card()
    with world.desk() as desk:
        assert desk.identify.last_person().name == "罗秀英"


def test_nobody_is_remembered_before_the_first_card(desk):
    assert desk.identify.last_person() is None


def test_a_refused_card_gives_nobody_and_forgets_nobody(world, desk):
    lay_card(desk, "罗秀英")
    desk.identify.read_card()
    world.fault("refuse", "1101", text="卡片未放好")
    outcome, found = desk.identify.read_card()
    assert isinstance(outcome, Rejected) and outcome.text == "卡片未放好"
    assert found is None
    assert desk.identify.last_person().name == "罗秀英"


def test_a_card_read_without_answer_leaves_nothing_open(world, desk):
    world.fault("request_lost", "1101")
    outcome, found = desk.identify.read_card()
    assert isinstance(outcome, Unknown) and found is None
    assert desk.resolve.pending() == ()


def test_a_library_that_is_not_there_reads_no_card(world, desk):
    world.gateway.unsent = True
    outcome, found = desk.identify.read_card()
    assert isinstance(outcome, NotSent) and found is None


def test_values_become_a_person_and_absent_ones_empty_texts():
    found = person_of({"person_no": 17, "name": "沈示例", "in_hospital": "1", "age": None})
    assert (found.number, found.name, found.age, found.in_hospital) == ("17", "沈示例", "", True)
    assert not person_of({"in_hospital": "0"}).in_hospital


def test_qualifications_keep_the_centres_order_and_need_a_number():
    said = {"conclusions": [
        {"id": "Q2", "text": "左手", "kind": "肢体残"}, {"id": "", "text": "无号"}, {"id": "Q1"},
    ]}  # fmt: skip
    assert [item.id for item in qualifications_of(said)] == ["Q2", "Q1"]
    assert qualifications_of({}) == ()
