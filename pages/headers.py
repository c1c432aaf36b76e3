"""
What every answer of the page tells the browser to refuse.

No script but our own in a story, nothing from elsewhere, nothing inline, no frame, no referrer,
nothing kept: a reader may be at risk, and a story that is taken back must not live on in a cache.
Source: OWASP ASVS 5.0, V3.4; developer.mozilla.org/docs/Web/HTTP/Guides/CSP (read 2026-11).
"""

from aiohttp import hdrs, web

from pages.site import Site

_POLICY = "Content-Security-Policy"
_NOT_USED = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "serial",
    "usb",
    "xr-spatial-tracking",
)


def security_headers(site: Site, *, has_script: bool = False) -> dict[str, str]:
    """
    The headers of every answer of the page.

    Only where a script of ours is in the page may one run; never one that stands in the page.

    `form-action` holds for the redirect after the form too: without the payment page's origin the
    browser would stop after the amount was reserved. Nothing here connects to anywhere; without
    `connect-src` browsers' own tools for looking at a page are refused `robots.txt`.
    """
    form_action = " ".join(("'self'", *site.payment_origins))
    script = "script-src 'self'; require-trusted-types-for 'script'; " if has_script else ""
    policy = (
        f"default-src 'none'; {script}style-src 'self'; img-src 'self'; "
        "manifest-src 'self'; connect-src 'self'; "
        f"form-action {form_action}; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    )
    headers = {
        _POLICY: policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _NOT_USED),
    }
    if site.is_https:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return headers


def harden(response: web.StreamResponse, headers: dict[str, str]) -> None:
    """
    Set *headers*, and keep an answer out of every cache unless it says otherwise itself.

    What was kept and is handed out again has them already.
    """
    if _POLICY in response.headers:
        return
    response.headers.update(headers)
    response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
