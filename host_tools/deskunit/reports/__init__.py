"""What supervisors look at: the log of a day, a week, an agent or a team as one page, workbook or print.

model.py is what is shown, building.py reads it, everything else draws it and is pure. The command line and
the page's supervisor tab call building.report, then page.html, workbook.save, printing.pdf or fragments.
"""
