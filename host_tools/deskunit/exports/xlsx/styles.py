"""How cells look: one style a kind of column, one for the heads. Numbers of cellXfs in styles.xml."""

from collections.abc import Mapping

from deskunit.exports.table import Kind

DATE = "yyyy-mm-dd hh:mm:ss"
SPAN = "[h]:mm:ss"
SECONDS = "0.000"
HEAD = 1
STYLES: Mapping[Kind, int] = {
    "text": 2,
    "offset": 2,
    "utc": 2,
    "local": 3,
    "span_hms": 4,
    "seconds": 5,
    "number": 0,
    "whole": 0,
    "flag": 0,
}
WIDTHS: Mapping[Kind, float] = {
    "offset": 11,
    "utc": 25,
    "local": 20,
    "span_hms": 13,
    "seconds": 12,
    "number": 12,
    "whole": 9,
    "flag": 9,
}
_TEXT = 49  # Excel's own format @: 07 stays 07 when somebody types in the cell
XML = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<numFmts count="3"><numFmt numFmtId="164" formatCode="{DATE}"/>\
<numFmt numFmtId="165" formatCode="{SPAN}"/><numFmt numFmtId="166" formatCode="{SECONDS}"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>
<fills count="3"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill>\
<fill><patternFill patternType="solid"><fgColor rgb="FFE8EDF2"/><bgColor indexed="64"/>\
</patternFill></fill></fills>
<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>\
<border><left/><right/><top/><bottom style="thin"><color rgb="FF8A97A5"/></bottom>\
<diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="49" fontId="1" fillId="2" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" \
applyFill="1" applyBorder="1"/>
<xf numFmtId="{_TEXT}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>
"""
