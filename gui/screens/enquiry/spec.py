"""查询: the centre's settlements, fee lines, recent visits and time."""

from __future__ import annotations

from gui.screens.registry import ScreenSpec

SPEC = ScreenSpec(name="enquiry", order=8, view="gui.screens.enquiry.view:EnquiryView")
