"""Somebody else's PDF: read, shown, zoomed, printed unchanged; broken ones are sentences."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, Qt
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtTest import QTest

from core.errors import SetupError
from core.simulator.slips import pdf
from gui import pdf_pages
from gui.pdf_pages import PdfPages, draw_pages
from gui.widgets.pdf_view import LARGEST, SMALLEST, PdfView
from tests.helpers.paper import sheets

LINES = ["中心结算单", "合计 61.70 元", "基金 50.00 个人 11.70"]


@pytest.fixture(scope="module")
def content():
    """One A5 page of the simulated centre."""
    return pdf(LINES)


def many(count, size=QPageSize.PageSizeId.A4):
    """So many pages, each with a black block lower down than the last."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageLayout(QPageLayout(
        QPageSize(size), QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)
    ))  # fmt: skip
    painter = QPainter(writer)
    for number in range(count):
        if number:
            writer.newPage()
        painter.fillRect(1000, 1000 * (number + 1), 4000, 500, Qt.GlobalColor.black)
    painter.end()
    return bytes(buffer.data().data())


def drawn(content):
    """The PDF that comes out when ``content`` is printed to one."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(600)
    draw_pages(content, writer)
    return bytes(buffer.data().data())


@pytest.mark.parametrize("broken", [b"", b"no pdf at all", b"%PDF-1.4\n%%EOF", bytes(300)])
def test_what_is_no_pdf_is_a_sentence(broken):
    with pytest.raises(SetupError, match="原件另存"):
        PdfPages(broken)


def test_a_cut_pdf_is_a_sentence_or_pages(content):
    for end in range(0, len(content), 97):
        try:
            PdfPages(content[:end]).close()
        except SetupError as error:
            assert "PDF" in str(error)


def test_pages_have_their_sizes_and_pictures(qapp, content):
    pages = PdfPages(content)
    assert pages.sizes == [(595.0, 420.0)]
    picture = pages.picture(0, 2.0)
    assert (picture.width(), picture.height()) == (1190, 840)
    colours = {
        picture.pixelColor(x, y).lightness() for x in range(0, 1190, 3) for y in range(60, 140)
    }
    assert min(colours) < 60 and max(colours) == 255
    pages.close()


def test_a_picture_is_never_larger_than_memory_allows(qapp, content, monkeypatch):
    monkeypatch.setattr(pdf_pages, "LARGEST", 10_000)
    pages = PdfPages(content)
    picture = pages.picture(0, 50.0)
    assert picture.width() * picture.height() <= 11_000
    pages.close()


def test_very_many_pages_are_cut(qapp, monkeypatch):
    monkeypatch.setattr(pdf_pages, "MOST_PAGES", 2)
    pages = PdfPages(many(3))
    assert len(pages.sizes) == 2
    pages.close()


def test_paper_shows_the_page_unchanged(qapp, content):
    (before,), (after,) = sheets(content), sheets(drawn(content))
    assert (round(after.width), round(after.height)) == (round(before.width), round(before.height))
    assert after.ink() == pytest.approx(before.ink(), abs=1.0)


def test_every_page_is_printed_on_its_own_sheet(qapp, monkeypatch):
    monkeypatch.setattr(pdf_pages, "FINEST", 72)
    pages = sheets(drawn(many(3)))
    tops = [page.ink()[1] for page in pages]
    assert len(pages) == 3 and tops == sorted(tops) and tops[0] < tops[2]


def test_a_device_that_takes_no_page_is_an_error(qapp, content, monkeypatch):
    monkeypatch.setattr(pdf_pages.QPainter, "begin", lambda self, device: False)
    with pytest.raises(OSError, match="绘制"):
        drawn(content)


@pytest.fixture
def view(dressed, qtbot):
    made = PdfView()
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_the_view_fits_the_width_and_zooms_by_keys(view):
    pages = PdfPages(many(3))
    view.show_pages(pages)
    assert view.count() == 3
    fitted = view.zoom
    assert 0.8 < fitted * 595 / view.viewport().width() < 1.0
    for key in "++":
        QTest.keyClick(view, key)
    assert view.zoom > fitted * 1.5
    assert view.horizontalScrollBar().maximum() > 0
    QTest.keyClick(view, "-")
    QTest.keyClick(view, "0")
    assert view.zoom == fitted
    view.show_pages(None)
    pages.close()
    assert view.count() == 0


def test_zoom_has_its_bounds(view):
    pages = PdfPages(many(1))
    view.show_pages(pages)
    for _ in range(40):
        view.zoom_by(2)
    assert view.zoom == LARGEST
    for _ in range(40):
        view.zoom_by(0.5)
    assert view.zoom == SMALLEST
    view.show_pages(None)
    pages.close()


def test_keys_scroll_through_the_pages(view):
    pages = PdfPages(many(3))
    view.show_pages(pages)
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    once = view.verticalScrollBar().value()
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert 0 < once < view.verticalScrollBar().value()
    view.show_pages(None)
    pages.close()


def test_the_view_shows_the_ink(view):
    pages = PdfPages(many(1))
    view.show_pages(pages)
    picture = view.viewport().grab().toImage()
    dark = [
        (x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)
        if picture.pixelColor(x, y).lightness() < 30
    ]  # fmt: skip
    assert dark
    view.resize(300, 400)
    assert view.zoom < 0.6
    view.show_pages(None)
    pages.close()
