"""HTML by small functions: every text is escaped here, and nothing carries a style of its own. Pure."""

from collections.abc import Iterable
from html import escape


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def text(value: object) -> Html:
    """The value as it may stand in an element or in an attribute."""
    return value if isinstance(value, Html) else Html(escape(str(value)))


def tag(name: str, /, *inside: object, **attributes: object) -> Html:
    """An element. `class_` and the like lose their underscore; an attribute of None is left out."""
    return Html(f"{_open(name, attributes)}{joined(inside)}</{name}>")


def void(name: str, /, **attributes: object) -> Html:
    """An element that has no inside."""
    return Html(_open(name, attributes))


def joined(parts: Iterable[object], between: str = "") -> Html:
    """The parts one after the other; None is nothing."""
    return Html(between.join(text(part) for part in parts if part is not None))


def table(heads: Iterable[object], rows: Iterable[Iterable[object]], **attributes: object) -> Html:
    """A plain table: the first cell of a row is its head."""
    return tag(
        "table",
        tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))),
        tag("tbody", *(_row(list(row)) for row in rows)),
        **attributes,
    )


def _row(cells: list[object]) -> Html:
    return tag("tr", tag("th", cells[0], scope="row"), *(tag("td", one) for one in cells[1:]))


def _open(name: str, attributes: dict[str, object]) -> str:
    said = (
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{''.join(said)}>"
