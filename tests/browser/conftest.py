"""One headless Chromium for all tests of this folder, and the reports that it opens: real checks through the real renderer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from preflight.cli import main
from preflight.examples import __file__ as examples

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
_QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)

CELLS = (
    "<script>window.ran='a script element'</script>",
    "</script><script>window.ran='a script after the island'</script>",
    "<img src=x onerror=\"window.ran='an image'\">",
    '"><svg onload="window.ran=\'a picture\'">',
    "<style>body{display:none}</style><meta http-equiv=refresh content=0;url=about:blank>",
    "<a href=\"javascript:window.ran='a link'\">click</a><form action=http://evil.example><input name=search>",
    '=HYPERLINK("http://evil.example","click")',
    "\x1b[31mred\x1b[0m\x1b]8;;http://evil.example\x07link",
    "invoice\u202efdp.exe",
    "::set-output name=token::stolen",
    "{{constructor.constructor('window.ran=1')()}}${window.ran=1}",
    "&lt;script&gt;&#x26;&nbsp;",
    "long" * 250_000,
)
"""Cells of which a page must make text and nothing else; the last is a million characters long."""


class Page:
    """What a person does with the page, and what is then to be seen."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def size(self, wide: int, high: int) -> None:
        """Give the window that size; a narrow one is a phone's."""
        self.command("Emulation.setDeviceMetricsOverride", width=wide, height=high, deviceScaleFactor=1, mobile=wide < 500)

    def open(self, file: Path, *, wide: int = 1280, high: int = 900, scheme: str = "light", media: str = "") -> None:
        """Load the file anew in a window of that size."""
        self.size(wide, high)
        features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        told = [{"name": name, "value": value} for name, value in features.items()]
        self.command("Emulation.setEmulatedMedia", media=media, features=told)
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.driver.get(file.as_uri())

    def command(self, name: str, /, **options: Any) -> Any:
        """A command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(name, options)

    def run(self, script: str, *given: Any) -> Any:
        """What a script of the test returns."""
        return self.driver.execute_script(script, *given)

    def find(self, css: str) -> WebElement:
        """The first element."""
        return self.driver.find_element(By.CSS_SELECTOR, css)

    @property
    def focused(self) -> WebElement:
        """The element that the keyboard speaks to."""
        return self.driver.switch_to.active_element

    @property
    def status(self) -> str:
        """How many findings the list says there are."""
        return self.find("#matching").text

    def rows(self) -> list[list[str]]:
        """The cells of the list that are to be seen."""
        script = """return [...document.querySelectorAll("#findings tbody tr")].filter((row) => row.getClientRects().length)
            .map((row) => [...row.cells].map((cell) => cell.textContent))"""
        return [list(row) for row in self.run(script)]

    def wait_for(self, status: str) -> None:
        """Until the list says so: the search waits for the next key."""
        WebDriverWait(self.driver, 5, poll_frequency=0.02).until(lambda _: self.status == status, f"{self.status!r} stays")

    def complaints(self) -> list[str]:
        """What stands in the console of the browser: errors of scripts, and what the policy of the page has blocked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """The addresses that were asked for since the page was opened."""
        told = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [one["params"]["request"]["url"] for one in told if one["method"] == "Network.requestWillBeSent"]


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """The browser, started once. Skips where there is none."""
    if CHROMIUM is None or DRIVER is None:
        pytest.skip(f"needs {'Chromium' if CHROMIUM is None else 'chromedriver'}")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for option in (*_QUIET, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    try:
        started = webdriver.Chrome(options=options, service=Service(DRIVER))
    except WebDriverException as fault:
        if "only supports" in str(fault):
            pytest.skip("needs a chromedriver of Chromium's own version")
        raise
    yield started
    started.quit()


@pytest.fixture
def page(driver: webdriver.Chrome) -> Page:
    """What is done with the browser."""
    return Page(driver)


@pytest.fixture
def scriptless(page: Page) -> Iterator[Page]:
    """A browser that runs no script of a page."""
    page.command("Emulation.setScriptExecutionDisabled", value=True)
    yield page
    page.command("Emulation.setScriptExecutionDisabled", value=False)


Reports = Callable[[str], Path]


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """The file of a report by its name, made when it is first asked for."""
    folder = tmp_path_factory.mktemp("reports")

    def made(name: str) -> Path:
        file = folder / f"{name}.html"
        if not file.exists():
            names = ("example", "many", "clean") if name == "several" else (name,)
            _check([_source(one, folder) for one in names], file)
        return file

    return made


def _source(name: str, folder: Path) -> str:
    (folder / f"{name}.csv").write_text(_SOURCES[name](), encoding="utf-8")
    return f"{name}.csv"


def _check(sources: list[str], file: Path) -> None:
    plan = ["--entity", "accounts", "--operation", "upsert", "--match-key", "domain", "--unmapped", "drop"]
    with chdir(file.parent), pytest.raises(SystemExit) as left:
        main(["check", *sources, *plan, "--format", "html", "-o", file.name])
    assert left.value.code in (0, 1)


def _example() -> str:
    return (Path(examples).parent / "accounts.csv").read_text(encoding="utf-8")


def _many() -> str:
    """1,500 accounts: 250 with a band for a number, 50 with an e-mail address for a domain, 3 with a broken umlaut (a warning)."""
    lines = ["Company,Website,Employees"]
    for at in range(1500):
        company = "MÃ¼ller" if at in (10, 20, 30) else f"Company {at}"
        website = f"sales@company{at}.com" if at % 30 == 1 else f"company{at}.com"
        lines.append(f"{company},{website},{'51-200' if at % 6 == 3 else at + 1}")
    return "\n".join(lines) + "\n"


def _hostile() -> str:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    names = ["Company", "Website", "Employees", "<b onclick=window.ran=1>\u202ename</b>"]
    lines = [",".join(map(quoted, names))]
    lines += [",".join(map(quoted, (cell, cell, cell, cell))) for cell in CELLS]
    return "\n".join(lines) + "\n"


def _clean() -> str:
    return "Company,Website,Employees\nAcme,acme.com,12\nGlobex,globex.com,7\n"


_SOURCES: dict[str, Callable[[], str]] = {"example": _example, "many": _many, "hostile": _hostile, "clean": _clean}
NAMES = (*_SOURCES, "several")
