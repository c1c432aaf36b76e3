"""
The web process's entry: one aiohttp application for Telegram updates, Stripe events and companion
pages.

    python webhook.py                                            the same as `homeward serve`
    gunicorn webhook:application --worker-class aiohttp.GunicornWebWorker
"""

from homeward.cli.main import main
from homeward.web import from_environment

application = from_environment

if __name__ == "__main__":
    main(["serve"])
