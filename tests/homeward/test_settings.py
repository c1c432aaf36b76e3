"""Settings: what is missing is named with its remedy, and no secret is ever repeated."""

import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from homeward.cli.migrate import migrate
from homeward.errors import BadSettings
from homeward.settings import (
    FOR_POLLING,
    FOR_WEB,
    FOR_WORKER,
    REMEDIES,
    Settings,
    load,
    make_private_folder,
    require,
    reveal,
)
from services.terms import FeeRate
from tests.homeward.conftest import SECRETS, SET
from values.money import Money

README = Path(__file__).parents[2] / "README.md"


def without(name):
    return {key: value for key, value in SET.items() if key != name}


def test_everything_set_is_enough_for_every_process(environment):
    environment(**SET)

    for needed in (FOR_WEB, FOR_WORKER, FOR_POLLING):
        require(load(), needed)


@pytest.mark.parametrize("name", FOR_WEB)
def test_a_missing_setting_is_named_with_its_remedy(environment, name):
    environment(**without(name.upper()))

    with pytest.raises(BadSettings) as refusal:
        require(load(), FOR_WEB)

    (line,) = str(refusal.value).splitlines()
    assert line.startswith(f"{name.upper()} is missing. {REMEDIES[name]}")
    assert 'README, "Settings"' in line


@pytest.mark.parametrize("nothing", ["", " ", "\t"])
def test_a_setting_of_blanks_is_missing(environment, nothing):
    environment(**{**SET, "ORGANISATION": nothing})

    with pytest.raises(BadSettings, match="ORGANISATION is missing"):
        require(load(), FOR_WEB)


def test_all_that_is_missing_is_named_at_once(environment):
    environment()

    with pytest.raises(BadSettings) as refusal:
        require(load(), FOR_WEB)

    named = [line.partition(" ")[0] for line in str(refusal.value).splitlines()]
    assert named == [name.upper() for name in FOR_WEB]


def test_what_is_bad_and_what_is_missing_is_named_at_once(environment):
    environment(**{**without("STRIPE_API_KEY"), "DATA_KEY": "short", "DATABASE_URL": "mysql://h/h"})

    with pytest.raises(BadSettings) as refusal:
        load(FOR_WEB)

    lines = str(refusal.value).splitlines()
    assert [line.split()[0].rstrip(":") for line in lines] == [
        "DATABASE_URL",
        "DATA_KEY",
        "STRIPE_API_KEY",
    ]
    for name, line in zip(("database_url", "data_key", "stripe_api_key"), lines, strict=True):
        assert REMEDIES[name] in line


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_a_new_data_folder_and_database_are_their_owners_alone(environment, tmp_path, umask):
    environment(DATA_DIR=str(tmp_path / "new" / "data"))
    before = os.umask(umask)
    try:
        done = CliRunner().invoke(migrate)
    finally:
        os.umask(before)

    assert done.exit_code == 0, done.output
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "new").rglob("*")}
    assert modes == {"data": 0o700, "homeward.db": 0o600}


def test_a_data_folder_that_is_there_keeps_its_mode(tmp_path):
    tmp_path.chmod(0o750)

    make_private_folder(tmp_path)

    assert tmp_path.stat().st_mode & 0o777 == 0o750


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(BadSettings, match=r"^DATA_DIR: "):
        make_private_folder(tmp_path / "file" / "data")


def test_whatever_a_process_needs_has_a_remedy():
    assert {*FOR_WEB, *FOR_WORKER, *FOR_POLLING} <= REMEDIES.keys() <= Settings.model_fields.keys()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "80a"),
        ("DATA_KEY", "too-short"),
        ("DATA_KEY", "k" * 43),
        ("DATABASE_URL", "mysql://h:p4ss@db/h"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "postgresql://h:p4ss@db:port/h"),
        ("DATABASE_URL", "nonsense"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PUBLIC_URL", "page.example"),
        ("PUBLIC_URL", "ftp://page.example"),
        ("PUBLIC_URL", "https://"),
        ("TELEGRAM_API_BASE", "api.telegram.org"),
        ("STRIPE_API_BASE", "localhost:1"),
        ("TELEGRAM_WEBHOOK_SECRET", "too-short"),
        ("TELEGRAM_WEBHOOK_SECRET", "with a space in the middle"),
        ("TELEGRAM_WEBHOOK_SECRET", "x" * 257),
        ("TRUSTED_PROXIES", "10.0.0.0/8, everybody"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_not_repeated(environment, name, value):
    environment(**{**SET, name: value})

    with pytest.raises(BadSettings) as refusal:
        load()

    assert str(refusal.value).startswith(f"{name}: ")
    assert value not in str(refusal.value)
    # Nor in what a crash would print: the error that was translated is not told along.
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize("name", sorted(SET))
def test_no_secret_stands_in_any_message(environment, name):
    environment(**{**SET, name: "", "PORT": "none"})

    with pytest.raises(BadSettings) as bad:
        load()
    with pytest.raises(BadSettings) as missing:
        require(load(port=1), FOR_WEB)

    for secret in SECRETS:
        assert secret not in str(bad.value)
        assert secret not in str(missing.value)


def test_no_secret_stands_where_settings_are_printed(environment):
    password = "p4ssw0rd-of-the-database"
    environment(**SET, METRICS_TOKEN="m3trics", DATABASE_URL=f"postgresql://h:{password}@db/h")

    printed = f"{load()!r} {load()}"

    for secret in (*SECRETS, password, "m3trics"):
        assert secret not in printed


def test_an_address_loses_its_last_slash(environment):
    environment(PUBLIC_URL="https://page.example/", STRIPE_API_BASE="http://localhost:1//")

    settings = load()

    assert (settings.public_url, settings.stripe_api_base) == (
        "https://page.example",
        "http://localhost:1",
    )


def test_the_database_is_a_file_in_the_data_folder_unless_set(environment, tmp_path):
    environment()

    assert load().database == f"sqlite:///{tmp_path}/.homeward/homeward.db"
    assert load(data_dir=tmp_path / "x").database == f"sqlite:///{tmp_path}/x/homeward.db"
    assert load(database_url="postgresql://h@db/h").database == "postgresql://h@db/h"


@pytest.mark.parametrize(
    ("given", "secrets"),
    [
        ("whsec_a", ("whsec_a",)),
        ("whsec_a,whsec_b", ("whsec_a", "whsec_b")),
        (" whsec_a , whsec_b ", ("whsec_a", "whsec_b")),
        # An empty secret would let anybody sign.
        ("whsec_a,", ("whsec_a",)),
        ("whsec_a, ,whsec_b", ("whsec_a", "whsec_b")),
        (" , ", ()),
        ("", ()),
    ],
)
def test_during_a_rotation_there_are_several_secrets_and_never_an_empty_one(
    environment, given, secrets
):
    environment(STRIPE_WEBHOOK_SECRET=given)

    assert load().stripe_webhook_secrets == secrets


def test_proxies_are_read_as_networks(environment):
    environment(TRUSTED_PROXIES="10.0.0.0/8, fd00::/8,127.0.0.1")

    assert [str(network) for network in load().trusted_proxies] == [
        "10.0.0.0/8",
        "fd00::/8",
        "127.0.0.1/32",
    ]


def test_the_environment_wins_over_the_file_and_an_argument_over_both(environment, tmp_path):
    environment(HOST="0.0.0.0")  # noqa: S104 - nobody listens
    (tmp_path / ".env").write_text("HOST=192.0.2.1\nORGANISATION=From the file\nUNKNOWN=1\n")

    assert (load().host, load().organisation) == ("0.0.0.0", "From the file")  # noqa: S104
    assert load(host="192.0.2.2").host == "192.0.2.2"


def test_what_is_not_set_is_revealed_as_nothing(environment):
    environment(**SET)

    assert reveal(None) == ""
    assert reveal("plain") == "plain"
    assert reveal(load().data_key) == SET["DATA_KEY"]


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("FEE_BEARER", "donor"),
        ("FEE_RATES", "2.9% + 0.30"),
        ("FEE_RATES", "USD 2.9% 0.30, USD 1% 0.10"),
        ("FEE_RATES", "XXX 2.9% 0.30"),
        ("FEE_RATES", "JPY 3.6% 0.5"),
        ("SAFETY_PERIOD_DAYS", "-1"),
        ("ANSWER_DAYS", "0"),
        ("PUBLISH_DELAY_MINUTES", "-1"),
        ("UPDATE_DELAY_DAYS", "366"),
    ],
)
def test_terms_that_cannot_be_used_are_named_with_their_remedy(environment, name, bad):
    environment(**{name: bad})

    with pytest.raises(BadSettings) as refusal:
        load()

    assert str(refusal.value).startswith(f"{name}: ")
    assert REMEDIES[name.lower()] in str(refusal.value)


def test_terms_are_what_is_set(environment):
    environment(
        FEE_BEARER="gift", FEE_RATES="USD 2.9% 0.30, JPY 3.6% 0", SAFETY_PERIOD_DAYS="0",
        ANSWER_DAYS="14", PUBLISH_DELAY_MINUTES="90", UPDATE_DELAY_DAYS="30",
    )  # fmt: skip

    terms = load().terms

    assert terms.fee_bearer == "gift"
    assert terms.fee_rates["USD"] == FeeRate(290, Money(30, "USD"))
    assert terms.fee_rates["JPY"] == FeeRate(360, Money(0, "JPY"))
    assert (terms.safety_period.days, terms.answer_within.days) == (0, 14)
    assert (terms.publish_after.total_seconds(), terms.update_after.days) == (5400, 30)


def test_the_readme_names_every_setting_and_no_other():
    named = settings_in(README.read_text(encoding="utf-8"))

    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields), (
        'README.md has a table under the heading "Settings" '
        "with each setting's name in backticks in the first column"
    )


def settings_in(text):
    """The names in the first column of the tables under the heading "Settings"."""
    section = re.search(r"^#+ Settings\s*$\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    cells = re.findall(r"^\|([^|]*)\|", section[1] if section else "", re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([A-Z_]+)`", cell)]


def test_the_reading_of_the_readme_sees_the_table_and_nothing_else():
    text = (
        "# H\n| `A` | no |\n## Settings\n\n| setting | what |\n|---|---|\n| `B_C` | of `D` |\n"
        "| `E`, `F` | x |\n\nwords `G`\n\n## After\n| `I` | no |\n"
    )

    assert settings_in(text) == ["B_C", "E", "F"]
