"""`python -m deskunit`, the same as `deskunit`."""

from deskunit.cli import main

main()
