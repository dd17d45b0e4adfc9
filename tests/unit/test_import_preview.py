"""From a file to a preview: what becomes a line, what does not, and why."""

from decimal import Decimal

import pytest

from core.errors import InvalidInput
from core.his import importer as module
from core.his.importer import FeeImporter, ImportPreview
from tests.helpers.his import (
    AT,
    HEADERS,
    LEAST,
    VISIT,
    fee_line,
    one_row,
    rows_of,
    text_of,
    write_text,
)


@pytest.fixture
def importer(tmp_path) -> FeeImporter:
    return FeeImporter(tmp_path)


@pytest.fixture
def read(importer, tmp_path):
    def preview(rows, visit_no: str = "", **how) -> ImportPreview:
        return importer.preview(write_text(tmp_path / "fees.csv", rows, **how), visit_no)

    return preview


def keys(preview: ImportPreview) -> list[str]:
    """The keys of all faults of lines."""
    return [fault.key for faulty in preview.faulty for fault in faulty.faults]


def remarks(preview: ImportPreview) -> list[str]:
    return [fault.key.removeprefix("import.remark.") for fault in preview.remarks]


# -- whole lines


def test_a_good_file_gives_its_lines(read) -> None:
    lines = (fee_line(1), fee_line(2, price="0.8333", quantity="3"))
    found = read(rows_of(lines))
    assert found.lines == lines
    assert found.usable and not found.faulty and not found.missing and not found.remarks
    assert found.total == 3720 + 250
    assert (found.source, found.encoding, found.delimiter) == ("fees.csv", "gbk", ",")
    assert found.headers == tuple(HEADERS.values())
    assert found.mapping == HEADERS
    assert found.visits == (VISIT,)


def test_least_columns_are_enough(read) -> None:
    found = read(rows_of([fee_line()], LEAST))
    assert found.lines[0].rx_no == "20260302"
    assert found.lines[0].list_type == "1"


def test_the_visit_may_be_given_instead_of_a_column(read) -> None:
    found = read(rows_of([fee_line()], LEAST[1:]), visit_no="MZ7")
    assert [line.visit_no for line in found.lines] == ["MZ7"]


def test_lines_of_other_visits_are_counted_and_left(read) -> None:
    mine, other = fee_line(1), fee_line(2, visit_no="MZ8")
    broken = fee_line(3, visit_no="MZ8", amount=1)
    found = read(rows_of([mine, other, broken]), visit_no=VISIT)
    assert found.lines == (mine,)
    assert (found.elsewhere, found.total, found.faulty) == (2, mine.amount, ())
    assert remarks(found) == ["elsewhere"]


def test_an_empty_visit_cell_takes_the_given_visit(read) -> None:
    assert read(one_row(visit_no=""), visit_no="MZ7").lines[0].visit_no == "MZ7"
    assert keys(read(one_row(visit_no=""))) == ["import.cell.empty"]


def test_several_visits_stay_apart(read) -> None:
    found = read(rows_of([fee_line(1), fee_line(1, visit_no="MZ8")]))
    assert found.visits == (VISIT, "MZ8") and found.usable


# -- faults


@pytest.mark.parametrize(
    ("field", "value", "key"),
    [
        ("price", "x", "cell.number"), ("price", "", "cell.empty"),
        ("price", "1.00001", "cell.four_places"),
        ("quantity", "", "cell.empty"), ("quantity", "0", "row.no_quantity"),
        ("quantity", "1.00001", "cell.four_places"), ("amount", "37.21", "row.amount"),
        ("amount", "", "cell.empty"), ("amount", "37.205", "cell.two_places"),
        ("occurred_at", "", "cell.empty"), ("occurred_at", "03/02/2026", "cell.moment"),
        ("occurred_at", "2026-02-30", "cell.no_such_day"), ("line_id", "", "cell.empty"),
        ("line_id", "2.02603E+17", "cell.digits_lost"), ("full_self_pay", "?", "cell.flag"),
        ("list_type", "9", "cell.list"), ("name", "字" * 5000, "cell.too_long"),
    ],
)  # fmt: skip
def test_every_fault_names_field_value_and_remedy(read, field: str, value: str, key: str) -> None:
    found = read([*one_row(**{field: value}), *one_row(line_id="L2")[1:]] if field in LEAST
                 else one_row(**{field: value}))  # fmt: skip
    assert keys(found) == [f"import.{key}"]
    fault = found.faulty[0].faults[0]
    assert found.faulty[0].row_number == 2
    assert fault.text.endswith("。") and len(fault.text) < 200
    assert fault.field in (field, "amount", "quantity")
    assert not found.usable


def test_all_faults_of_a_line_are_listed(read) -> None:
    found = read(one_row(price="x", quantity="", occurred_at="y"))
    assert sorted(keys(found)) == ["import.cell.empty", "import.cell.moment", "import.cell.number"]
    assert found.faulty[0].raw == (
        VISIT,
        "L0001",
        "布洛芬缓释胶囊",
        "D9900001",
        "x",
        "",
        "37.20",
        "y",
        "1",
    )


def test_an_amount_that_differs_shows_both(read) -> None:
    text = read(one_row(amount="40.00")).faulty[0].faults[0].text
    assert "40.00" in text and "37.20" in text and "18.6000" in text


def test_the_same_id_twice_names_the_first_row(read) -> None:
    found = read(rows_of([fee_line(1), fee_line(2), fee_line(1, quantity="1")]))
    assert keys(found) == ["import.row.twice"]
    assert found.faulty[0].row_number == 4 and "第 2 行" in found.faulty[0].faults[0].text


def test_a_row_with_too_many_cells(read) -> None:
    rows = one_row()
    rows[1].append("x")
    assert keys(read(rows)) == ["import.row.too_wide"]


def test_empty_cells_beyond_the_header_do_no_harm(read) -> None:
    rows = one_row()
    rows[1] += ["", " ", ""]
    assert read(rows).usable


def test_a_short_row_lacks_its_last_cells(read) -> None:
    rows = one_row()
    del rows[1][-2:]
    assert keys(read(rows)) == ["import.cell.empty"]


def test_a_swallowed_row_is_noticed(importer, tmp_path) -> None:
    rows = rows_of([fee_line(n) for n in (1, 2, 3)], LEAST)
    text = "\n".join("\t".join(row) for row in rows)
    text = text.replace("布洛芬缓释胶囊", '"布洛芬', 1).replace("布洛芬缓释胶囊", '布洛芬"', 1)
    (tmp_path / "a.txt").write_text(text, "gbk")
    found = importer.preview(tmp_path / "a.txt")
    assert keys(found) == ["import.cell.quote"]
    assert [line.line_id for line in found.lines] == ["L0003"]


def test_an_amount_beyond_every_account(read) -> None:
    price = quantity = "999999999999"
    assert "import.row.too_large" in keys(read(one_row(price=price, quantity=quantity, amount="1")))


# -- refunds


@pytest.mark.parametrize(
    ("price", "quantity", "amount", "mark"),
    [
        ("18.60", "-2", "-37.20", ""), ("-18.60", "2", "-37.20", ""), ("18.60", "2", "-37.20", ""),
        ("18.60", "2", "37.20", "退"), ("18.60", "2", "-37.20", "是"),
        ("18.60", "-2", "-37.20", "1"), ("18.60", "(2)", "(37.20)", ""),
    ],
)  # fmt: skip
def test_a_refund_is_one_however_it_is_written(read, price, quantity, amount, mark) -> None:
    rows = one_row(price=price, quantity=quantity, amount=amount)
    rows[0].append("退费标志")
    rows[1].append(mark)
    line = read(rows).lines[0]
    assert (line.price, line.quantity, line.amount) == (Decimal("18.60"), Decimal(-2), -3720)


@pytest.mark.parametrize(
    ("price", "quantity", "amount", "key"),
    [("-18.60", "-2", "37.20", "negative_price"), ("18.60", "-2", "37.20", "amount")],
)
def test_a_doubtful_refund_is_a_fault(read, price, quantity, amount, key: str) -> None:
    assert keys(read(one_row(price=price, quantity=quantity, amount=amount))) == [
        f"import.row.{key}"
    ]


def test_a_refund_may_name_its_original(read) -> None:
    lines = (fee_line(1), fee_line(2, quantity="-1", ref_line_id="L0001"))
    assert read(rows_of(lines)).lines == lines


# -- what the file does not have


def test_amounts_are_computed_half_up_where_no_column_has_them(read) -> None:
    fields = [name for name in LEAST if name != "amount"]
    lines = [fee_line(1, price="0.0150", quantity="1"), fee_line(2, price="0.0150", quantity="-1")]
    assert [line.amount for line in read(rows_of(lines, fields)).lines] == [2, -2]


def test_ids_are_made_from_content_and_stay(read) -> None:
    fields = [name for name in HEADERS if name != "line_id"]
    rows = rows_of([fee_line(1), fee_line(2), fee_line(3, name="另一种")], fields)
    first = read(rows)
    assert remarks(first) == ["made_ids"]
    ids = [line.line_id for line in first.lines]
    assert len(set(ids)) == 3 and all(len(one) <= 30 and one.isascii() for one in ids)
    assert ids == [line.line_id for line in read(rows, encoding="utf-8", delimiter=";").lines]
    assert set(ids) == {line.line_id for line in read([rows[0], *reversed(rows[1:])]).lines}


def test_ids_follow_the_value_and_not_its_spelling(read) -> None:
    fields = [name for name in HEADERS if name != "line_id"]
    rows = rows_of([fee_line(1)], fields)
    spelled = [rows[0], list(rows[1])]
    spelled[1][fields.index("price")] = "￥１８．６"
    assert read(rows).lines[0].line_id == read(spelled).lines[0].line_id


def test_a_missing_centre_code_column_is_remarked(read) -> None:
    fields = [name for name in LEAST if name != "centre_code"]
    assert remarks(read(rows_of([fee_line()], fields))) == ["no_centre_code"]


@pytest.mark.parametrize(
    ("category", "listed", "told"),
    [("西药费", "1", []), ("检查费", "2", []), ("床位费", "3", []), ("特需", "1", ["no_list_type"]),
     ("", "1", ["no_list_type"])],
)  # fmt: skip
def test_the_list_follows_from_the_category(read, category: str, listed: str, told) -> None:
    fields = [name for name in HEADERS if name != "list_type"]
    found = read(rows_of([fee_line(category=category)], fields))
    assert found.lines[0].list_type == listed and remarks(found) == told


def test_without_list_and_category_drugs_are_assumed_and_told(read) -> None:
    fields = [name for name in LEAST if name != "list_type"]
    found = read(rows_of([fee_line()], fields))
    assert found.lines[0].list_type == "1" and remarks(found) == ["no_list_type"]


@pytest.mark.parametrize("field", ["price", "quantity", "occurred_at", "visit_no"])
def test_a_missing_column_is_asked_for(read, field: str) -> None:
    found = read(rows_of([fee_line()], [name for name in LEAST if name != field]))
    assert found.missing == (field,) and not found.lines and not found.usable
    assert found.remarks[0].field == field and HEADERS[field] in found.remarks[0].text


# -- rows that are none


def test_footers_are_told_and_left(read) -> None:
    rows = rows_of([fee_line(1), fee_line(2)], LEAST)
    rows += [
        ["小 计", *[""] * 5, "74.40", ""],
        ["合计：", *[""] * 5, "￥74.40", ""],
        ["打印时间 2026-03-02"],
    ]
    found = read(rows)
    assert found.usable and remarks(found) == ["footer"] * 3
    assert found.stated_total == 7440


def test_a_footer_that_does_not_add_up_is_remarked(read) -> None:
    rows = [*rows_of([fee_line(1)], LEAST), ["合计", *[""] * 5, "37.30", ""]]
    found = read(rows)
    assert remarks(found)[0] == "sum" and found.stated_total == 3730
    assert "37.30" in found.remarks[0].text and "37.20" in found.remarks[0].text


def test_sums_of_parts_may_add_up_together(read) -> None:
    one, two = rows_of([fee_line(1)], LEAST), rows_of([fee_line(2, quantity="1")], LEAST)[1:]
    sums = [["合计", *[""] * 5, amount, ""] for amount in ("37.20", "18.60")]
    found = read([*one, sums[0], *two, sums[1]])
    assert "sum" not in remarks(found) and found.stated_total == 5580


def test_a_line_whose_name_begins_like_a_footer_is_a_line(read) -> None:
    fields = ("name", *(name for name in LEAST if name != "name"))
    assert read(rows_of([fee_line(1, name="共振检查")], fields)).usable


def test_repeated_headers_and_empty_rows_are_passed_over(read) -> None:
    rows = rows_of([fee_line(1)], LEAST)
    rows = [*rows, [], rows[0], *rows_of([fee_line(2)], LEAST)[1:], ["", " ", ""], []]
    assert len(read(rows).lines) == 2


def test_a_header_alone_has_no_lines(read) -> None:
    found = read(rows_of([]))
    assert remarks(found) == ["no_lines"] and not found.usable


# -- mappings


def test_own_headers_by_a_mapping_that_is_kept(importer, tmp_path) -> None:
    rows = rows_of([fee_line()], LEAST)
    own = ["甲乙丙丁戊己庚辛壬癸"[n] for n in range(len(LEAST))]
    path = write_text(tmp_path / "own.csv", [own, *rows[1:]])
    first = importer.preview(path)
    assert set(first.missing) == {"visit_no", "price", "quantity", "occurred_at"}
    mapping = dict(zip(LEAST, own, strict=True))
    assert importer.preview(path, mapping=mapping).usable
    importer.keep(first, mapping)
    again = FeeImporter(tmp_path).preview(path)
    assert again.usable and again.mapping == mapping


def test_a_mapping_of_absent_headers_is_refused(importer, tmp_path) -> None:
    path = write_text(tmp_path / "a.csv", one_row())
    with pytest.raises(InvalidInput, match="没有这一列"):
        importer.preview(path, mapping={"price": "没有"})


# -- the file as a whole


def refused(importer, path) -> str:
    with pytest.raises(InvalidInput) as error:
        importer.preview(path)
    return error.value.faults[0].key.removeprefix("import.file.")


def test_files_that_are_none(importer, tmp_path) -> None:
    assert refused(importer, tmp_path / "absent.csv") == "unreadable"
    assert refused(importer, tmp_path) == "unreadable"
    (tmp_path / "a.csv").write_bytes(b" \r\n ")
    assert refused(importer, tmp_path / "a.csv") == "empty"
    (tmp_path / "a.csv").write_text("1,2,3\n4,5,6")
    assert refused(importer, tmp_path / "a.csv") == "no_header"


def test_the_largest_file(tmp_path) -> None:
    path = write_text(tmp_path / "a.csv", one_row())
    size = path.stat().st_size
    assert module.read_bytes(path, size)
    with pytest.raises(InvalidInput) as error:
        module.read_bytes(path, size - 1)
    assert error.value.faults[0].key == "import.file.too_large"


def test_the_most_rows(tmp_path) -> None:
    path = write_text(tmp_path / "a.csv", rows_of([fee_line(1), fee_line(2)]))
    assert module.FeeImporter(tmp_path, most_rows=3).preview(path).usable
    assert refused(module.FeeImporter(tmp_path, most_rows=2), path) == "too_many_rows"


def test_remarks_have_an_end(read, monkeypatch) -> None:
    rows = rows_of([fee_line()], LEAST) + [["页 1"]] * 200
    assert len(read(rows).remarks) == module.MOST_REMARKS


def test_ten_thousand_lines_of_real_variety_come_through(read) -> None:
    lines = [
        fee_line(n, price=f"{n % 977 + 1}.2500", quantity=str(n % 7 + 1)) for n in range(10_000)
    ]
    found = read(rows_of(lines))
    assert found.lines == tuple(lines) and found.total == sum(line.amount for line in lines)


def test_the_lines_are_aware_moments(read) -> None:
    assert read(one_row()).lines[0].occurred_at == AT


def test_text_of_quotes_what_must_be_quoted() -> None:
    assert text_of([["a,b", 'c"d']]) == '"a,b","c""d"\r\n'
