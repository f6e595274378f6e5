"""`deskunit units`: which units there are, at which seats; naming and confirming them."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from deskunit import words
from deskunit.cli.help import Group
from deskunit.cli.options import data_option, json_option, print_json, say, word
from deskunit.cli.table import Column, print_table


@click.group(cls=Group, invoke_without_command=True, help=word("units_help"))
@json_option
@data_option
@click.pass_context
def units(context: click.Context, as_json: bool, data_dir: Path) -> None:
    context.obj = data_dir
    if context.invoked_subcommand is not None:
        return
    found = _units(data_dir)
    if as_json:
        print_json(found)
    else:
        _print(found)


@units.command("name", help=word("units_name_help"))
@click.argument("uid")
@click.argument("seat")
@data_option
def name(uid: str, seat: str, data_dir: Path) -> None:
    from deskunit.seats import checked_seat

    checked_seat(seat)
    _write(data_dir, "name_unit", uid=uid, seat=seat)
    say("named", uid=uid, seat=seat)


@units.command("confirm", help=word("units_confirm_help"))
@click.argument("uid")
@data_option
def confirm(uid: str, data_dir: Path) -> None:
    _write(data_dir, "confirm_unit", uid=uid)
    say("confirmed", uid=uid)


def _write(data_dir: Path, do: str, **values: str) -> None:
    """Let the running logger write; without one take the folder's lock for this one write."""
    from deskunit import control
    from deskunit.store import FILE_NAME, open_store

    try:
        control.call(data_dir, do, **values)
    except control.NoLogger:
        if not (data_dir / FILE_NAME).exists():  # writing would make an empty log
            open_store(data_dir, write=False)
        with open_store(data_dir, write=True) as store:
            getattr(store, do)(**values)


def _units(data_dir: Path) -> list[dict[str, Any]]:
    from deskunit import control
    from deskunit.store import open_store

    try:
        found = control.call(data_dir, "status")["ports"]
        ports = {one["uid"]: one for one in sorted(found, key=lambda one: bool(one["connected"]))}
    except control.NoLogger:
        ports = {}
    with open_store(data_dir, write=False) as store:
        stored = store.units()
    return [
        {
            "uid": one.uid,
            "seat": one.seat,
            "virtual": one.virtual,
            "confirmed": one.confirmed,
            "state": one.state,
            "agent_id": one.agent_id,
            "heard_utc_ms": one.heard_utc_ms,
            "connected": bool(ports.get(one.uid, {}).get("connected")),
            "port": ports.get(one.uid, {}).get("address"),
            "firmware": ports.get(one.uid, {}).get("firmware"),
            "pack": asdict(one.pack) if one.pack else None,
        }
        for one in stored
    ]


def _print(found: list[dict[str, Any]]) -> None:
    if not found:
        say("units_none")
        return
    columns = [
        Column(word(f"unit_{key}")) for key in ("seat", "uid", "state", "agent", "pack", "link")
    ]
    rows = []
    for one in found:
        link = word("link_yes", port=one["port"]) if one["connected"] else word("link_no")
        if not one["confirmed"]:
            link += " · " + word("link_unconfirmed")
        state = words.text(f"state.{one['state']}") if one["state"] else "–"
        agent = one["agent_id"] or "–"
        rows.append([one["seat"] or "–", one["uid"], state, agent, _pack(one["pack"]), link])
    print_table(columns, rows)


def _pack(pack: dict[str, str] | None) -> str:
    if pack is None:
        return "–"
    return " ".join(filter(None, (pack["language"], pack["version"], f"({pack['crc'][:4]})")))
