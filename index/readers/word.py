"""Word documents (.docx), by python-docx: paragraphs and tables in their order."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from index.errors import UnreadableFile
from index.readers.archive import Archive
from index.readers.draft import Draft
from index.readers.stated import language_code
from index.types import Origin

# Text boxes are written twice, for new and old programs; what was moved away stands in its new place too.
_TEXT = (
    ".//*[self::w:t or self::w:tab or self::w:br or self::w:cr or self::w:noBreakHyphen]"
    "[not(ancestor::*[local-name()='Fallback' or local-name()='moveFrom'])]"
)
_BOXED = ".//w:txbxContent//w:p[not(ancestor::*[local-name()='Fallback' or local-name()='moveFrom'])]"
_SIGNS = {"t": "", "tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_TITLE_STYLES = ("Title", "Heading 1")


def read(content: bytes) -> Iterator[Draft]:
    """The document as one article.

    Raises:
        UnreadableFile: Damaged, encrypted, or no Word document.
    """
    from docx import Document
    from docx.exceptions import PythonDocxError
    from docx.opc.exceptions import OpcError
    from docx.oxml.exceptions import XmlchemyError
    from lxml.etree import LxmlError

    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile("it is encrypted, or of the format before 2007", "Save it as .docx without a password.")
    Archive(io.BytesIO(content)).check()
    try:
        document = Document(io.BytesIO(content))
        yield _draft(document)
    except (
        *(OpcError, PythonDocxError, XmlchemyError, LxmlError),
        *(KeyError, ValueError, AttributeError, IndexError, TypeError),  # what python-docx expects and does not find
    ) as error:
        raise UnreadableFile("this is no whole Word document", "Save it again as .docx.") from error


def _draft(document: Any) -> Draft:
    """The text, and what the document's properties and styles say."""
    stated = document.core_properties
    _unwrap(document.element.body)
    paragraphs = [(style, text) for style, text in _paragraphs(document) if text.strip()]
    headings = (next((text for style, text in paragraphs if style == wanted), None) for wanted in _TITLE_STYLES)
    return Draft(
        "\n\n".join(text for _, text in paragraphs),
        title=next(filter(None, headings), None) or stated.title.strip() or None,
        language=language_code(stated.language),
        source=Origin(),
    )


def _unwrap(body: Any) -> None:
    """Put what content controls hold in their place; python-docx passes them over. Tables of contents are left out."""
    from docx.oxml.ns import qn

    for contents in body.xpath(".//w:sdt[w:sdtPr/w:docPartObj/w:docPartGallery/@w:val='Table of Contents']"):
        contents.getparent().remove(contents)
    for control in body.xpath(".//w:sdt"):
        for child in list(control.iterfind(f"{qn('w:sdtContent')}/*")):
            control.addprevious(child)
        control.getparent().remove(control)


def _paragraphs(container: Any) -> Iterator[tuple[str, str]]:
    """The paragraphs of a document, with the names of their styles; a row of a table counts as one."""
    from docx.table import Table

    for block in container.iter_inner_content():
        if isinstance(block, Table):
            seen: set[Any] = set()  # a cell that spans columns or rows is listed for each of them
            for row in block.rows:
                cells = {cell._tc: cell for cell in row.cells if cell._tc not in seen}
                seen.update(cells)
                yield "", "\t".join(map(_one_line, cells.values()))
        else:
            yield block.style.name or "", _text(block._p)
            for boxed in block._p.xpath(_BOXED):
                yield "", _text(boxed)


def _one_line(cell: Any) -> str:
    """The paragraphs of a cell."""
    return " ".join(text for _, text in _paragraphs(cell) if text)


def _text(paragraph: Any) -> str:
    """The text of a paragraph with insertions, which its ``text`` leaves out, and without the text boxes in it."""
    pieces: list[str] = []
    for node in paragraph.xpath(_TEXT):
        if next(node.iterancestors(paragraph.tag)) is paragraph:
            name = node.tag.rpartition("}")[2]
            pieces.append(node.text or "" if name == "t" else _SIGNS[name])
    return "".join(pieces).strip()
