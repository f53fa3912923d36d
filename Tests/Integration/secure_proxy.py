"""A door in front of a broker that asks for TLS, for SASL, or for both.

Written from the RFCs and KIPs with Python's own ssl, hashlib and hmac, so that it shares nothing
with what it tests. It takes the part of a broker's listener: SaslHandshake and SaslAuthenticate are
answered here, all else is passed on. The broker must advertise the door's address.
"""

import base64
import hashlib
import hmac
import os
import re
import select
import socket
import ssl
import struct
import threading
import time

SASL_HANDSHAKE, API_VERSIONS, SASL_AUTHENTICATE = 17, 18, 36
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
    """RFC 7628. `user` says whose a token is, None when nobody's."""

    def __init__(self, user, seen):
        self.user_of, self.seen, self.failed = user, seen, False

    def step(self, message):
        if self.failed:
            assert message == b"\x01", message
            raise PermissionError("invalid_token")
        match = re.fullmatch(rb"n,,\x01auth=Bearer ([^\x01]+)\x01(.*)\x01", message, re.DOTALL)
        assert match, message
        self.seen.append(match.groups())
        self.user = self.user_of(match[1].decode())
        if self.user is None:
            self.failed = True
            return b'{"status":"invalid_token"}', False
        return b"", True


class Door:
    """Listens on a port of its own; a thread for each connection.

    `mechanisms`: name to a function that begins an exchange; none is a door without SASL.
    `lifetime_ms`: of a session; a request after it ends the connection, as KIP-368 has it.
    """

    def __init__(self, tls=None, mechanisms=None, lifetime_ms=0):
        self.tls, self.mechanisms, self.lifetime_ms = tls, mechanisms, lifetime_ms
        self.upstream = None
        self.connections = 0
        self.authentications = []
        self.names = []
        if tls is not None:
            tls.sni_callback = lambda _, name, __: self.names.append(name)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        upstream = None
        try:
            client.settimeout(60)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls is not None:
                client = self.tls.wrap_socket(client, server_side=True)
            self.connections += 1
            host, port = self.upstream.split(":")
            upstream = socket.create_connection((host, int(port)), 60)
            upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Visit(self, client, upstream).run()
        except OSError:
            pass  # Broken off by one side or the other, as tests have it.
        finally:
            for stream in (client, upstream):
                if stream is not None:
                    stream.close()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class Visit:
    """One connection."""

    def __init__(self, door, client, upstream):
        self.door, self.client, self.upstream = door, client, upstream
        self.exchange, self.mechanism = None, None
        self.is_in = door.mechanisms is None
        self.expires = None
        self.unanswered = 0

    def run(self):
        while True:
            waiting = isinstance(self.client, ssl.SSLSocket) and self.client.pending()
            ready = [self.client] if waiting else select.select(
                [self.client, self.upstream], [], [], 60)[0]
            if not ready:
                return
            if self.upstream in ready:
                self.pass_back()
            if self.client in ready and not self.request():
                return

    def pass_back(self):
        self.client.sendall(self.frame(self.upstream))
        self.unanswered -= 1

    def frame(self, stream):
        """With its length in front. A partner that ends shows as an error."""
        length = self.exactly(stream, 4)
        count = struct.unpack(">i", length)[0]
        if not 0 <= count <= 100 << 20:  # Kafka's socket.request.max.bytes
            raise ConnectionResetError
        return length + self.exactly(stream, count)

    @staticmethod
    def exactly(stream, count):
        data = bytearray()
        while len(data) < count:
            piece = stream.recv(min(count - len(data), 1 << 20))
            if not piece:
                raise ConnectionResetError
            data += piece
        return bytes(data)

    def request(self):
        """False when the connection is to end."""
        frame = self.frame(self.client)
        key, version, correlation = struct.unpack(">hhi", frame[4:12])
        if key not in (SASL_HANDSHAKE, SASL_AUTHENTICATE):
            if not self.may_pass(key):
                return False
            self.upstream.sendall(frame)
            self.unanswered += 1
            return True
        while self.unanswered > 0:  # A broker answers in the order of the requests.
            self.pass_back()
        rest = frame[12:]
        rest = rest[2 + max(0, struct.unpack(">h", rest[:2])[0]):]
        if key == SASL_HANDSHAKE:
            return self.handshake(correlation, rest)
        return self.exchange is not None and self.authenticate(version, correlation, rest)

    def may_pass(self, key):
        if not self.is_in:
            return key == API_VERSIONS and self.exchange is None
        # In between, the next is part of the exchange (KIP-368).
        return self.exchange is None and (
            self.expires is None or time.monotonic() < self.expires)

    def handshake(self, correlation, rest):
        name = rest[2:2 + struct.unpack(">h", rest[:2])[0]].decode()
        offered = self.door.mechanisms or {}
        code = ILLEGAL_SASL_STATE if self.door.mechanisms is None else (
            0 if name in offered else UNSUPPORTED_MECHANISM)
        names = b"".join(struct.pack(">h", len(n)) + n.encode() for n in offered)
        self.answer(correlation, struct.pack(">hi", code, len(offered)) + names)
        if code == 0:
            self.mechanism, self.exchange = name, offered[name]()
        return code == 0

    def authenticate(self, version, correlation, rest):
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
            self.answer(correlation, self.body(version, SASL_FAILED, str(error), b"", 0))
            return False
        lifetime = self.door.lifetime_ms if is_done else 0
        if is_done:
            self.is_in = True
            self.door.authentications.append((self.mechanism, self.exchange.user))
            self.exchange = None
            if lifetime:
                self.expires = time.monotonic() + lifetime / 1000
        self.answer(correlation, self.body(version, 0, None, message, lifetime))
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

    def answer(self, correlation, body):
        self.client.sendall(struct.pack(">ii", len(body) + 4, correlation) + body)


def compact(data):
    """Bytes with their length plus one in front, as a varint; nothing is 0."""
    if data is None:
        return b"\0"
    length, head = len(data) + 1, b""
    while length >= 0x80:
        head, length = head + bytes([length & 0x7F | 0x80]), length >> 7
    return head + bytes([length]) + data
