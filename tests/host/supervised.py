"""A morning on paper (correction_paper.py) under a running logger, with the page and its supervisor tab."""

from pathlib import Path
from typing import Any

from browser import Answer, Browser
from correction_paper import open_morning
from deskunit import settings
from deskunit.cli.desk import Desk
from deskunit.supervision.desk import SupervisionDesk
from deskunit.web import serve

DAY = "2026-05-08"
EVIL = "<img src=x onerror=alert(1)>"
AGENTS = f"id,name,team,level,seat\n1001,{EVIL},A,,01\n1002,Wang,B,,02\n1003,周周,A,,03\n"
ZONE = '[host]\nzone = "Asia/Shanghai"\n'


class Supervised:
    """`viewer`: lines of [viewer]; `virtual`: units to press."""

    def __init__(self, folder: Path, viewer: str = "", virtual: int = 0) -> None:
        self.folder = folder
        with open_morning(folder):
            pass
        (folder / "agents.csv").write_text(AGENTS, "utf-8")
        self.become(viewer)
        self.desk = Desk(folder, settings.load(folder), ports=(), virtual=virtual, search=False)
        self.supervision = SupervisionDesk(self.desk.logger)
        self.handle = serve(self.desk.floor, port=0, supervision=self.supervision)
        self.desk.start(wait=True)
        self.handle.start()
        self.browser = Browser(self.handle.port)

    def become(self, viewer: str) -> None:
        """Another viewer from now on."""
        more = f"[viewer]\n{viewer}\n" if viewer else ""
        (self.folder / settings.FILE_NAME).write_text(ZONE + more, "utf-8")

    def get(self, path: str, language: str = "en") -> Answer:
        return self.browser.get(f"/api/supervisor/{path}", **{"X-Deskunit-Language": language})

    def view(self, query: str = f"day={DAY}", language: str = "en") -> dict[str, Any]:
        answer = self.get(f"view?{query}", language)
        assert answer.status == 200, answer.body
        found: dict[str, Any] = answer.json()
        return found

    def post(self, path: str, body: object, language: str = "en", token: str = "") -> Answer:
        return self.browser.post(
            f"/api/supervisor/{path}",
            token or self.handle.page.token,
            body,
            **{"X-Deskunit-Language": language},
        )

    def fetch(self, kind: str, fmt: str, **asked: str) -> Answer:
        """A download, as the buttons do it: prepared, then fetched. A refusal comes at once."""
        wanted = {"kind": kind, "format": fmt, "asked": {"day": DAY, **asked}}
        answer = self.post("export", wanted)
        return self.browser.get(answer.json()["href"]) if answer.status == 200 else answer

    def close(self) -> None:
        self.handle.stop()
        self.desk.close()
