from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sandrail.journal import (
    Checkpoint,
    CheckpointError,
    SigningKey,
    VerifyingKey,
    sign_checkpoint,
    verify_checkpoint,
)
from sandrail.journal import checkpoint as checkpoint

ORIGIN = "regulator.example/sandbox/art-1"
KEEPER = SigningKey(ORIGIN, bytes(range(32)))
WITNESS = SigningKey("witness.example/1", bytes(range(1, 33)))
CHECKPOINT = Checkpoint(ORIGIN, 20_852_163, bytes(range(32)))


def test_a_checkpoint_reads_as_its_public_format_says() -> None:
    text = CHECKPOINT.text()
    assert text == f"{ORIGIN}\n20852163\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    note = sign_checkpoint(CHECKPOINT, KEEPER)
    assert note.startswith(text + "\n\u2014 " + ORIGIN + " ")
    assert len(note.splitlines()) == 5


def test_a_published_example_of_the_format_is_read() -> None:
    """A note that another implementation publishes as its example: same ids, same signed bytes."""
    text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    line = (
        "\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYj"
        "OBH3mFXmRKuwHjG1Yu72IneyaQM="
    )
    key = VerifyingKey.parse(text)
    assert str(key) == text
    name, data = checkpoint._read_signature(line)
    assert (name, data[:4]) == (key.name, key.key_id)
    public = Ed25519PublicKey.from_public_bytes(key.public)
    public.verify(data[4:], b"This is an example message.\n")


def test_signed_is_verified_by_any_trusted_key() -> None:
    note = sign_checkpoint(CHECKPOINT, KEEPER, WITNESS)
    for keys in (
        [KEEPER.verifying_key],
        [WITNESS.verifying_key],
        [KEEPER.verifying_key, WITNESS.verifying_key],
    ):
        assert verify_checkpoint(note, keys=keys, origin=ORIGIN) == CHECKPOINT
    assert VerifyingKey.parse(str(KEEPER.verifying_key)) == KEEPER.verifying_key


def test_a_stranger_an_impostor_and_another_origin_are_refused() -> None:
    note = sign_checkpoint(CHECKPOINT, KEEPER)
    impostor = SigningKey(ORIGIN, bytes(32))
    with pytest.raises(CheckpointError, match="None of the keys"):
        verify_checkpoint(note, keys=[WITNESS.verifying_key])
    with pytest.raises(CheckpointError, match="None of the keys"):
        verify_checkpoint(note, keys=[impostor.verifying_key])
    with pytest.raises(CheckpointError, match="None of the keys"):
        verify_checkpoint(note, keys=[])
    with pytest.raises(CheckpointError, match="not of other"):
        verify_checkpoint(note, keys=[KEEPER.verifying_key], origin="other")


def test_one_bad_signature_of_a_trusted_key_spoils_the_note() -> None:
    good = sign_checkpoint(CHECKPOINT, KEEPER, WITNESS)
    other = sign_checkpoint(Checkpoint(ORIGIN, 1, bytes(32)), WITNESS)
    spoiled = good.replace(good.splitlines()[-1], other.splitlines()[-1])
    with pytest.raises(CheckpointError, match="does not hold"):
        verify_checkpoint(spoiled, keys=[KEEPER.verifying_key, WITNESS.verifying_key])
    assert verify_checkpoint(spoiled, keys=[KEEPER.verifying_key]) == CHECKPOINT


def test_every_flipped_bit_is_found() -> None:
    note = sign_checkpoint(CHECKPOINT, KEEPER).encode()
    for position in range(len(note)):
        data = bytearray(note)
        data[position] ^= 1 << position % 7
        try:
            text = data.decode()
        except UnicodeDecodeError:
            continue
        with pytest.raises(CheckpointError):
            verify_checkpoint(text, keys=[KEEPER.verifying_key])


@pytest.mark.parametrize(
    "body",
    [
        "origin\n1\n",
        "\n1\nAAAA\n",
        "origin\n01\n" + "A" * 43 + "=\n",
        "origin\n-1\n" + "A" * 43 + "=\n",
        "origin\n1\nAAAA\n",
        "origin\n1\n" + "A" * 42 + "B=\n",
        "origin\n1\nnot base64\n",
    ],
)
def test_a_malformed_text_is_refused_though_it_is_signed(body: str) -> None:
    note = body + "\n" + KEEPER.sign(body)
    with pytest.raises(CheckpointError):
        verify_checkpoint(note, keys=[KEEPER.verifying_key])


def test_unfit_keys_and_checkpoints_are_refused() -> None:
    for name in ("", "with space", "with+plus", "line\nbreak"):
        with pytest.raises(CheckpointError):
            SigningKey(name, bytes(32))
    with pytest.raises(CheckpointError):
        SigningKey("short", bytes(31))
    with pytest.raises(CheckpointError):
        sign_checkpoint(CHECKPOINT)
    with pytest.raises(CheckpointError):
        sign_checkpoint(Checkpoint("two\nlines", 1, bytes(32)), KEEPER)
    for text in ("", "a+b+c", "name+00000000+" + str(KEEPER.verifying_key).split("+")[2]):
        with pytest.raises(CheckpointError):
            VerifyingKey.parse(text)
    assert "seed" not in repr(KEEPER)
    assert KEEPER.seed.hex() not in repr(KEEPER)


def test_extension_lines_are_passed_over() -> None:
    body = CHECKPOINT.text() + "an extension\n"
    note = body + "\n" + KEEPER.sign(body)
    assert verify_checkpoint(note, keys=[KEEPER.verifying_key]) == CHECKPOINT
