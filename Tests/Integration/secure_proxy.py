"""A door in front of a broker that asks for TLS, for SASL, or for both.

Written from the RFCs and KIPs with Python's own ssl, hashlib and hmac, so that it shares nothing
with what it tests. It takes the part of a broker's listener: SaslHandshake and SaslAuthenticate are
answered here, all else is passed on. The broker must advertise the door's address.
"""

import asyncio
import base64
import hashlib
import hmac
import os
import re
import ssl
import struct
import threading

PRODUCE, SASL_HANDSHAKE, API_VERSIONS, SASL_AUTHENTICATE = 0, 17, 18, 36
UNSUPPORTED_MECHANISM, ILLEGAL_SASL_STATE, SASL_FAILED = 33, 34, 58


class Scram:
    """The server's side of RFC 5802."""

    def __init__(self, hash_name, users, iterations=4096):
        self.hash_name, self.users, self.iterations = hash_name, users, iterations
        self.salt = os.urandom(16)
        self.first = None

    def step(self, message):
        if self.first is None:
            return self.begin(message.decode()), False
        return self.finish(message.decode()), True

    def begin(self, message):
        match = re.fullmatch(r"n,,(n=([^,]+),r=([^,]+))", message)
        assert match, message
        self.bare, name, nonce = match.groups()
        self.user = name.replace("=2C", ",").replace("=3D", "=")
        self.nonce = nonce + base64.b64encode(os.urandom(18)).decode()
        salt = base64.b64encode(self.salt).decode()
        self.first = f"r={self.nonce},s={salt},i={self.iterations}"
        return self.first.encode()

    def hmac(self, key, text):
        return hmac.new(key, text.encode(), self.hash_name).digest()

    def finish(self, message):
        without_proof, _, proof = message.rpartition(",p=")
        assert without_proof == f"c=biws,r={self.nonce}", message
        salted = hashlib.pbkdf2_hmac(
            self.hash_name, self.users.get(self.user, "\0").encode(), self.salt, self.iterations)
        stored = hashlib.new(self.hash_name, self.hmac(salted, "Client Key")).digest()
        together = ",".join([self.bare, self.first, without_proof])
        signature = self.hmac(stored, together)
        key = bytes(a ^ b for a, b in zip(base64.b64decode(proof), signature))
        if hashlib.new(self.hash_name, key).digest() != stored:
            raise PermissionError("invalid credentials with SASL mechanism SCRAM")
        server = self.hmac(self.hmac(salted, "Server Key"), together)
        return b"v=" + base64.b64encode(server)


class Impostor(Scram):
    """Lets everybody in, and so shows that it does not know the password."""

    def finish(self, message):
        return b"v=" + base64.b64encode(os.urandom(hashlib.new(self.hash_name).digest_size))


class Plain:
    def __init__(self, users):
        self.users = users

    def step(self, message):
        identity, name, password = message.decode().split("\0")
        if identity not in ("", name) or self.users.get(name) != password:
            raise PermissionError("Authentication failed: Invalid username or password")
        self.user = name
        return b"", True


class Bearer:
    """RFC 7628. `tokens` maps each good token to a user."""

    def __init__(self, tokens, seen):
        self.tokens, self.seen, self.failed = tokens, seen, False

    def step(self, message):
        if self.failed:
            assert message == b"\x01", message
            raise PermissionError("invalid_token")
        match = re.fullmatch(rb"n,,\x01auth=Bearer ([^\x01]+)\x01(.*)\x01", message, re.DOTALL)
        assert match, message
        self.seen.append(match.groups())
        self.user = self.tokens.get(match[1].decode())
        if self.user is None:
            self.failed = True
            return b'{"status":"invalid_token"}', False
        return b"", True


class Door:
    """Listens on a port of its own, in a thread of its own.

    `mechanisms`: name to a function that begins an exchange; none is a door without SASL.
    `lifetime_ms`: of a session; a request after it ends the connection, as KIP-368 has it.
    """

    def __init__(self, tls=None, mechanisms=None, lifetime_ms=0):
        self.tls, self.mechanisms, self.lifetime_ms = tls, mechanisms, lifetime_ms
        self.upstream = None
        self.connections = 0
        self.authentications = []
        self.requests = []
        self.names = []
        self.loop = asyncio.new_event_loop()
        if tls is not None:
            tls.sni_callback = lambda _, name, __: self.names.append(name)
        started = threading.Event()
        self.thread = threading.Thread(target=self.run, args=(started,), daemon=True)
        self.thread.start()
        assert started.wait(10)

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def run(self, started):
        asyncio.set_event_loop(self.loop)
        # What a client breaks off is no matter for the test's output.
        self.loop.set_exception_handler(lambda *_: None)

        async def listen():
            self.server = await asyncio.start_server(
                self.serve, "127.0.0.1", 0, ssl=self.tls, limit=1 << 20)
            self.port = self.server.sockets[0].getsockname()[1]
            started.set()

        self.loop.run_until_complete(listen())
        self.loop.run_forever()

    def close(self):
        async def stop():
            self.server.close()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            await asyncio.sleep(0)
            self.loop.stop()

        asyncio.run_coroutine_threadsafe(stop(), self.loop)
        self.thread.join(10)

    async def serve(self, reader, writer):
        self.connections += 1
        up_writer = None
        try:
            host, port = self.upstream.split(":")
            up_reader, up_writer = await asyncio.open_connection(host, int(port))
            await Visit(self, reader, writer, up_reader, up_writer).run()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError, asyncio.CancelledError):
            pass
        finally:
            for stream in (writer, up_writer):
                if stream:
                    stream.close()


class Visit:
    """One connection."""

    def __init__(self, door, reader, writer, up_reader, up_writer):
        self.door, self.reader, self.writer = door, reader, writer
        self.up_reader, self.up_writer = up_reader, up_writer
        self.exchange, self.mechanism = None, None
        self.is_in = door.mechanisms is None
        self.expires = None
        self.unanswered = 0
        self.drained = asyncio.Event()
        self.drained.set()

    async def run(self):
        answers = asyncio.ensure_future(self.pass_back())
        try:
            while True:
                frame = await self.reader.readexactly(
                    struct.unpack(">i", await self.reader.readexactly(4))[0])
                key, version, correlation = struct.unpack(">hhi", frame[:8])
                self.door.requests.append(key)
                if key in (SASL_HANDSHAKE, SASL_AUTHENTICATE):
                    # A broker answers in the order of the requests.
                    await self.drained.wait()
                    if not await self.authenticate(key, version, correlation, frame[8:]):
                        return
                elif self.may_pass(key):
                    await self.pass_on(frame, expects_answer=not self.is_silent(frame))
                else:
                    return
        finally:
            answers.cancel()

    def may_pass(self, key):
        if not self.is_in:
            return key == API_VERSIONS and self.exchange is None
        if self.exchange is not None:
            return False
        return self.expires is None or asyncio.get_running_loop().time() < self.expires

    def is_silent(self, frame):
        """Produce with acks 0: behind the client's name (and tags) comes the transactional id."""
        key, version = struct.unpack(">hh", frame[:4])
        if key != PRODUCE:
            return False
        end = 10 + max(0, struct.unpack(">h", frame[8:10])[0])
        if version >= 9:
            transactional = frame[end + 1]
            end += 2 + max(0, transactional - 1)
        else:
            end += 2 + max(0, struct.unpack(">h", frame[end:end + 2])[0])
        return struct.unpack(">h", frame[end:end + 2])[0] == 0

    async def pass_on(self, frame, expects_answer):
        if expects_answer:
            self.unanswered += 1
            self.drained.clear()
        self.up_writer.write(struct.pack(">i", len(frame)) + frame)
        await self.up_writer.drain()

    async def pass_back(self):
        try:
            while True:
                length = await self.up_reader.readexactly(4)
                frame = await self.up_reader.readexactly(struct.unpack(">i", length)[0])
                self.writer.write(length + frame)
                await self.writer.drain()
                self.unanswered -= 1
                if self.unanswered == 0:
                    self.drained.set()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            self.writer.close()

    async def authenticate(self, key, version, correlation, rest):
        """False when the connection is to end."""
        rest = rest[2 + max(0, struct.unpack(">h", rest[:2])[0]):]
        if key == SASL_HANDSHAKE:
            name = rest[2:2 + struct.unpack(">h", rest[:2])[0]].decode()
            offered = self.door.mechanisms or {}
            code = ILLEGAL_SASL_STATE if self.door.mechanisms is None else (
                0 if name in offered else UNSUPPORTED_MECHANISM)
            names = b"".join(struct.pack(">h", len(n)) + n.encode() for n in offered)
            await self.answer(correlation, struct.pack(">hi", code, len(offered)) + names)
            if code == 0:
                self.mechanism, self.exchange = name, offered[name]()
            return code == 0
        if self.exchange is None:
            return False
        if version >= 2:
            # An empty tag section, then the bytes, their length plus one as a varint.
            length, rest = rest[1] & 0x7F, rest[1:]
            if rest[0] & 0x80:
                length, rest = length | rest[1] << 7, rest[1:]
            token = rest[1:length]
        else:
            token = rest[4:4 + struct.unpack(">i", rest[:4])[0]]
        try:
            message, is_done = self.exchange.step(token)
        except PermissionError as error:
            await self.answer(correlation, self.body(version, SASL_FAILED, str(error), b"", 0))
            return False
        lifetime = self.door.lifetime_ms if is_done else 0
        await self.answer(correlation, self.body(version, 0, None, message, lifetime))
        if is_done:
            self.is_in = True
            self.door.authentications.append((self.mechanism, self.exchange.user))
            self.exchange = None
            if self.door.lifetime_ms:
                now = asyncio.get_running_loop().time()
                self.expires = now + self.door.lifetime_ms / 1000
        return True

    def body(self, version, code, error, message, lifetime):
        text = error.encode() if error is not None else None
        if version >= 2:
            parts = [b"\0", struct.pack(">h", code), compact(text), compact(message),
                     struct.pack(">q", lifetime), b"\0"]
        else:
            said = struct.pack(">h", -1) if text is None else struct.pack(">h", len(text)) + text
            parts = [struct.pack(">h", code), said, struct.pack(">i", len(message)), message]
            if version == 1:
                parts.append(struct.pack(">q", lifetime))
        return b"".join(parts)

    async def answer(self, correlation, body):
        self.writer.write(struct.pack(">ii", len(body) + 4, correlation) + body)
        await self.writer.drain()


def compact(data):
    """Bytes with their length plus one in front, as a varint; nothing is 0."""
    if data is None:
        return b"\0"
    length, head = len(data) + 1, b""
    while length >= 0x80:
        head, length = head + bytes([length & 0x7F | 0x80]), length >> 7
    return head + bytes([length]) + data
