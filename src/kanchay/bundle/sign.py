"""Ed25519 signatures over the manifest, which names the sha256 of every other file."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kanchay.domain.errors import BundleError, BundleTampered
from kanchay.newfile import kept

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["PROJECT_KEYS", "check_signature", "load_or_make_key", "public_key", "sign"]

PROJECT_KEYS: Final[tuple[str, ...]] = ("6GF3uJ1a2p+OtoXLOLeQkqGFxVMjhcYQbz6ATCVoFyQ=",)
"""Public keys of this project, base64. A new key is added here before the old one is taken away."""


def sign(key: Ed25519PrivateKey, data: bytes) -> bytes:
    """Detached signature of `data`, base64 with a newline.

    Parameters
    ----------
    key : Ed25519PrivateKey
    data : bytes
        The manifest as it is written.

    Returns
    -------
    bytes

    Examples
    --------
    >>> from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    >>> key = Ed25519PrivateKey.generate()
    >>> check_signature(public_key(key), sign(key, b"manifest"), b"manifest")
    """
    return base64.b64encode(key.sign(data)) + b"\n"


def public_key(key: Ed25519PrivateKey) -> str:
    """The public half, base64.

    Parameters
    ----------
    key : Ed25519PrivateKey

    Returns
    -------
    str
    """
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def check_signature(signer: str, signature: bytes, data: bytes) -> None:
    """Nothing where the signature fits.

    Parameters
    ----------
    signer : str
        Public key, base64.
    signature : bytes
        As `sign` wrote it.
    data : bytes
        What was signed.

    Raises
    ------
    BundleTampered
        It does not fit, or key or signature cannot be read.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signer, validate=True))
        key.verify(base64.b64decode(signature.strip(), validate=True), data)
    except (InvalidSignature, ValueError, binascii.Error) as error:
        raise BundleTampered(
            "The signature does not fit the manifest.",
            hint="Fetch the bundle again from its publisher.",
            code="bundle.signature",
        ) from error


def load_or_make_key(path: Path) -> Ed25519PrivateKey:
    """The private key in that PEM file; made, readable by its owner alone, where there is none.

    Parameters
    ----------
    path : Path
        Its folder is made too, for the owner alone.

    Returns
    -------
    Ed25519PrivateKey

    Raises
    ------
    BundleError
        The file holds no Ed25519 key.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        key = serialization.load_pem_private_key(kept(path, _new_key), password=None)
    except ValueError as error:
        raise BundleError(f"{path.name} holds no private key: {error}", code="bundle.key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BundleError(f"{path.name} holds another kind of key than Ed25519.", code="bundle.key")
    return key


def _new_key() -> bytes:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
