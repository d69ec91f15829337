"""Word documents (.docx), by python-docx: paragraphs and tables in their order."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from index.errors import UnreadableFile
from index.readers.archive import Archive
from index.readers.draft import Draft
from index.readers.raised import raised
from index.readers.stated import language_code
from index.types import Origin

# Text boxes are written twice, for new and old programs; what was moved away stands in its new place too.
_TEXT = (
    ".//*[self::w:t or self::w:tab or self::w:br or self::w:cr or self::w:noBreakHyphen]"
    "[not(ancestor::*[local-name()='Fallback' or local-name()='moveFrom'])]"
)
_BOXED = ".//w:txbxContent//w:p[not(ancestor::*[local-name()='Fallback' or local-name()='moveFrom'])]"
_SIGNS = {"t": "", "tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Properties of python-docx's fonts by which text is not seen or taken back, and by which it stands off the line.
_HIDING = frozenset({"hidden", "strike", "double_strike"})
_BASES = 20  # styles that one may be based on; a circle has no end
_RAISING = {"superscript": False, "subscript": True}
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
    _mark(document)
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


def _mark(document: Any) -> None:
    """Take out what is hidden or struck out, and write figures off the line as such."""
    from docx.oxml.ns import qn

    styles = {style.style_id: style for style in document.styles if hasattr(style, "font")}
    by_style: dict[str, dict[str, bool]] = {name: _inherited(style) for name, style in styles.items()}
    for run in [*document.element.body.iter(qn("w:r"))]:
        paragraph = next(run.iterancestors(qn("w:p")), None)
        said = dict(by_style.get(paragraph.style, {})) if paragraph is not None else {}
        said |= by_style.get(run.style, {}) | _stated(run)
        names = {name for name, value in said.items() if value}
        if names & _HIDING:
            run.getparent().remove(run)
            continue
        for name in names & _RAISING.keys():
            for text in run.iterchildren(qn("w:t")):
                text.text = raised(text.text or "", below=_RAISING[name])


def _inherited(style: Any) -> dict[str, bool]:
    """What a style says of its font, itself or by the styles it is based on."""
    said: dict[str, bool] = {}
    for _ in range(_BASES):
        if style is None or not hasattr(style, "font"):
            break
        said = _stated(style.element) | said
        style = style.base_style
    return said


def _stated(element: Any) -> dict[str, bool]:
    """What a run or a style says of its own font."""
    from docx.text.font import Font

    font = Font(element)
    stated = {name: getattr(font, name) for name in (*_HIDING, *_RAISING)}
    return {name: value for name, value in stated.items() if value is not None}


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
