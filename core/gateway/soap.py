"""The SOAP relay some cities put before the platform: ``CallService(TransNo, requstXML)``.

Only the wrapping: what is inside is the family's business (protocol-gd.md §1, SEEN; the name space
is a setting, INFERRED).
"""

from __future__ import annotations

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
METHOD, CODE, TEXT = "CallService", "TransNo", "requstXML"
RESULT = f"{METHOD}Result"


def wrap(payload: bytes, code: str, space: str) -> bytes:
    """``payload`` (UTF-8) as the text of a call for the function ``code``."""
    from lxml import etree

    prefix = f"{{{space}}}" if space else ""
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    call = etree.SubElement(etree.SubElement(envelope, f"{{{SOAP}}}Body"), f"{prefix}{METHOD}")
    etree.SubElement(call, f"{prefix}{CODE}").text = code
    etree.SubElement(call, f"{prefix}{TEXT}").text = payload.decode("utf-8")
    return bytes(etree.tostring(envelope, encoding="UTF-8", xml_declaration=True))


def unwrap(payload: bytes) -> bytes:
    """The text of the call's result as UTF-8; what is no such answer comes back as it is."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(payload, parser)
    except (etree.XMLSyntaxError, ValueError):
        return payload
    for node in root.iter(f"{{*}}{RESULT}"):
        return (node.text or "").encode()
    return payload
