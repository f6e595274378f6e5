"""The script library in use, as the page shows and edits it: read, drawn, checked, saved, sent. No HTTP."""
