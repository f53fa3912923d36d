"""TLS and authentication as clients meet them: at a door that this suite wrote itself, in front of
skafka's own broker."""

import base64
import contextlib
import json
import ssl
import subprocess
import time

import pytest
from confluent_kafka.admin import AdminClient

from harness import Broker, Skafka, end, free_port, numbered_lines, text
from papers import KEY_PASSWORD, Papers
from secure_proxy import Bearer, Door, Impostor, Plain, Scram

USERS = {"alice": "wonder=land, ü", "bob": "b"}


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    return Papers(tmp_path_factory.mktemp("papers"))


@contextlib.contextmanager
def door(home, tls=None, mechanisms=None, lifetime_ms=0, host="127.0.0.1"):
    """A door with a broker of its own behind it, which advertises it."""
    door = Door(tls, mechanisms, lifetime_ms)
    door.address_as = f"{host}:{door.port}"
    port = free_port()
    door.upstream = f"127.0.0.1:{port}"
    try:
        with Broker(Skafka(home), port=port,
                    extra=["--advertise", door.address_as, "--topic", "t"]):
            yield door
    finally:
        door.close()


def token_user(token):
    """Of the one good token, or of one that nobody signed."""
    if token == "good.token":
        return "carol"
    head, _, rest = token.partition(".")
    if rest.count(".") != 1 or not rest.endswith("."):
        return None
    parts = [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
             for part in (head, rest[:-1])]
    now = time.time()
    assert parts[0]["alg"] == "none" and parts[1]["iat"] <= now + 1 < parts[1]["exp"], parts
    return parts[1]["sub"] if parts[1]["scope"] == ["read", "write"] else None


def every_mechanism(seen):
    return {
        "PLAIN": lambda: Plain(USERS),
        "SCRAM-SHA-256": lambda: Scram("sha256", USERS),
        "SCRAM-SHA-512": lambda: Scram("sha512", USERS, 8192),
        "OAUTHBEARER": lambda: Bearer(token_user, seen),
    }


@pytest.fixture(scope="module")
def sasl_door(tmp_path_factory):
    seen = []
    with door(tmp_path_factory.mktemp("sasl"), mechanisms=every_mechanism(seen)) as opened:
        opened.tokens = seen
        yield opened


@pytest.fixture(scope="module")
def tls_door(tmp_path_factory, papers):
    with door(tmp_path_factory.mktemp("tls"), papers.server_context(), host="localhost") as opened:
        yield opened


@pytest.fixture(scope="module")
def plain_door(tmp_path_factory):
    with door(tmp_path_factory.mktemp("plain")) as opened:
        yield opened


@pytest.fixture(scope="module")
def asking_door(tmp_path_factory, papers):
    with door(tmp_path_factory.mktemp("asking"), papers.server_context(asks=True)) as opened:
        yield opened


def settings(*pairs):
    return [word for pair in pairs for word in ("-X", pair)]


def goes_through(skafka, address, *flags):
    """Writes and reads over the door; produce, consume and admin calls all pass it."""
    line = f"{time.monotonic_ns()}\n".encode()
    skafka("produce", "t", "-b", address, "-q", *flags, input=line)
    assert line in skafka("consume", "t", "-b", address, "-e", "-q", *flags)
    assert b"t" in skafka("topics", "list", "-b", address, "--plain", *flags)


def is_refused(skafka, address, *flags, status=3, within=3):
    """At once: what cannot become better is not tried again."""
    started = time.monotonic()
    result = skafka.run("topics", "list", "-b", address, *flags)
    assert result.returncode == status, text(result.stderr)
    assert time.monotonic() - started < within, "an error that is final was tried again"
    assert result.stdout == b""
    return text(result.stderr)


# --- SASL ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_a_password(skafka, sasl_door, mechanism):
    flags = settings("security.protocol=SASL_PLAINTEXT", f"sasl.mechanism={mechanism}",
                     "sasl.username=alice", f"sasl.password={USERS['alice']}")
    goes_through(skafka, sasl_door.address, *flags)
    assert sasl_door.authentications[-1] == (mechanism, "alice")


def test_a_password_from_a_file_a_command_and_a_login_module(skafka, sasl_door):
    (skafka.home / "password").write_text(USERS["alice"] + "\n")
    (skafka.home / "kafka.properties").write_text(
        "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-256\n"
        "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\\n"
        '  username="alice" \\\n  password="wonder=land, \\u00fc";\n'
        "key.deserializer=org.apache.kafka.common.serialization.StringDeserializer\n")
    (skafka.home / "kafka.properties").chmod(0o600)
    base = settings("security.protocol=SASL_PLAINTEXT", "sasl.mechanisms=SCRAM-SHA-512",
                    "sasl.username=alice")
    for flags in ([*base, *settings("sasl.password.file=password")],
                  [*base, *settings("sasl.password.command=cat password")],
                  ["-F", "kafka.properties"]):
        result = skafka.run("topics", "list", "-b", sasl_door.address, "--plain", *flags)
        assert result.returncode == 0, text(result.stderr)
        assert result.stderr == b"", "nothing to be said about good settings"


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256"])
def test_a_wrong_password_is_final(skafka, sasl_door, mechanism):
    said = is_refused(skafka, sasl_door.address, *settings(
        "security.protocol=SASL_PLAINTEXT", f"sasl.mechanism={mechanism}", "sasl.username=alice",
        "sasl.password=hunter2"), "-v")
    assert sasl_door.address in said and mechanism in said and "invalid" in said.lower(), said
    assert "hunter2" not in said
    produced = skafka.run(
        "produce", "t", "-b", sasl_door.address, *settings(
            "security.protocol=SASL_PLAINTEXT", f"sasl.mechanism={mechanism}",
            "sasl.username=alice", "sasl.password=hunter2"), input=b"x\n")
    assert produced.returncode == 3, text(produced.stderr)


def test_a_mechanism_that_is_not_offered(skafka, tmp_path):
    with door(tmp_path, mechanisms={"PLAIN": lambda: Plain(USERS), "GSSAPI": None}) as opened:
        said = is_refused(skafka, opened.address, *settings(
            "security.protocol=SASL_PLAINTEXT", "sasl.mechanism=SCRAM-SHA-512",
            "sasl.username=alice", "sasl.password=x"))
    assert "SCRAM-SHA-512" in said and "PLAIN, GSSAPI" in said and "sasl.mechanism" in said, said


def test_a_broker_that_does_not_know_the_password(skafka, tmp_path):
    with door(tmp_path, mechanisms={"SCRAM-SHA-256": lambda: Impostor("sha256", USERS)}) as opened:
        said = is_refused(skafka, opened.address, *settings(
            "security.protocol=SASL_PLAINTEXT", "sasl.mechanism=SCRAM-SHA-256",
            "sasl.username=alice", "sasl.password=x"))
    assert "did not prove" in said, said


def test_a_token(skafka, sasl_door):
    (skafka.home / "token").write_text("good.token\n")
    base = settings("security.protocol=SASL_PLAINTEXT", "sasl.mechanism=OAUTHBEARER")
    for name in ("file=token", "command=echo good.token"):
        goes_through(skafka, sasl_door.address, *base,
                     *settings(f"sasl.oauthbearer.token.{name}",
                               "sasl.oauthbearer.extensions=logicalCluster=lkc-1"))
        assert sasl_door.authentications[-1] == ("OAUTHBEARER", "carol")
        assert sasl_door.tokens[-1] == (b"good.token", b"logicalCluster=lkc-1\x01")


def test_tokens_that_do_not_do(skafka, sasl_door):
    base = settings("security.protocol=SASL_PLAINTEXT", "sasl.mechanism=OAUTHBEARER")
    said = is_refused(skafka, sasl_door.address, *base,
                      *settings("sasl.oauthbearer.token.command=echo bad.token"))
    assert '{"status":"invalid_token"}' in said and "bad.token" not in said, said
    said = is_refused(skafka, sasl_door.address, *base,
                      *settings("sasl.oauthbearer.token.command=echo secret; exit 7"))
    assert "sasl.oauthbearer.token.command" in said and "status 7" in said, said
    assert "secret" not in said
    said = is_refused(skafka, sasl_door.address, *base,
                      *settings("sasl.oauthbearer.token.file=nowhere"), status=1)
    assert "nowhere" in said and "No such file" in said, said
    said = is_refused(skafka, sasl_door.address, *base, status=2)
    assert "sasl.oauthbearer.token.file" in said, said


def test_a_door_that_asks_and_one_that_does_not(skafka, sasl_door, plain_door):
    said = is_refused(skafka, sasl_door.address, "--timeout", "1s")
    assert "SASL_PLAINTEXT" in said, said
    said = is_refused(skafka, plain_door.address, *settings(
        "security.protocol=SASL_PLAINTEXT", "sasl.mechanism=PLAIN", "sasl.username=alice",
        "sasl.password=x"))
    assert "security.protocol=PLAINTEXT" in said, said


def test_sessions_are_renewed_while_records_flow(skafka, tmp_path):
    """Each session lives a second; a request after its end would lose the connection."""
    with door(tmp_path, mechanisms=every_mechanism([]), lifetime_ms=1000) as opened:
        flags = settings("security.protocol=SASL_PLAINTEXT", "sasl.mechanism=SCRAM-SHA-256",
                         "sasl.username=alice", f"sasl.password={USERS['alice']}")
        lines = numbered_lines(4000).splitlines(keepends=True)
        consumer = skafka.start("consume", "t", "-b", opened.address, "-o", "beginning", "-c",
                                len(lines), "-q", *flags)
        producer = skafka.start("produce", "t", "-b", opened.address, "-v", *flags,
                                stdin=subprocess.PIPE)
        try:
            for index in range(0, len(lines), 20):
                producer.stdin.write(b"".join(lines[index:index + 20]))
                producer.stdin.flush()
                time.sleep(0.015)  # The pace of the input: some three seconds in all.
            _, said = producer.communicate(timeout=30)
            assert producer.returncode == 0, text(said)
            out, _ = consumer.communicate(timeout=30)
            assert out == b"".join(lines), "all of them once and in order"
        finally:
            end(producer)
            end(consumer)
        # Producer and consumer have two connections each, and lost none of them.
        assert opened.connections == 4, text(said)
        assert len(opened.authentications) >= opened.connections + 4


def test_librdkafka_takes_the_same_settings(skafka, papers, tmp_path):
    """Which also shows that the door is like a broker's to a client that this project has not
    written."""
    identity = {"ssl.certificate.location": papers["client.pem"],
                "ssl.key.location": papers["client-locked.key"], "ssl.key.password": KEY_PASSWORD}
    pem = {"ssl.ca.pem": (papers.directory / "ca.pem").read_text()}
    location = {"ssl.ca.location": papers["ca.pem"]}
    alice = {"sasl.username": "alice", "sasl.password": USERS["alice"]}
    token = {"enable.sasl.oauthbearer.unsecure.jwt": "true", "sasl.oauthbearer.config":
             "principal=dave scope=read,write lifeSeconds=600 extension_cluster=c1"}
    with door(tmp_path, papers.server_context(asks=True), every_mechanism([])) as opened:
        for mechanism, more in (("PLAIN", alice | location), ("SCRAM-SHA-256", alice | pem),
                                ("SCRAM-SHA-512", alice | location),
                                ("OAUTHBEARER", token | location)):
            conf = {"security.protocol": "sasl_ssl", "sasl.mechanisms": mechanism} | identity | more
            skafka("topics", "list", "-b", opened.address,
                   *settings(*(f"{name}={value}" for name, value in conf.items())))
            ours = opened.authentications[-1]
            admin = AdminClient(conf | {"bootstrap.servers": opened.address})
            assert "t" in admin.list_topics(timeout=10).topics
            assert opened.authentications[-1] == ours
            assert ours == (mechanism, "dave" if mechanism == "OAUTHBEARER" else "alice")


# --- TLS ----------------------------------------------------------------------------------------

def test_an_authority_from_a_file(skafka, tls_door, papers):
    for trust in (["ssl.ca.location=" + papers["ca.pem"]],
                  ["ssl.ca.location=" + papers["ca.der"]],
                  ["ssl.truststore.location=" + papers["ca.pem"], "ssl.truststore.type=PEM"],
                  ["ssl.truststore.location=" + papers["trust.p12"], "ssl.truststore.type=PKCS12",
                   "ssl.truststore.password=trust"]):
        goes_through(skafka, tls_door.address_as, *settings("security.protocol=SSL", *trust))
    assert tls_door.names[-1] == "localhost", "the name is told (SNI)"
    # The certificate is for the address too.
    skafka("offsets", "get", "t", "-b", f"127.0.0.1:{tls_door.port}",
           *settings("security.protocol=ssl", "ssl.ca.location=" + papers["ca.pem"]))


def test_authorities_that_do_not_do(skafka, tls_door, papers):
    base = settings("security.protocol=SSL")
    said = is_refused(skafka, tls_door.address_as, *base,
                      *settings("ssl.ca.location=" + papers["stranger.pem"]))
    assert "not trusted" in said and "stranger.pem" in said and "ssl.ca.location" in said, said
    assert "not trusted" in is_refused(skafka, tls_door.address_as, *base), "the system's"
    said = is_refused(skafka, tls_door.address_as, *base,
                      *settings("ssl.ca.location=nowhere.pem"), status=1)
    assert "cannot read nowhere.pem" in said, said
    (skafka.home / "empty.pem").write_text("nothing")
    said = is_refused(skafka, tls_door.address_as, *base,
                      *settings("ssl.ca.location=empty.pem"), status=1)
    assert "no certificate in empty.pem" in said, said
    (skafka.home / "trust.jks").write_bytes(b"\xfe\xed\xfe\xed\0\0\0\2")
    said = is_refused(skafka, tls_door.address_as, *base,
                      *settings("ssl.truststore.location=trust.jks"), status=1)
    assert "keytool -importkeystore" in said, said
    said = is_refused(skafka, tls_door.address_as, *base, *settings(
        "ssl.truststore.location=" + papers["trust.p12"], "ssl.truststore.password=x"), status=1)
    assert "wrong password" in said, said
    skafka("topics", "list", "-b", tls_door.address_as, *base,
           *settings("enable.ssl.certificate.verification=false"))


def test_a_certificate_for_another_name(skafka, papers, tmp_path):
    base = settings("security.protocol=SSL", "ssl.ca.location=" + papers["ca.pem"])
    with door(tmp_path, papers.server_context("elsewhere")) as opened:
        for address in (opened.address, f"localhost:{opened.port}"):
            said = is_refused(skafka, address, *base)
            assert "another name" in said, said
            assert "ssl.endpoint.identification.algorithm" in said, said
        goes_through(skafka, opened.address, *base,
                     *settings("ssl.endpoint.identification.algorithm="))


def test_a_client_certificate(skafka, asking_door, papers):
    base = settings("security.protocol=SSL", "ssl.ca.location=" + papers["ca.pem"])
    (skafka.home / "sesame").write_text(KEY_PASSWORD + "\n")
    certificate = "ssl.certificate.location=" + papers["client.pem"]
    for identity in (
            [certificate, "ssl.key.location=" + papers["client.key"]],
            [certificate, "ssl.key.location=" + papers["client-locked.key"],
             f"ssl.key.password={KEY_PASSWORD}"],
            [certificate, "ssl.key.location=" + papers["client-old.key"], "ssl.key.password=old"],
            [certificate, "ssl.key.location=" + papers["client-locked.key"],
             "ssl.key.password.file=sesame"],
            [certificate, "ssl.key.location=" + papers["client-locked.key"],
             f"ssl.key.password.command=echo {KEY_PASSWORD}"],
            ["ssl.keystore.location=" + papers["both.pem"], "ssl.keystore.type=PEM",
             f"ssl.key.password={KEY_PASSWORD}"],
            ["ssl.keystore.location=" + papers["client.p12"], "ssl.keystore.type=PKCS12",
             "ssl.keystore.password=open"]):
        skafka("topics", "list", "-b", asking_door.address, *base, *settings(*identity))
    for version in ("TLSv1.2", "TLSv1.3"):
        said = is_refused(skafka, asking_door.address, *base,
                          *settings(f"ssl.enabled.protocols={version}"))
        assert "client certificate" in said and "ssl.keystore.location" in said, said


def test_keys_that_do_not_do(skafka, asking_door, papers):
    base = settings("security.protocol=SSL", "ssl.ca.location=" + papers["ca.pem"],
                    "ssl.certificate.location=" + papers["client.pem"])
    locked = "ssl.key.location=" + papers["client-locked.key"]
    for key, expected in (
            ([locked], "is encrypted; set ssl.key.password"),
            ([locked, "ssl.key.password=hunter2"], "wrong ssl.key.password"),
            (["ssl.key.location=" + papers["server.key"]], "not that of the certificate"),
            (["ssl.key.location=" + papers["ca.pem"]], "no private key in"),
            (["ssl.keystore.location=" + papers["client.p12"], "ssl.keystore.password=hunter2"],
             "wrong password")):
        said = is_refused(skafka, asking_door.address, *base, *settings(*key), status=1)
        assert expected in said and "hunter2" not in said, said


def test_tls_where_there_is_none_and_none_where_there_is(skafka, tls_door, plain_door, papers):
    said = is_refused(skafka, tls_door.address_as)
    assert tls_door.address_as in said and "speaks TLS; set security.protocol=SSL" in said, said
    said = is_refused(skafka, plain_door.address, *settings("security.protocol=SSL"))
    assert "speaks no TLS; set security.protocol=PLAINTEXT" in said, said


def test_versions_and_ciphers(skafka, papers, tmp_path):
    context = papers.server_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    base = settings("security.protocol=SSL", "ssl.ca.location=" + papers["ca.pem"])
    with door(tmp_path, context) as opened:
        skafka("topics", "list", "-b", opened.address, *base)
        skafka("topics", "list", "-b", opened.address, *base, *settings(
            "ssl.cipher.suites=TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_AES_128_GCM_SHA256"))
        said = is_refused(skafka, opened.address, *base,
                          *settings("ssl.cipher.suites=TLS_MADE_UP"), status=1)
        assert "ssl.cipher.suites" in said, said
        said = is_refused(skafka, opened.address, *base,
                          *settings("ssl.enabled.protocols=TLSv1.3"))
        assert "no TLS version in common" in said, said


def test_both(skafka, papers, tmp_path):
    with door(tmp_path, papers.server_context(), every_mechanism([])) as opened:
        base = settings("security.protocol=SASL_SSL", "ssl.ca.location=" + papers["ca.pem"],
                        "sasl.mechanism=SCRAM-SHA-512", "sasl.username=bob")
        goes_through(skafka, opened.address, *base, *settings("sasl.password=b"))
        said = is_refused(skafka, opened.address, *base, *settings("sasl.password=c"))
        assert "authentication with SCRAM-SHA-512 failed" in said, said
        lines = numbered_lines(100_000)
        skafka("topics", "create", "big", "-b", opened.address, *base,
               *settings("sasl.password=b"))
        skafka("produce", "big", "-b", opened.address, "-q", *base, *settings("sasl.password=b"),
               input=lines, timeout=60)
        assert skafka("consume", "big", "-b", opened.address, "-e", "-q", *base,
                      *settings("sasl.password=b"), timeout=60) == lines
