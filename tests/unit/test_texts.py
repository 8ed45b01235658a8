"""Which plain words and texts are taken, rule by rule. What is refused: see `bad/`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fleet.fields.hosts import host_name
from fleet.fields.references import email, image, secret_arn, user_name
from fleet.fields.schedules import schedule_expression, timezone
from fleet.fields.spelling import short_name, url_path
from fleet.fields.tags import tag_key, tag_value
from fleet.fields.variables import variable_name
from fleet.wording import describe, listing, nearest
from fleet.yaml.scalars import Trap, resolve


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("", None),
        ("~", None),
        ("true", True),
        ("FALSE", False),
        ("0", 0),
        ("-12", -12),
        ("1024", 1024),
        ("0.5", 0.5),
        ("4.0", 4.0),
        ("live", "live"),
        ("none", "none"),
        ("y", "y"),
        ("1e3", "1e3"),
        ("1.2.3", "1.2.3"),
        ("10.0.0.0/16", "10.0.0.0/16"),
        ("2026-13", "2026-13"),
        ("256M", "256M"),
        ("-", "-"),
    ],
)
def test_plain_words(word: str, value: object) -> None:
    assert resolve(word) == value
    assert type(resolve(word)) is type(value)


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("no", "the boolean false"),
        ("On", "the boolean true"),
        ("8.10", "the number 8.1"),
        ("0777", "the number 511"),
        ("0x10", "the number 16"),
        ("0b11", "the number 3"),
        ("1_000", "the number 1000"),
        ("12:30", "the number 750"),
        ("12:30:45", "the number 45045"),
        ("+1", "the number 1"),
        (".5", "the number 0.5"),
        ("1.", "the number 1.0"),
        (".inf", "the number inf"),
        ("2026-11-22", "the date 2026-11-22"),
        ("2026-11-22 08:00:00", "the date 2026-11-22 08:00:00"),
        ("2026-02-30", "a number or date that can't be"),
        ("9" * 5_000, "a number"),
    ],
)
def test_words_that_yaml_takes_for_something_else(word: str, meaning: str) -> None:
    trap = resolve(word)
    assert isinstance(trap, Trap)
    assert (trap.text, trap.meaning) == (word, meaning)


DIGEST = "sha256:" + "0" * 64
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:blog/smtp-AbCdEf"


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (host_name, "a.bc"),
        (host_name, "*.example.com"),
        (host_name, "1and1.example"),
        (host_name, "xn--bcher-kva.example"),
        (host_name, "a--b.example"),
        (host_name, "*.b.c.d.e.f.example"),
        (host_name, f"{'a' * 63}.{'b' * 60}.com"),
        (image, "wordpress:6.9-php8.4-fpm"),
        (image, f"wordpress@{DIGEST}"),
        (image, f"registry.example.com:5000/web/wordpress:6@{DIGEST}"),
        (secret_arn, ARN),
        (secret_arn, f"{ARN}:password::"),
        (secret_arn, "arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/blog/smtp"),
        (email, "o'hara+web@mail.example.com"),
        (user_name, "web master_1@example"),
        (schedule_expression, "0 8 ? * MON-FRI *"),
        (schedule_expression, "0/15 8-18 L * ? 2026-2030"),
        (schedule_expression, "at(2028-02-29T00:00:00)"),
        (timezone, "America/Argentina/Buenos_Aires"),
        (short_name(24), "a"),
        (short_name(24), "a1-b2-c3"),
        (short_name(5), "abcde"),
        (url_path, "/"),
        (url_path, "/wp-login.php"),
        (variable_name, "_wp_debug1"),
        (variable_name, "WORDPRESS_CONFIG_EXTRA"),
        (tag_key, "Kostenstelle für Größe: a/b=c+d-e@f"),
        (tag_value, ""),
        (tag_value, "v" * 256),
    ],
)
def test_taken_as_it_is(rule: Callable[[str], str], text: str) -> None:
    assert rule(text) == text


def test_steps_without_end_take_no_time() -> None:
    with pytest.raises(ValueError, match="more than 64 characters"):
        schedule_expression(",".join(["1/5"] * 40) + "x * * * ? *")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "the boolean true"),
        (2.0, "the number 2.0"),
        ("a\nb", r'the text "a\nb"'),
        ("ü" * 61, f'the text "{"ü" * 59}…"'),
        ({}, "a map"),
        ([1], "a list"),
        (Trap("no"), "no, which YAML reads as the boolean false"),
        (Trap("2026-11-22"), "the date 2026-11-22"),
    ],
)
def test_what_was_found_in_words(value: object, words: str) -> None:
    assert describe(value) == words


def test_lists_in_words() -> None:
    assert listing(["a"]) == "a"
    assert listing(["a", "b", "c"], last="and") == "a, b and c"
    assert listing(map(str, range(30))).endswith("22, 23 or one of 6 more")


def test_the_nearest_word() -> None:
    assert nearest("scalling", ["scaling", "state"]) == "scaling"
    assert nearest("wordpress", ["scaling", "state"]) is None
    assert nearest("scaling" * 1_000_000, ["scaling"]) is None
