"""Nothing personal is left in a message's text, whatever its state; nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.protocol.wirejson import to_json
from tests.helpers.wire import overlaid, zjs

CARD = (
    '{"infcode":0,"output":{"psn_no":1,"psn_name":"张三丰",'
    '"certno":"990101199001011234","tel" : "13900001234"}}'
)


def test_a_reply_is_masked_and_otherwise_untouched() -> None:
    assert zjs().mask(CARD) == (
        '{"infcode":0,"output":{"psn_no":1,"psn_name":"张**",'
        '"certno":"990101********1234","tel" : "139****1234"}}'
    )


@given(st.integers(0, len(CARD)))
def test_a_reply_cut_anywhere_gives_nothing_away(end: int) -> None:
    shown = zjs().mask(CARD[:end])
    assert "张三丰" not in shown and "三" not in shown
    assert "19900101" not in shown
    assert "13900001234" not in shown


@pytest.mark.parametrize("key", ["CERTNO", "CertNo", "certno"])
def test_the_case_of_keys_does_not_matter(key: str) -> None:
    assert "19900101" not in zjs().mask(f'{{"{key}":"990101199001011234"}}')


def test_numbers_are_masked_like_text() -> None:
    assert (
        zjs().mask('{"tel":13900001234,"birthday":19900101}')
        == '{"tel":"139****1234","birthday":"1990****"}'
    )


def test_null_and_blank_stay() -> None:
    text = '{"psn_name":null,"certno":"","tel":""}'
    assert zjs().mask(text) == text


def test_escaped_text_is_hidden_whole() -> None:
    assert zjs().mask('{"psn_name":"\\u5f20\\u4e09"}') == '{"psn_name":"***"}'
    assert (
        zjs().mask('{"chfcomp":"he said \\"pain\\" there","next":1}')
        == '{"chfcomp":"***","next":1}'
    )


def test_id_numbers_in_free_text_are_hidden() -> None:
    shown = zjs().mask('{"err_msg":"人员990101199001011234不存在，或99010119900101123X"}')
    assert shown == '{"err_msg":"人员990101********1234不存在，或990101********123X"}'


def test_message_ids_and_moments_are_not_taken_for_id_numbers() -> None:
    text = '{"msgid":"H99000000001202603020930003007","refmsg_time":"20260302093000123"}'
    assert zjs().mask(text) == text


def test_plain_text_is_left_alone() -> None:
    assert zjs().mask("接口库返回 -3：网络超时") == "接口库返回 -3：网络超时"
    assert zjs().mask("") == ""


def test_a_renamed_field_is_masked_under_its_new_name(tmp_path) -> None:
    centre = overlaid(tmp_path, '[transactions.1101.reply]\ncertno = { wire = "idcard" }\n')
    assert "1990" not in centre.mask('{"idcard":"990101199001011234"}')


def test_a_field_of_a_local_profile_is_masked(tmp_path) -> None:
    centre = overlaid(
        tmp_path,
        '[transactions.2201.request.contact]\nlabel = "联系人"\nsource = "ask"\nmask = "name"\n',
    )
    assert centre.mask('{"contact":"李四光"}') == '{"contact":"李**"}'


@given(st.dictionaries(st.sampled_from(["psn_name", "certno", "tel", "x"]), st.text(max_size=12)))
def test_masking_twice_is_masking_once(values: dict[str, str]) -> None:
    once = zjs().mask(to_json(values))
    assert zjs().mask(once).count("*") >= once.count("*")
