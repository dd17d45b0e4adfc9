"""The centre's own settlement slip (6101): a small real PDF, one A5 page, text only.

The PDF names the Adobe song font without embedding it; every reader has a substitute.
"""

from __future__ import annotations

from base64 import b64encode

from core.money import show
from core.simulator.books import Row
from core.simulator.office import Office
from core.simulator.wire import Body, Call
from core.simulator.world import person as find_person
from core.words import say

WIDTH, HEIGHT, MARGIN, STEP, SIZE = 595, 420, 50, 32, 12  # points
CATALOG = "<< /Type /Catalog /Pages 2 0 R >>"
PAGES = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = (
    f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents 5 0 R"
    " /Resources << /Font << /F1 4 0 R >> >> >>"
)
FONT = (
    "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
    " /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light"
    " /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 /W [1 95 500]"
    " /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6"
    " /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -254"
    " /CapHeight 880 /StemV 93 >> >>] >>"
)


def download(office: Office, call: Call) -> Body:
    """6101: the slip of an active settlement as base64."""
    found = office.settlement(call, call.body["ipt_otp_no"], call.body["medrcdno"])
    content = b64encode(pdf(_lines(found))).decode("ascii")
    name = f"{found['visit_no']}_{found['bill_no']}.pdf"
    return {"file_name": name, "file_type": "pdf", "file_content": content}


def _lines(row: Row) -> list[str]:
    person = find_person(row["person_no"])
    amounts = {name: show(row[name]) for name in ("total", "fund", "personal")}
    texts = {
        "title": {},
        "hospital": {"hospital": row["hospital"]},
        "visit": {"visit": row["visit_no"], "bill": row["bill_no"]},
        "person": {"name": person.name if person else "", "person": row["person_no"]},
        "amounts": amounts,
        "time": {"at": row["booked_at"], "operator": row["operator"]},
        "note": {},
    }
    return [say(f"simulator.slip_{key}", **holes) for key, holes in texts.items()]


def pdf(lines: list[str]) -> bytes:
    """One page with these lines of text, top to bottom."""
    drawn = f"BT /F1 {SIZE} Tf {STEP} TL {MARGIN} {HEIGHT - MARGIN} Td"
    for line in lines:
        drawn += f" <{line.encode('utf-16-be', errors='replace').hex()}> Tj T*"
    drawing = f"<< /Length {len(drawn) + 3} >>\nstream\n{drawn} ET\nendstream"
    return _file([CATALOG, PAGES, PAGE, FONT, drawing])


def _file(objects: list[str]) -> bytes:
    text, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(text))
        text += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    head = f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    tail = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(text)}\n%%EOF\n"
    return (text + head + tail).encode("ascii")
