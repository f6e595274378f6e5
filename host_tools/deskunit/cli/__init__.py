"""The `deskunit` command. One module a topic; what a command needs is imported when it runs."""

from deskunit.cli.top import main

__all__ = ["main"]
