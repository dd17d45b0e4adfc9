"""Every mistake of a local profile is named: file, table, key, and what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import SetupError
from core.protocol.layering import lay, without
from core.protocol.loading import examine, load_profile
from core.protocol.mistakes import Mistake, did_you_mean, shown


def mistakes(folder: Path, text: str) -> list[Mistake]:
    local = folder / "local.toml"
    local.write_text(text, "utf-8")
    return list(examine("zjs", local)[1])


def only(folder: Path, text: str) -> Mistake:
    (found,) = mistakes(folder, text)
    assert found.file.endswith("local.toml")
    assert found.line.startswith(found.file)
    return found


FIELD = "[transactions.2207.request.setl_time]\n"
NEW = '[transactions.2207.request.extra]\nlabel = "新"\n'
REFERRAL = "[transactions.2301]\nclass = 'business'\neffect = 'writes'\ntimeout = 9\n"
CASES = [
    # slips of the pen
    ("transaction = 1", "", "transaction", "「transactions」"),
    ("[transactions.2270]\ntimeout = 4", "transactions", "2270", "「2207」"),
    ("[transactions.2207]\ntimout = 4", "transactions.2207", "timout", "「timeout」"),
    (
        "[transactions.2207.request.setl_tiem]\nlength = 3",
        "transactions.2207.request",
        "setl_tiem",
        "「setl_time」",
    ),
    (
        "[transactions.2207.reply.hifp_pya]\nlength = 3",
        "transactions.2207.reply",
        "hifp_pya",
        "「hifp_pay」",
    ),
    (FIELD + "lenght = 3", "transactions.2207.request.setl_time", "lenght", "「length」"),
    ("[envelope.request.infoo]\nlength = 4", "envelope.request", "infoo", "「infno」"),
    ("[envelope]\nacepted = ['0']", "envelope", "acepted", "「accepted」"),
    ("[elements.psnno]\nlength = 4", "elements", "psnno", "「psn_no」"),
    ("[elements.psn_no]\nlenght = 4", "elements.psn_no", "lenght", "「length」"),
    ("[codes.medtype]\nvalues = {1 = 'x'}", "codes", "medtype", "「med_type」"),
    ("[codes.med_type]\nvalue = {1 = 'x'}", "codes.med_type", "value", "「values」"),
    ("[resolve]\nquite = 3", "resolve", "quite", "「quiet」"),
    ("[capabilities]\nreversals = true", "capabilities", "reversals", "「reversal」"),
    ("[texts]\nalready_don = ['x']", "texts", "already_don", "「already_done」"),
    ("[message]\nescaped = true", "message", "escaped", "「escape」"),
    # wrong kinds of values
    ("[transactions.2207]\ntimeout = '4'", "transactions.2207", "timeout", "数字"),
    ("[transactions.2207]\ntimeout = 0", "transactions.2207", "timeout", "大于 0"),
    ("[transactions.2207]\ntimeout = 6000", "transactions.2207", "timeout", "不得大于 600"),
    ("[transactions.2207]\ntimeout = nan", "transactions.2207", "timeout", "nan"),
    ("[transactions.2207]\nrepeatable = 1", "transactions.2207", "repeatable", "true 或 false"),
    ("[transactions.2207]\neffect = 'writs'", "transactions.2207", "effect", "「writes」"),
    ("[transactions.2207]\nbatch = 1.5", "transactions.2207", "batch", "整数"),
    ("[transactions.2207]\ntitle = 5", "transactions.2207", "title", "文字"),
    ("[transactions.2207]\nrequest = 5", "transactions.2207", "request", "应为表"),
    ("[transactions]\n2207 = 5", "transactions", "2207", "应为表"),
    (FIELD + "length = -1", "transactions.2207.request.setl_time", "length", "不得小于 0"),
    (FIELD + "required = 'yes'", "transactions.2207.request.setl_time", "required", "yes"),
    (FIELD + "type = 'datetime'", "transactions.2207.request.setl_time", "type", "moment"),
    (
        "[transactions.2207.request]\nsetl_time = 5",
        "transactions.2207.request",
        "setl_time",
        "应为表",
    ),
    ("[elements.psn_no]\nlength = 'x'", "elements.psn_no", "length", "整数"),
    ("[resolve]\nbackoff = 5", "resolve", "backoff", "列表"),
    ("[resolve]\nbackoff = []", "resolve", "backoff", "不可用"),
    ("[resolve]\nlimit = 0", "resolve", "limit", "不得小于 1"),
    ("[envelope]\naccepted = '0'", "envelope", "accepted", "列表"),
    # references and contradictions
    ("[transactions.2207]\nquery_with = '9130'", "transactions.2207", "query_with", "「9103」"),
    ("[transactions.2207]\nreverse_with = ''", "transactions.2207", "reverse_with", "冲正"),
    ("[transactions.2207]\nquery_with = ''", "transactions.2207", "query_with", "查明"),
    ("[transactions.9106]\ndrop = true", "transactions.9106", "drop", "3101"),
    ("[transactions.9103.paging]\npage = 'pag'", "transactions.9103.paging", "page", "「page」"),
    (
        "[transactions.2207.request]\nmed_type = {codes='med_typ'}",
        "transactions.2207.request.med_type",
        "codes",
        "「med_type」",
    ),
    (FIELD + "wire = 'MED_TYPE'", "transactions.2207.request.setl_time", "wire", "重复"),
    (FIELD + "wire = ' '", "transactions.2207.request.setl_time", "wire", "不能为空"),
    (
        FIELD + "type = 'text'\nformat = 'yyyyMMdd'",
        "transactions.2207.request.setl_time",
        "format",
        "日期",
    ),
    (
        "[transactions.2207.reply.hifp_pay]\ndecimals = 4",
        "transactions.2207.reply.hifp_pay",
        "decimals",
        "两位小数",
    ),
    (
        "[transactions.2207.reply.hifp_pay]\ndrop = true",
        "transactions.2207.reply.hifp_pay",
        "drop",
        "统筹支付",
    ),
    (
        "[transactions.2207.request.mdtrt_id]\nname = 'bill'",
        "transactions.2207.request.mdtrt_id",
        "name",
        "wire",
    ),
    ("[transactions.2207]\nstep = 'pay'", "transactions.2207", "step", "不可改动"),
    ("[elements.psn_no]\nname = 'person'", "elements.psn_no", "name", "不可改动"),
    ("[envelope.reply.infcode]\ndrop = true", "envelope", "reply", "code"),
    ("family = 'gd'", "", "family", "gd"),
    # added fields
    (NEW, "transactions.2207.request", "extra", "source"),
    (
        NEW + "source = 'constnat'\nvalue = 'x'",
        "transactions.2207.request.extra",
        "source",
        "「constant」",
    ),
    (NEW + "source = 'constant'", "transactions.2207.request.extra", "value", "value"),
    (NEW + "source = 'ask'\nvalue = 'x'", "transactions.2207.request.extra", "value", "value"),
    (
        NEW + "source = 'setting'\nsetting = 'hospital.nam'",
        "transactions.2207.request.extra",
        "setting",
        "「hospital.name」",
    ),
    (NEW + "source = 'header'", "transactions.2207.request.extra", "source", "header"),
    (NEW + "source = 'ask'\ntype = 'code'", "transactions.2207.request.extra", "codes", "代码表"),
    (NEW + "source = 'ask'\ntype = 'rows'", "transactions.2207.request.extra", "fields", "fields"),
    (NEW + "source = 'ask'\nname = 'visit_no'", "transactions.2207.request.extra", "name", "重复"),
    (
        NEW + "source = 'constant'\nvalue = '99'\ncodes = 'med_type'",
        "transactions.2207.request.extra",
        "value",
        "医疗类别",
    ),
    (
        NEW + "source = 'ask'\nwhen = {field = 'med_typ', in = ['11']}",
        "transactions.2207.request.extra.when",
        "field",
        "「med_type」",
    ),
    (
        NEW + "source = 'ask'\nwhen = {field = 'med_type', in = ['99']}",
        "transactions.2207.request.extra.when",
        "in",
        "医疗类别",
    ),
    (
        NEW + "source = 'ask'\nwhen = {field = 'med_type'}",
        "transactions.2207.request.extra",
        "when",
        "之一",
    ),
    (
        NEW + "source = 'ask'\nwhen = {field = 'med_type', inn = ['11'], in = ['11']}",
        "transactions.2207.request.extra.when",
        "inn",
        "「in」",
    ),
    (
        "[transactions.2207.reply.extra]\nlabel = '新'\nsource = 'ask'",
        "transactions.2207.reply.extra",
        "source",
        "应答",
    ),
    (
        "[envelope.request.extra]\nlabel = '新'\nsource = 'given'",
        "envelope.request.extra",
        "source",
        "来源",
    ),
    (
        REFERRAL + "step = 'settle'\ntitle = '转诊'",
        "transactions.2301",
        "step",
        "2207",
    ),
    (
        REFERRAL + "step = 'referral'",
        "transactions.2301",
        "title",
        "缺少",
    ),
]


@pytest.mark.parametrize(
    ("text", "table", "key", "hint"), CASES, ids=[case[0][:60] for case in CASES]
)
def test_one_mistake_is_named_with_file_table_and_key(
    tmp_path: Path, text: str, table: str, key: str, hint: str
) -> None:
    found = only(tmp_path, text + "\n")
    assert (found.table, found.key) == (table, key)
    assert hint in found.says
    assert found.key in found.line and (not table or f"[{table}]" in found.line)


def test_all_mistakes_come_at_once_whatever_their_kind(tmp_path: Path) -> None:
    text = """
    famly = "zjs"
    [transactions.2207]
    timout = 4
    query_with = "9130"
    [transactions.2207.request]
    med_type = { lenght = 5 }
    rows = { label = "新", source = "ask", type = "rows" }
    odd = { label = 5, source = "ask", kind = "x" }
    setl_tiem = { length = 3 }
    [elements.psn_no]
    length = "x"
    """
    found = {(item.table.rpartition(".")[2], item.key) for item in mistakes(tmp_path, text)}
    assert found == {
        ("", "famly"),
        ("2207", "timout"),
        ("2207", "query_with"),
        ("med_type", "lenght"),
        ("rows", "fields"),
        ("odd", "label"),
        ("odd", "kind"),
        ("request", "setl_tiem"),
        ("psn_no", "length"),
    }


def test_a_mistake_in_an_element_is_named_once(tmp_path: Path) -> None:
    assert only(tmp_path, "[elements.ipt_otp_no]\nlength = 'long'\n").table == "elements.ipt_otp_no"


def test_loading_with_mistakes_raises_them_all(tmp_path: Path) -> None:
    local = tmp_path / "local.toml"
    local.write_text("[transactions.2207]\ntimout = 4\ntimeout = 'x'\n", "utf-8")
    with pytest.raises(SetupError) as caught:
        load_profile("zjs", local)
    assert {item.field for item in caught.value.faults} == {
        "transactions.2207.timout",
        "transactions.2207.timeout",
    }
    assert all("local.toml" in item.text for item in caught.value.faults)


def test_bad_toml_is_named_with_line_and_column(tmp_path: Path) -> None:
    found = only(tmp_path, "[transactions.2207]\ntimeout = = 4\n")
    assert "第 2 行" in found.says
    assert found.line == f"{found.file}：{found.says}"


def test_a_file_cut_short_is_a_sentence(tmp_path: Path) -> None:
    assert only(tmp_path, '[transactions."').says


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    missing = examine("zjs", tmp_path / "none.toml")
    assert missing[0] is None and "找不到" in missing[1][0].says
    (tmp_path / "gbk.toml").write_bytes('family = "工伤"'.encode("gbk"))
    assert "UTF-8" in examine("zjs", tmp_path / "gbk.toml")[1][0].says
    assert examine("zjs", tmp_path)[1][0].says
    (tmp_path / "huge.toml").write_bytes(b"#" * (2 * 1024 * 1024 + 1))
    assert "超过" in examine("zjs", tmp_path / "huge.toml")[1][0].says


@pytest.mark.parametrize("family", ["gx", "", "../zjs", "zjs/..", "manual.html"])
def test_an_unknown_family_is_a_sentence(family: str) -> None:
    profile, found = examine(family)
    assert profile is None
    assert family in found[0].says
    with pytest.raises(SetupError):
        load_profile(family)


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("2270", ["2206", "2207", "2209"], "2207"),
        ("LENGTH", ["length"], "length"),
        ("xyz", ["length"], ""),
        ("a", [], ""),
    ],
)
def test_did_you_mean(word: str, known: list[str], hint: str) -> None:
    said = did_you_mean(word, known)
    assert (f"「{hint}」" in said) if hint else said == ""


def test_long_values_are_cut_in_sentences() -> None:
    assert shown("x" * 100) == "x" * 60 + "…"
    assert shown(5) == "5"


def test_laying_merges_tables_and_replaces_the_rest() -> None:
    base = {"a": {"x": 1, "y": [1]}, "b": 2}
    assert lay(base, {"a": {"y": [2]}, "c": 3}) == {"a": {"x": 1, "y": [2]}, "b": 2, "c": 3}
    assert lay(base, {"a": 5}) == {"a": 5, "b": 2}
    assert base == {"a": {"x": 1, "y": [1]}, "b": 2}


def test_leaving_out_what_is_wrong() -> None:
    tree = {"a": {"x": 1, "y": 2}, "b": {"z": 1}}
    assert without(tree, [("a", "x")]) == {"a": {"y": 2}, "b": {"z": 1}}
    assert without(tree, [("a", "x"), ("a", "x"), ("a", "y")]) == {"b": {"z": 1}}
    assert without(tree, [("a", "missing")]) == {"b": {"z": 1}}
    assert without(tree, [("no", "such")]) == tree
