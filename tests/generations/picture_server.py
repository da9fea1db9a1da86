"""A server of pictures on loopback for the fetcher's tests: raw bytes, as rude as a test wants them."""

import asyncio
import datetime
import ssl
from contextlib import asynccontextmanager
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BODY = b"\xff\xd8\xff a picture"


def answer(body=BODY, *, status="200 OK", headers=()):
    head = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


@asynccontextmanager
async def serving(reply, *, tls=None):
    """Serve on loopback: reply(path, request) returns bytes, or an async generator of them. Yields port and log."""
    seen = []

    async def handle(reader, writer):
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            seen.append(request)
            made = reply(request.split()[1])
            if isinstance(made, bytes):
                writer.write(made)
            else:
                async for part in made:
                    writer.write(part)
                    await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1], seen


def certificate(name, tmp_path):
    """Return contexts for a server that proves to be `name` and for a client that trusts it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / f"{name}.pem"
    path.write_bytes(secret + pem)
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cadata=pem.decode())
    server.load_cert_chain(path)
    return server, client
