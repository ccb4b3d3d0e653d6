"""The token: where it comes from, when it is renewed, and that it shows nowhere."""

from __future__ import annotations

import pickle
import threading
import traceback
from pathlib import Path

import pytest

from preflight.client.token import Secret, Token, token_from, token_in
from preflight.errors import UsageError

HIDDEN = "tok-5ecret-do-not-show"


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret(HIDDEN)
    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>40}", format(secret, ""), repr([secret]), repr({"token": secret})]
    assert all(HIDDEN not in one for one in shown)
    assert secret.reveal() == HIDDEN


def test_a_secret_is_not_pickled() -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(Secret(HIDDEN))


@pytest.mark.parametrize("text", [HIDDEN, f"  {HIDDEN}\n", f"Bearer {HIDDEN}", f"\tBearer  {HIDDEN}\r\n"])
def test_blanks_and_the_word_bearer_are_no_part_of_it(text: str) -> None:
    assert Secret.parse(text, "a test").reveal() == HIDDEN


@pytest.mark.parametrize(
    "text", ["", "  \n", "Bearer ", f"{HIDDEN} {HIDDEN}", f"{HIDDEN}\r\nX-Evil: 1", f"{HIDDEN}ü", "x" * 16385, 7, None, b"x"]
)
def test_what_cannot_be_a_token_is_refused_without_showing_it(text: object) -> None:
    with pytest.raises(UsageError, match="the token from a test") as caught:
        Secret.parse(text, "a test")
    assert HIDDEN not in str(caught.value)


def test_what_a_server_sends_back_is_hidden() -> None:
    secret = Secret(HIDDEN)
    assert secret.hide_in(f"bad token {HIDDEN}!") == "bad token [token]!"
    assert secret.hide_in_bytes(f'{{"message": "{HIDDEN}"}}'.encode()) == b'{"message": "[token]"}'


def test_a_token_too_short_to_be_one_is_not_looked_for() -> None:
    assert Secret("a").hide_in("a banana") == "a banana"
    assert Secret("a").hide_in_bytes(b"a banana") == b"a banana"


def test_secrets_are_equal_by_their_text() -> None:
    assert Secret("one-token") == Secret("one-token")
    assert Secret("one-token") != Secret("another-token")
    assert Secret("one-token") != "one-token"
    assert len({Secret("one-token"), Secret("one-token")}) == 1


def test_a_provider_is_asked_once_and_again_after_a_refusal() -> None:
    given = iter(["first-token", "second-token"])
    token = Token(lambda: next(given), "the provider")
    first = token.current()
    assert token.current() is first
    assert token.renew(first)
    assert token.current().reveal() == "second-token"


def test_a_token_that_another_thread_renewed_is_not_renewed_again() -> None:
    calls: list[int] = []

    def provide() -> str:
        calls.append(1)
        return f"token-number-{len(calls)}"

    token = Token(provide, "the provider")
    refused = token.current()
    threads = [threading.Thread(target=token.renew, args=(refused,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 2


def test_the_same_token_again_is_no_renewal() -> None:
    token = Token(lambda: "always-the-same", "the provider")
    assert not token.renew(token.current())


def test_a_fixed_token_cannot_be_renewed() -> None:
    token = token_from(Secret("fixed-token"), None, None)
    assert token is not None
    assert not token.renew(token.current())


def test_a_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("first-token\n", encoding="utf-8")
    token = token_from(None, path, Secret("from-the-environment"))
    assert token is not None
    first = token.current()
    path.write_text("second-token\n", encoding="utf-8")
    assert (first.reveal(), token.renew(first), token.current().reveal()) == ("first-token", True, "second-token")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    token = token_from(None, tmp_path / "absent", None)
    assert token is not None
    with pytest.raises(UsageError, match=r"the file .*absent.*: it raised FileNotFoundError"):
        token.current()


def test_the_text_of_a_failing_provider_is_not_shown() -> None:
    def fail() -> str:
        secret = HIDDEN
        raise ValueError(f"cannot exchange {secret}")

    with pytest.raises(UsageError) as caught:
        Token(fail, "the provider").current()
    text = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert HIDDEN not in text.replace(f"HIDDEN = '{HIDDEN}'", "")
    assert "it raised ValueError" in str(caught.value)
    assert caught.value.__context__ is None


def test_an_interrupt_in_a_provider_passes() -> None:
    def stop() -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Token(stop, "the provider").current()


def test_the_argument_goes_before_the_environment() -> None:
    token = token_from(Secret("from-the-argument"), None, Secret("from-the-environment"))
    assert token is not None
    assert token.current().reveal() == "from-the-argument"


def test_the_environment_is_the_last_resort() -> None:
    token = token_from(None, None, token_in({"DEMANDBASE_TOKEN": "from-the-environment"}))
    assert token is not None
    assert token.current().reveal() == "from-the-environment"
    assert token_from(None, None, token_in({})) is None


def test_a_token_and_a_file_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give one of them"):
        token_from(Secret("a-token"), tmp_path, None)


def test_a_source_shows_its_origin_only() -> None:
    assert repr(Token(None, "the argument", Secret(HIDDEN))) == "Token(from the argument)"
