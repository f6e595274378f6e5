"""The page: the unit as an object, the state log beside it, on loopback only."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskunit.web.floor import Floor
    from deskunit.web.scripts import Scripts
    from deskunit.web.server import Handle
    from deskunit.web.supervision import Supervision


def serve(
    floor: "Floor",
    host: str = "127.0.0.1",
    port: int = 8470,
    scripts: "Scripts | None" = None,
    supervision: "Supervision | None" = None,
) -> "Handle":
    """The page's server, port taken but not started.

    Without `scripts` it has no script tab, without `supervision` no supervisor tab.

    DeskunitError: port_taken, beyond_loopback.
    """
    from deskunit.web.server import take_port  # starlette and uvicorn only when a page is wanted

    return take_port(floor, host, port, scripts, supervision)
