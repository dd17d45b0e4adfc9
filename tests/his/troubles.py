"""What may be the matter with a hospital's database, each with its beginning and its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.helpers.hishouse import House

Trouble = Callable[[House], "contextmanager[None]"]


@contextmanager
def killed(house: House) -> Iterator[None]:
    """Every connection of the desk is ended by the server; new ones are welcome."""
    house.cluster.kill_backends()
    yield


@contextmanager
def stopped(house: House) -> Iterator[None]:
    """The server is gone."""
    house.cluster.stop()
    try:
        yield
    finally:
        house.cluster.start()


@contextmanager
def rows_locked(house: House) -> Iterator[None]:
    """Somebody works on the bills and does not finish."""
    house.his.order("lock", statement="UPDATE bill SET money = money")
    try:
        yield
    finally:
        house.his.order("unlock")


@contextmanager
def tables_locked(house: House) -> Iterator[None]:
    """An index is being built: nobody reads a line."""
    house.his.order("lock", statement="LOCK TABLE rx_detail IN ACCESS EXCLUSIVE MODE")
    try:
        yield
    finally:
        house.his.order("unlock")


@contextmanager
def tables_gone(house: House) -> Iterator[None]:
    """The system was brought up to date, and its tables have other names."""
    for table in ("rx_detail", "bill"):
        house.his.order("run", statement=f"ALTER TABLE {table} RENAME TO {table}_new")
    try:
        yield
    finally:
        for table in ("rx_detail", "bill"):
            house.his.order("run", statement=f"ALTER TABLE {table}_new RENAME TO {table}")


@contextmanager
def file_gone(house: House) -> Iterator[None]:
    """The share with the hospital's file is not there; what is open stays open."""
    for desk in house.desks:
        desk.hospital.gate.drop()
    house.file.rename(house.file.with_suffix(".away"))
    try:
        yield
    finally:
        house.file.with_suffix(".away").rename(house.file)


OF_A_SERVER = (killed, stopped, rows_locked, tables_locked, tables_gone)
OF_A_FILE = (rows_locked, tables_gone, file_gone)
