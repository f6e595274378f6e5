"""The one exception type for expected failures: a sentence with the next step, printed once.

Raised anywhere in the host tools, caught at the top of the command line only.
"""

from deskunit import words


class DeskunitError(Exception):
    """An expected failure. `key` names the sentence in the language files under [error]."""

    def __init__(self, key: str, *, exit_code: int = 1, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values
        self.exit_code = exit_code

    def sentence(self, language: str | None = None) -> str:
        """The message in `language` ("zh" or "en"; None: the user's)."""
        return words.text(f"error.{self.key}", language, **words.spoken(self.values, language))

    def __str__(self) -> str:
        return self.sentence("en")
