"""What a person does on the page, and what they see there."""

import base64

from playwright.async_api import Locator, Page

CHOOSE = "Attach a picture or file"


def field(page: Page) -> Locator:
    """The text field of the conversation."""
    return page.get_by_role("textbox", name="Message", exact=True)


async def write(page: Page, text: str) -> None:
    """Type a text and send it with Enter."""
    await field(page).fill(text)
    await page.keyboard.press("Enter")


def mine(page: Page) -> Locator:
    """The person's own messages."""
    return page.locator(".row.out:not(.waiting)")


def theirs(page: Page) -> Locator:
    """Everybody else's messages."""
    return page.locator(".row.in")


async def choose(page: Page, *files: tuple[str, str, bytes]) -> Locator:
    """Choose files (name, media type, content) with the button; gives the sheet that shows them."""
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name=CHOOSE).click()
    payload = [{"name": name, "mimeType": kind, "buffer": data} for name, kind, data in files]
    await (await chooser.value).set_files(payload)  # type: ignore[arg-type]
    sheet = page.locator("dialog.sheet")
    await sheet.wait_for()
    return sheet


async def menu(page: Page, message: Locator, item: str) -> None:
    """Choose from a message's menu."""
    await message.locator(".bubble").click(button="right", position={"x": 12, "y": 12})
    await page.get_by_role("menuitem", name=item).click()


async def hand_over(page: Page, event: str, name: str, kind: str, data: bytes) -> None:
    """Paste a file ("paste"), or drag it over the page and let it go ("drop")."""
    await page.evaluate(
        """({ event, name, kind, data }) => {
          const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], name, { type: kind }));
          const target = document.querySelector(".scroller");
          const options = { bubbles: true, cancelable: true };
          if (event === "paste") {
            target.dispatchEvent(new ClipboardEvent("paste", { ...options, clipboardData: transfer }));
          } else {
            for (const type of ["dragenter", "dragover", "drop"]) {
              target.dispatchEvent(new DragEvent(type, { ...options, dataTransfer: transfer }));
            }
          }
        }""",
        {"event": event, "name": name, "kind": kind, "data": base64.b64encode(data).decode()},
    )


async def overflows(page: Page) -> bool:
    """Whether anything makes the page scroll sideways."""
    return await page.evaluate(
        """() => {
          const wide = [...document.querySelectorAll("body, .app, .scroller, .messages, .composer, .chats")];
          return document.documentElement.scrollWidth > innerWidth
            || wide.some((node) => node.clientWidth && node.scrollWidth > node.clientWidth + 1);
        }"""
    )
