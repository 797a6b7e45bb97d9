"""Devices that show the page, and an eye on what it must not do there."""

from dataclasses import dataclass, field

from playwright.async_api import Browser, BrowserContext, Page


@dataclass
class Watched:
    """What pages did that they must not do."""

    complaints: list[str] = field(default_factory=list)  # console errors and uncaught exceptions
    strangers: list[str] = field(default_factory=list)  # requests to other hosts
    expected: tuple[str, ...] = ()  # parts of complaints that a test provokes


class Phones:
    """Opens the page as on different devices: `await phones.open(width=390)`."""

    def __init__(self, browser: Browser, url: str, watched: Watched) -> None:
        self._browser = browser
        self.url = url
        self.watched = watched
        self._contexts: list[BrowserContext] = []

    async def open(
        self,
        *,
        width: int = 1280,
        height: int = 800,
        dark: bool = False,
        user: int = 1001,
        touch: bool = False,
        motion: bool = False,
    ) -> Page:
        context = await self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            has_touch=touch,
            reduced_motion="no-preference" if motion else "reduce",
            locale="en-GB",
            accept_downloads=True,
        )
        context.set_default_timeout(60_000)
        self._contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.watched.complaints.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.watched.complaints.append(message.text))
        page.on("request", lambda request: self._check(request.url))
        await page.goto(f"{self.url}/?user={user}")
        await page.get_by_role("heading", name="VQA Bot").first.wait_for()
        return page

    def _check(self, address: str) -> None:
        if not address.startswith((f"{self.url}/", "blob:", "data:")):
            self.watched.strangers.append(address)

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()
