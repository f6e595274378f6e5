"""The XML around the rows: what a workbook and a sheet say of themselves. Pure."""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from deskunit.exports.table import Column
from deskunit.exports.xlsx.cells import letters, text_xml
from deskunit.exports.xlsx.styles import HEAD

PRINTED_COLUMNS = 12
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
ROOT_RELATIONS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>"
)


def sheet_head(columns: Sequence[Column], widths: Sequence[float], *, is_first: bool) -> str:
    """Up to the rows: head row frozen, columns wide enough."""
    fits = _is_narrow(len(columns))
    selected = ' tabSelected="1"' if is_first else ""
    cols = "".join(
        f'<col min="{place}" max="{place}" width="{width:g}" customWidth="1"/>'
        for place, width in enumerate(widths, start=1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="{fits:d}"/></sheetPr>'
        f'<sheetViews><sheetView{selected} workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{cols}</cols><sheetData>\n'
        + head_row([column.name for column in columns])
    )


def _is_narrow(columns: int) -> bool:
    """Whether all columns are printed side by side: more of them would be too small to read."""
    return columns <= PRINTED_COLUMNS


def head_row(heads: Sequence[str]) -> str:
    cells = "".join(
        f'<c r="{letters(place)}1" s="{HEAD}" t="inlineStr"><is><t>{text_xml(head)}</t></is></c>'
        for place, head in enumerate(heads)
    )
    return f'<row r="1">{cells}</row>\n'


def sheet_foot(columns: int, rows: int) -> str:
    """After the rows: the filter, and no green corners at 07."""
    area = f"A1:{letters(columns - 1)}{rows}"
    return (
        f'</sheetData><autoFilter ref="{area}"/>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C&amp;A  &amp;P/&amp;N</oddFooter></headerFooter>"
        f'<ignoredErrors><ignoredError sqref="{area}" numberStoredAsText="1"/></ignoredErrors>'
        "</worksheet>"
    )


def workbook(sheets: Sequence[tuple[str, str]]) -> str:
    """`sheets`: name and filtered area ("$A$1:$C$9") of each."""
    named = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, (name, _) in enumerate(sheets, start=1)
    )
    defined = "".join(_names(place, name, area) for place, (name, area) in enumerate(sheets))
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{named}</sheets><definedNames>{defined}</definedNames></workbook>"
    )


def _names(place: int, name: str, area: str) -> str:
    """The filter's area, and the head row printed on every page."""
    sheet = escape("'" + name.replace("'", "''") + "'")
    return (
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1">'
        f"{sheet}!{area}</definedName>"
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{place}">{sheet}!$1:$1</definedName>'
    )


def workbook_relations(sheets: int) -> str:
    targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, sheets + 1)]
    targets += [("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]
    found = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'


def content_types(sheets: int) -> str:
    parts = [(f"worksheets/sheet{n}", "worksheet") for n in range(1, sheets + 1)]
    parts += [("workbook", "sheet.main"), ("styles", "styles"), ("sharedStrings", "sharedStrings")]
    found = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_TYPE}.{kind}+xml"/>'
        for part, kind in parts
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{found}</Types>'
    )


def shared_strings(words: Iterable[str]) -> str:
    items = "".join(f'<si><t xml:space="preserve">{text_xml(word)}</t></si>' for word in words)
    return f'{_XML}<sst xmlns="{_MAIN}">{items}</sst>'
