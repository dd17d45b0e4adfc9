"""The SOAP relay of some cities: ``CallService(TransNo, requstXML)`` around a program (§1, SEEN).

The relay only passes the XML on. Its name space is that of the relay's answer (INFERRED).
"""

from __future__ import annotations

from lxml import etree

from core.simulator.gd.wire import element
from core.simulator.wire import Unreadable

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
TEXT_NODE = "requstXML"


def is_relayed(payload: bytes) -> bool:
    """Whether the bytes look like a SOAP envelope."""
    return b"Envelope" in payload[:512]


def unwrapped(payload: bytes) -> tuple[bytes, str]:
    """The program inside an envelope, and the name space of the call; raises ``Unreadable``."""
    for node in element(payload).iter():
        name = etree.QName(node)
        if name.localname == TEXT_NODE:
            return (node.text or "").encode(), name.namespace or ""
    raise Unreadable(TEXT_NODE)


def wrapped(payload: bytes, space: str) -> bytes:
    """An answer in the relay's envelope."""
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    prefix = f"{{{space}}}" if space else ""
    response = etree.SubElement(body, f"{prefix}CallServiceResponse")
    etree.SubElement(response, f"{prefix}CallServiceResult").text = payload.decode()
    return bytes(etree.tostring(envelope, encoding="UTF-8", xml_declaration=True))
