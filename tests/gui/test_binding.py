"""The Qt binding itself: some builds lose a reference to ``None`` at every void call."""

import sys

from PySide6.QtWidgets import QLabel


def test_void_calls_keep_their_references(qtbot):
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(2_000):
        label.setText(str(number))
    assert sys.getrefcount(None) > before - 1_000
