"""The books of the simulated platform: the same machinery as ``core.simulator.books``, own tables.

Columns that mean the same have the same names in both books. Days are 8 digits, moments 14, amounts
fen. A refund is a settlement of its own with negative amounts that names the one it refunds; what
is undone keeps its row with the mark of the call that undid it. ``msgid`` is the request's
``trans_id`` where it has one.
"""

from __future__ import annotations

from core.simulator.books import Plan

VERSION = 101
SCHEMA = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE sign_in (
  id INTEGER PRIMARY KEY, sign_no TEXT NOT NULL UNIQUE, hospital TEXT NOT NULL,
  operator TEXT NOT NULL, day TEXT NOT NULL, at TEXT NOT NULL, ended_at TEXT NOT NULL DEFAULT '');
CREATE TABLE visit (
  id INTEGER PRIMARY KEY, hospital TEXT NOT NULL, visit_no TEXT NOT NULL,
  centre_visit_no TEXT NOT NULL UNIQUE, person_no TEXT NOT NULL, business TEXT NOT NULL,
  med_type TEXT NOT NULL, admitted_at TEXT NOT NULL, diagnosis_code TEXT NOT NULL,
  ward_code TEXT NOT NULL, ward_name TEXT NOT NULL, dept_code TEXT NOT NULL,
  dept_name TEXT NOT NULL, bed TEXT NOT NULL, doctor_code TEXT NOT NULL, memo TEXT NOT NULL,
  reason TEXT NOT NULL, allowance TEXT NOT NULL, qualification_id TEXT NOT NULL,
  operator TEXT NOT NULL, operator_name TEXT NOT NULL, msgid TEXT NOT NULL,
  booked_at TEXT NOT NULL, changed_by TEXT NOT NULL DEFAULT '',
  discharged_at TEXT NOT NULL DEFAULT '', discharge TEXT NOT NULL DEFAULT '{}',
  state TEXT NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'cancelled')),
  closed_by TEXT NOT NULL DEFAULT '');
CREATE UNIQUE INDEX one_live_visit ON visit (hospital, business, visit_no) WHERE state = 'live';
CREATE INDEX visit_person ON visit (person_no);
CREATE TABLE line (
  id INTEGER PRIMARY KEY, visit_id INTEGER NOT NULL REFERENCES visit, line_id TEXT NOT NULL,
  fee_no TEXT NOT NULL, rx_no TEXT NOT NULL, hosp_code TEXT NOT NULL, name TEXT NOT NULL,
  centre_code TEXT NOT NULL, kind TEXT NOT NULL, category TEXT NOT NULL,
  occurred_at TEXT NOT NULL, price TEXT NOT NULL, quantity TEXT NOT NULL, amount INTEGER NOT NULL,
  self_paid INTEGER NOT NULL, over_limit INTEGER NOT NULL, level TEXT NOT NULL,
  memo TEXT NOT NULL, disease INTEGER NOT NULL, restricted TEXT NOT NULL,
  doctor_code TEXT NOT NULL, refund_of INTEGER REFERENCES line, msgid TEXT NOT NULL,
  booked_at TEXT NOT NULL, settlement_id INTEGER REFERENCES settlement,
  removed_by TEXT NOT NULL DEFAULT '');
CREATE INDEX line_visit ON line (visit_id, fee_no);
CREATE INDEX line_number ON line (visit_id, line_id);
CREATE INDEX line_settlement ON line (settlement_id);
CREATE INDEX line_refund ON line (refund_of);
CREATE TABLE settlement (
  id INTEGER PRIMARY KEY, visit_id INTEGER NOT NULL REFERENCES visit, hospital TEXT NOT NULL,
  visit_no TEXT NOT NULL, centre_visit_no TEXT NOT NULL, bill_no TEXT NOT NULL,
  msgid TEXT NOT NULL, business TEXT NOT NULL, med_type TEXT NOT NULL, person_no TEXT NOT NULL,
  operator TEXT NOT NULL, sign_no TEXT NOT NULL, total INTEGER NOT NULL, fund INTEGER NOT NULL,
  personal INTEGER NOT NULL, all_self INTEGER NOT NULL, part_self INTEGER NOT NULL,
  settled_at TEXT NOT NULL, booked_at TEXT NOT NULL,
  refund_of INTEGER REFERENCES settlement,
  cancelled_by TEXT NOT NULL DEFAULT '', cancelled_at TEXT NOT NULL DEFAULT '',
  cancel_operator TEXT NOT NULL DEFAULT '', reversed_by TEXT NOT NULL DEFAULT '');
CREATE UNIQUE INDEX one_batch ON settlement (visit_id, bill_no) WHERE reversed_by = '';
CREATE UNIQUE INDEX one_refund ON settlement (refund_of) WHERE refund_of IS NOT NULL;
CREATE UNIQUE INDEX one_stay_settlement ON settlement (visit_id)
  WHERE business = '42' AND reversed_by = '' AND cancelled_by = '';
CREATE INDEX settlement_person ON settlement (person_no);
CREATE TABLE disease_line (
  id INTEGER PRIMARY KEY, visit_id INTEGER NOT NULL REFERENCES visit, line_id TEXT NOT NULL,
  hosp_code TEXT NOT NULL, occurred_at TEXT NOT NULL, price TEXT NOT NULL, quantity TEXT NOT NULL,
  amount INTEGER NOT NULL, msgid TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE record (
  id INTEGER PRIMARY KEY, hospital TEXT NOT NULL, visit_no TEXT NOT NULL,
  centre_visit_no TEXT NOT NULL, code TEXT NOT NULL, version INTEGER NOT NULL,
  rows INTEGER NOT NULL, content TEXT NOT NULL, msgid TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE call (
  id INTEGER PRIMARY KEY, msgid TEXT NOT NULL, code TEXT NOT NULL, hospital TEXT NOT NULL,
  operator TEXT NOT NULL, at TEXT NOT NULL, infcode INTEGER NOT NULL, text TEXT NOT NULL);
"""
TABLES = ("sign_in", "visit", "line", "settlement", "disease_line", "record", "call")
PLAN = Plan(VERSION, SCHEMA, TABLES)
