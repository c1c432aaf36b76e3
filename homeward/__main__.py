"""`python -m homeward` is `homeward`."""

from homeward.cli.main import main

main()
