"""What every answer tells the browser."""

import pytest

from tests.pages.rig import PAY_ORIGIN

REST = (
    "style-src 'self'; img-src 'self'; manifest-src 'self'; connect-src 'self'; "
    f"form-action 'self' {PAY_ORIGIN}; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
POLICY = f"default-src 'none'; {REST}"
WITH_SCRIPT = f"default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; {REST}"


@pytest.fixture
def database_url(sqlite_url):
    """One engine: nothing here depends on it."""
    return sqlite_url


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/en/",
        "/en/stories/mala",
        "/ar/help",
        "/en/ledger.json",
        "/en/ledger/mala.csv",
        "/nothing",
        "/leave",
        "/static/page.0123456789abcdef.css",
    ],
)
async def test_every_answer_has_the_strict_headers(world, path):
    answer = await world.get(path)

    policy = WITH_SCRIPT if "/stories/" in path else POLICY
    assert answer.headers["Content-Security-Policy"] == policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Server" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("path", ["/en/", "/en/stories/mala", "/en/help", "/en/ledger.json"])
async def test_nothing_but_files_is_kept_by_a_cache(world, path):
    answer = await world.get(path)

    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("site_options", [{"public_url": "https://page.example"}])
async def test_over_tls_the_browser_is_told_to_stay_there(world):
    answer = await world.get("/en/")

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


@pytest.mark.parametrize(
    "site_options", [{"organisation": '<img src=x onerror="alert(1)"> & Söhne\u202e'}]
)
async def test_a_name_with_markup_in_it_is_escaped_wherever_it_stands(world):
    for path in ("/en/", "/en/stories/mala", "/en/ledger", "/en/privacy"):
        page = await world.get(path)
        assert "<img" not in page.text
        assert "&lt;img src=x" in page.text


@pytest.mark.parametrize("path", ["/en/", "/en/help", "/en/stories/mala"])
async def test_the_policy_allows_nothing_inline(world, path):
    policy = (await world.get(path)).headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "data:" not in policy


@pytest.mark.parametrize("path", ["/", "/ledger", "/ledger/mala", "/help", "/privacy", "/credits"])
async def test_no_script_may_run_but_in_a_story(world, path):
    page = await world.get(f"/en{path}")

    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "<script" not in page.text
