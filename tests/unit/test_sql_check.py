"""What may be sent to a hospital's database, and every trick that may not."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput
from core.his.sql.check import check_query, check_write, words
from core.his.sql.settings import TOLD
from core.words import texts

GIVEN = ("visit_no", "since")
ONE = " WHERE visit_no = :visit_no"
ALL = ("postgres", "tsql", "oracle", "mysql", "sqlite")

GOOD = [
    ("postgres", "SELECT a::int, b AS \"delete\" FROM his.t" + ONE + " AND d >= :since;"),
    ("postgres", "WITH x AS (SELECT * FROM t" + ONE + ") SELECT count(*) FROM x"),
    ("postgres", "SELECT to_char(d, 'HH24:MI :SS'), extract(year from age(b)) FROM t" + ONE),
    ("postgres", "(SELECT a FROM t" + ONE + ") UNION ALL SELECT b FROM u" + ONE),
    ("postgres", "SELECT string_agg(a, ',' ORDER BY b) FILTER (WHERE c) FROM t" + ONE),
    ("postgres", "SELECT 'DELETE FROM t; DROP TABLE t' AS words, t.comment, u.update FROM t" + ONE),
    ("tsql", "SELECT TOP 10 ISNULL(a, 0), CONVERT(varchar(10), d, 120) FROM t WITH (NOLOCK)" + ONE),
    ("tsql", "SELECT STUFF((SELECT ',' + a FROM u FOR XML PATH('')), 1, 1, '') FROM [t u]" + ONE),
    ("tsql", "SELECT a FROM t" + ONE + " OPTION (MAXRECURSION 10)"),
    ("oracle", "SELECT nvl(a, 0), decode(a, 1, 2), trunc(sysdate) FROM t, s WHERE t.a = s.b(+)"
     " AND visit_no = :visit_no AND rownum <= 5"),
    ("oracle", "SELECT a FROM bl_op_dt@remote" + ONE),
    ("mysql", "SELECT `a b`, ifnull(a, 0), date_format(d, '%Y-%m-%d %H:%i') FROM t" + ONE),
    ("sqlite", "SELECT date(d), strftime('%s', d), iif(a, b, c) FROM t" + ONE),
]  # fmt: skip

TRICKS = [
    # not a query at all
    ("postgres", "DELETE FROM t" + ONE), ("postgres", "TRUNCATE t"), ("postgres", "VALUES (1)"),
    ("postgres", "CALL pay(:visit_no)"), ("postgres", "COPY t TO '/tmp/x'"), ("postgres", "BEGIN"),
    ("postgres", "SET ROLE admin"), ("postgres", "DO $$ BEGIN DELETE FROM t; END $$"),
    ("postgres", "EXPLAIN ANALYZE DELETE FROM t"), ("postgres", "PREPARE x AS SELECT 1"),
    ("postgres", "MERGE INTO t USING s ON a = b WHEN MATCHED THEN DELETE"), ("postgres", ""),
    ("tsql", "EXEC xp_cmdshell 'dir'"), ("tsql", "WAITFOR DELAY '0:0:9'"), ("tsql", "DBCC x"),
    ("tsql", "IF 1 = 1 DELETE FROM t"), ("tsql", "DECLARE @a int; SELECT 1"),
    ("oracle", "BEGIN DELETE FROM t; END;"), ("oracle", "LOCK TABLE t IN EXCLUSIVE MODE"),
    ("mysql", "HANDLER t OPEN"), ("mysql", "DO sleep(1)"), ("mysql", "SHOW TABLES"),
    ("mysql", "REPLACE INTO t VALUES (1)"), ("mysql", "LOAD DATA INFILE 'x' INTO TABLE t"),
    ("sqlite", "PRAGMA writable_schema = 1"), ("sqlite", "ATTACH 'x' AS y"),
    ("sqlite", "VACUUM INTO 'x'"), ("sqlite", "REINDEX"),
    # a query that changes, locks or writes
    ("postgres", "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x" + ONE),
    ("postgres", "WITH x AS (INSERT INTO t VALUES (1) RETURNING *) SELECT * FROM x" + ONE),
    ("postgres", "SELECT * INTO z FROM t" + ONE), ("postgres", "SELECT * FROM t FOR UPDATE"),
    ("postgres", "SELECT * FROM t" + ONE + " FOR KEY SHARE SKIP LOCKED"),
    ("postgres", "SELECT * FROM t" + ONE + " FOR SHARE"),
    ("tsql", "SELECT * INTO #x FROM t" + ONE), ("tsql", "SELECT a FROM t WITH (TABLOCKX)" + ONE),
    ("tsql", "SELECT a FROM t WITH (UPDLOCK, HOLDLOCK)" + ONE),
    ("oracle", "SELECT a FROM t" + ONE + " FOR UPDATE OF a NOWAIT"),
    ("mysql", "SELECT a FROM t" + ONE + " INTO OUTFILE '/tmp/x'"),
    ("mysql", "SELECT a FROM t" + ONE + " INTO DUMPFILE '/tmp/x'"),
    ("mysql", "SELECT a INTO @x FROM t" + ONE), ("mysql", "SELECT @a := 1 FROM t" + ONE),
    ("mysql", "SELECT a FROM t" + ONE + " LOCK IN SHARE MODE"),
    ("mysql", "SELECT a FROM t" + ONE + " PROCEDURE analyse()"),
    # more than one statement
    *[(grammar, "SELECT a FROM t" + ONE + "; DELETE FROM t") for grammar in ALL],
    *[(grammar, "SELECT a FROM t" + ONE + ";;") for grammar in ALL],
    ("tsql", "SELECT 1 DELETE FROM t"), ("tsql", "SELECT a FROM t" + ONE + " DROP TABLE t"),
    ("tsql", "SELECT a FROM t" + ONE + " EXEC sp_who"), ("tsql", "SELECT 1\nGO\nSELECT 2"),
    # what hides in comments and quotes
    *[(grammar, "SELECT a FROM t" + ONE + " /* x */") for grammar in ALL],
    *[(grammar, "SELECT a FROM t" + ONE + " -- x") for grammar in ALL],
    ("mysql", "SELECT 1 /*! INTO OUTFILE '/tmp/x' */ FROM t" + ONE),
    ("mysql", "SELECT 1 /*!50000 ; DELETE FROM t */ FROM t" + ONE),
    ("mysql", "SELECT 1 --1 INTO OUTFILE '/tmp/x'"), ("mysql", "SELECT 1 # x"),
    ("postgres", "SELECT $$ ; $$ FROM t" + ONE), ("postgres", "SELECT $x$ ; $x$ FROM t" + ONE),
    ("postgres", "SELECT E'\\'; DELETE FROM t --' FROM t" + ONE),
    ("postgres", "SELECT U&'\\0041' FROM t" + ONE), ("mysql", "SELECT '\\'; DROP' FROM t" + ONE),
    ("oracle", "SELECT q'[a;b]' FROM t" + ONE), ("postgres", "SELECT 'a\x00b' FROM t" + ONE),
    ("postgres", "SELECT 'open FROM t" + ONE), ("sqlite", "SELECT `a` FROM t" + ONE),
    # functions that do something, wait, or reach out
    *[("postgres", f"SELECT {call} FROM t" + ONE) for call in (
        "pg_sleep(9)", "pg_catalog.pg_sleep(9)", "pg_terminate_backend(1)", "lo_import('/etc/x')",
        "nextval('s')", "setval('s', 1)", "set_config('a', 'b', false)", "pg_read_file('/etc/x')",
        "query_to_xml('DELETE FROM t', true, true, '')", "dblink_exec('x', 'DELETE FROM t')",
        "pg_advisory_lock(1)", "his.pay(visit_no)", "txid_current()", "file_fdw_handler()",
        "\"PG_SLEEP\"(9)", "current_setting('x')", "repeat('x', 1000000000)",
    )],
    ("postgres", "SELECT * FROM dblink('x', 'DELETE FROM t') AS t(a int)"),
    *[("tsql", f"SELECT {call} FROM t" + ONE) for call in (
        "NEXT VALUE FOR s", "dbo.pay(1)", "master.dbo.xp_dirtree('x')", "@@version", "@a = 1",
    )],
    *[("tsql", f"SELECT * FROM {call}") for call in (
        "OPENROWSET('a', 'b', 'c')", "OPENQUERY(x, 'DELETE FROM t')",
        "OPENDATASOURCE('a', 'b').c.d.e",
    )],
    *[("oracle", f"SELECT {call} FROM dual" + ONE) for call in (
        "s.NEXTVAL", "utl_http.request('http://x')", "dbms_lock.sleep(9)", "his.pkg.pay(1)",
        "httpuritype('http://x').getclob()", "sys.dbms_pipe.receive_message('a', 9)",
        "extractvalue(xmltype('<a/>'), '/a')",
    )],
    *[("mysql", f"SELECT {call} FROM t" + ONE) for call in (
        "sleep(9)", "benchmark(1, 2)", "load_file('/etc/x')", "get_lock('a', 1)",
        "last_insert_id(5)", "sys_exec('x')",
    )],
    *[("sqlite", f"SELECT {call} FROM t" + ONE) for call in (
        "load_extension('x')", "writefile('a', 'b')", "readfile('/etc/x')", "edit(a)",
        "fts3_tokenizer('a')",
    )],
    ("sqlite", "SELECT * FROM pragma_table_info('t')"),
    # parameters
    *[(grammar, "SELECT a FROM t WHERE visit_no = :other") for grammar in ALL],
    *[(grammar, "SELECT a FROM t") for grammar in ALL],
    ("sqlite", "SELECT a FROM t WHERE visit_no = ?"), ("postgres", "SELECT a WHERE v = $1"),
    ("mysql", "SELECT a FROM t WHERE visit_no = %s"),
    ("postgres", "SELECT a FROM t" + ONE + " AND b = " + "(" * 400 + "1" + ")" * 400 + " X"),
    ("postgres", "SELECT " + "a, " * 10_000 + "b FROM t" + ONE),
]  # fmt: skip


@pytest.mark.parametrize(("grammar", "text"), GOOD)
def test_what_hospitals_ask(grammar, text):
    found = check_query("fee_lines", text, grammar, GIVEN)
    assert "visit_no" in found.names
    assert set(found.names) <= set(GIVEN)


@pytest.mark.parametrize(("grammar", "text"), TRICKS)
def test_a_trick_is_refused_with_a_sentence(grammar, text):
    with pytest.raises(InvalidInput) as caught:
        check_query("fee_lines", text, grammar, GIVEN)
    (found,) = caught.value.faults
    assert found.field == "fee_lines" and found.text.endswith("。")


def test_every_sentence_about_statements_is_spoken_by_some_trick():
    said = set()
    for grammar, text in TRICKS:
        with pytest.raises(InvalidInput) as caught:
            check_query("fee_lines", text, grammar, GIVEN)
        said.add(caught.value.faults[0].key)
    known = {key for key in texts() if key.startswith("sql.statement.")}
    assert known - said == {"sql.statement.no_write", "sql.statement.no_condition"}


def test_the_hospitals_own_functions_are_allowed_by_name_and_no_others():
    text = "SELECT dbo.fn_age(b), pkg.f(1) FROM t" + ONE
    with pytest.raises(InvalidInput, match=r"DBO\.FN_AGE"):
        check_query("visit", text, "tsql", GIVEN)
    assert check_query("visit", text, "tsql", GIVEN, ("dbo.fn_age", "PKG.F"))
    with pytest.raises(InvalidInput, match="PG_SLEEP"):
        check_query("visit", "SELECT pg_sleep(1) FROM t" + ONE, "postgres", GIVEN, ("pg_sleep",))


def test_colons_of_literals_are_no_parameters():
    text = "SELECT ':since', 'it''s :x' AS \":y\" FROM t" + ONE
    found = check_query("visit", text, "postgres", GIVEN)
    assert found.names == ("visit_no",)
    from sqlalchemy import text as statement

    assert list(statement(found.text)._bindparams) == ["visit_no"]


@pytest.mark.parametrize("text", [
    "UPDATE bill SET flag = 1, msgid = :msgid WHERE visit_no = :visit_no",
    "INSERT INTO log (msgid, visit) SELECT :msgid, visit FROM bill WHERE visit = :visit_no",
    "INSERT INTO log (msgid, visit, fund) VALUES (:msgid, :visit_no, :fund)",
    "MERGE INTO bill b USING (SELECT :visit_no AS v) x ON b.v = x.v"
    " WHEN MATCHED THEN UPDATE SET flag = 1 WHEN NOT MATCHED THEN INSERT (v) VALUES (x.v)",
])  # fmt: skip
def test_what_a_hospital_is_told(text):
    assert {"visit_no"} <= set(check_write("settle", text, "postgres", TOLD).names)


@pytest.mark.parametrize("text", [
    "SELECT 1 WHERE a = :visit_no", "DELETE FROM bill WHERE visit_no = :visit_no",
    "UPDATE bill SET flag = 1", "UPDATE bill SET flag = 1 WHERE fund = :fund",
    "UPDATE bill SET msgid = :msgid WHERE 1 = 1", "TRUNCATE bill", "CALL pay(:visit_no)",
    "UPDATE bill SET a = 1 WHERE visit_no = :visit_no; DROP TABLE bill",
    "WITH x AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT :visit_no FROM x",
    "UPDATE bill SET a = pg_sleep(9) WHERE visit_no = :visit_no",
    "INSERT INTO log VALUES (:visit_no, nextval('s'))", "INSERT INTO log VALUES (1)",
    "MERGE INTO b USING (SELECT :visit_no AS v) x ON b.v = x.v WHEN MATCHED THEN DELETE",
    "UPDATE bill SET a = 1 WHERE visit_no = :visit_no -- x",
])  # fmt: skip
def test_what_a_hospital_is_never_told(text):
    with pytest.raises(InvalidInput) as caught:
        check_write("settle", text, "postgres", TOLD)
    assert caught.value.faults[0].text.endswith("。")


def test_no_word_is_both_allowed_and_forbidden():
    table = words()
    assert not table.readers & table.never
    assert not any(name.startswith(table.never_begin) for name in table.readers)
