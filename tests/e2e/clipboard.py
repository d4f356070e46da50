"""What one would paste."""

from playwright.sync_api import Page

# Evaluated and not waited for: waiting would compile code, which the pages' policy forbids.
PASTE = """async (wanted) => {
  let text;
  for (let tries = 0; tries < 200 && text !== wanted; tries++) {
    text = await navigator.clipboard.readText();
    await new Promise((done) => setTimeout(done, 50));
  }
  return text;
}"""


def pasted(page: Page, wanted: str) -> str:
    """What is pasted, as soon as that is the text: a page copies in its own time."""
    return str(page.evaluate(PASTE, wanted))
