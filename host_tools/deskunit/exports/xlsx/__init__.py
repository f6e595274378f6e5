"""Excel workbooks written as a stream: sheets of any size in constant memory, built column by column.

`Workbook` writes sheets one after the other; `chunks`-like exports go through `xlsx_file.py`. Why our own
writer: docs/decisions.md.
"""

from deskunit.exports.xlsx.book import Sheet, Workbook

__all__ = ["Sheet", "Workbook"]
