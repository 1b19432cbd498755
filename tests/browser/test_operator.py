"""The operator's page in a real browser."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from scanner.models import HostThrottle, Package
from scanner.services.indexes import get_index
from tests.browser.conftest import OpenPage
from tests.cast import Cast

pytestmark = pytest.mark.browser


@pytest.fixture
def busy(cast: Cast) -> None:
    """Alice is staff, a host is closed, and a package with a long name fails at length."""
    cast.alice.is_staff = True
    cast.alice.save()
    now = timezone.now()
    HostThrottle.objects.create(host="index.example", closed_until=now + timedelta(minutes=4))
    name, error = "a-rather-long-name-" * 3 + "end", "https://index.example/simple/" + "x" * 200
    Package.objects.create(index=get_index(), name=name, due_at=now, due_reason="quiet", failures=3, last_error=error)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_it_has_no_accessibility_violation_and_never_scrolls_sideways(
    open_page: OpenPage, busy: None, scheme: str, width: int
) -> None:
    page = open_page("/operator/", color_scheme=scheme, width=width)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_figures_refresh_and_the_list_stays_as_it_is(open_page: OpenPage, busy: None) -> None:
    page = open_page("/operator/?only=failing")
    expect(page.locator("#operator-now")).to_contain_text("index.example asked for a pause")
    page.get_by_label("Filter by name").fill("half typed")
    HostThrottle.objects.all().delete()
    page.evaluate("htmx.trigger('#operator-now', 'refresh')")
    expect(page.locator("#operator-now")).to_contain_text("None: requests go to every host.")
    expect(page.get_by_label("Filter by name")).to_have_value("half typed")
    expect(page.get_by_role("region", name="What is polled next").locator("tbody tr")).to_have_count(1)


def test_it_works_without_javascript(open_page: OpenPage, busy: None) -> None:
    page = open_page("/operator/", java_script_enabled=False)
    page.get_by_label("Filter by name").fill("rather-long")
    page.get_by_label("Which packages").select_option("failing")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("region", name="What is polled next").locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text("1 package")
