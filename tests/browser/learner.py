"""A learner in a browser: she acts as a person does, by tap, by key, or without scripts."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page

from tests.house import TestHouse
from training.accounts import links

AXE = Axe()
LOUD = re.compile(r"Content.Security.Policy|Refused to|Uncaught|Failed to load")


@dataclass
class Learner:
    """One person at one browser, with what her console said."""

    house: TestHouse
    page: Page
    by_key: bool = False
    complaints: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    @classmethod
    def at(cls, house: TestHouse, context: BrowserContext, *, by_key: bool = False) -> "Learner":
        learner = cls(house, context.new_page(), by_key)
        learner.page.on(
            "console", lambda m: learner.complaints.append(m.text) if LOUD.search(m.text) else None
        )
        learner.page.on("pageerror", lambda error: learner.complaints.append(str(error)))
        learner.page.on("dialog", lambda dialog: learner.complaints.append(dialog.message))
        return learner

    def open_link(self, name: str, next_path: str = "/") -> None:
        """Open a fresh one-time link and press "Yes, continue"."""
        with self.house.database.write() as session:
            token = links.make_link(
                session,
                self.house.id_of(name),
                purpose="sign_in",
                method="mailed_link",
                now=self.house.clock.now(),
                next_path=next_path,
            )
        self.page.goto(f"{self.house.address}/sign-in/{token}")
        self.press("Yes, continue")

    def press(self, name: str) -> None:
        """Press the button or link of this name."""
        exact = re.compile(rf"^\s*{re.escape(name)}\s*$")
        main = self.page.locator("main")
        target = main.get_by_role("button", name=exact).or_(main.get_by_role("link", name=exact))
        self.act(target.first)

    def act(self, target: Locator) -> None:
        """Activate something: by tap, or by focus and the key for it."""
        if not self.by_key:
            target.click()
        elif target.get_attribute("type") in {"radio", "checkbox"}:
            self.reach(target)
            self.page.keyboard.press("Space")
        else:
            self.reach(target)
            with self.page.expect_navigation():
                self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()

    def push(self, button: Locator) -> None:
        """Press a button that changes the page and leads nowhere."""
        if self.by_key:
            self.reach(button)
            self.page.keyboard.press("Enter")
        else:
            button.click()

    def put_in_order(self, rows: Locator, wanted: list[str]) -> None:
        """Give steps their numbers: with scripts by moving them up, else by their lists.

        A step that is not wanted is left out.
        """
        steps = [text.strip() for text in rows.locator(".row-text").all_inner_texts()]
        for text in [text for text in steps if text not in wanted]:
            row = self.row_of(rows, text)
            if row.locator("select").is_visible():
                row.locator("select").select_option("out")
            else:
                self.push(row.get_by_role("button", name="Leave out"))
        for place, text in enumerate(wanted):
            row = self.row_of(rows, text)
            if row.locator("select").is_visible():
                row.locator("select").select_option(label=str(place + 1))
                continue
            while rows.locator(".row-text").all_inner_texts().index(text) > place:
                self.push(row.get_by_role("button", name="Move up"))

    def row_of(self, rows: Locator, text: str) -> Locator:
        """Return the row of the step that says exactly this."""
        exact = re.compile(rf"^\s*{re.escape(text)}\s*$")
        return rows.locator(".row-step").filter(has=self.page.locator(".row-text", has_text=exact))

    def reach(self, target: Locator) -> None:
        """Move the focus there with the Tab key alone, or the arrow keys within a radio group."""
        wanted = target.element_handle()
        for _ in range(400):
            if self.page.evaluate("e => document.activeElement === e", wanted):
                return
            same_group = self.page.evaluate(
                "e => e.type === 'radio' && document.activeElement.type === 'radio'"
                " && document.activeElement.name === e.name",
                wanted,
            )
            self.page.keyboard.press("ArrowDown" if same_group else "Tab")
        raise AssertionError(f"the Tab key never reaches {target}")

    def look_if(self, way: object) -> None:
        """Look at the page where scripts run: axe is one."""
        if getattr(way, "scripts", True):
            self.look()

    def look(self) -> None:
        """Hold the page against axe and the rules of a page, once each kind of page."""
        kind = re.sub(r"\d+", "n", urlsplit(self.page.url).path)
        if kind in self.seen:
            return
        self.seen.add(kind)
        assert self.page.locator("h1").count() == 1, kind
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
        )
        assert not wide, f"{kind} scrolls sideways"
        found = AXE.run(self.page)
        assert found.violations_count == 0, f"{kind}\n{found.generate_report()}"
