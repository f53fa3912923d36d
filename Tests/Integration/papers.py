"""Certificates for tests of TLS, made with openssl."""

import ssl
import subprocess

from harness import text

KEY_PASSWORD = "sésame"


def openssl(directory, *args):
    result = subprocess.run(["openssl", *args], cwd=directory, capture_output=True, timeout=30)
    assert result.returncode == 0, text(result.stderr)


class Papers:
    """Certificates of an authority of the test's own; another authority that nobody knows."""

    def __init__(self, directory):
        self.directory = directory
        self.authority("ca")
        self.authority("stranger")
        self.certificate("server", "subjectAltName=DNS:localhost,IP:127.0.0.1")
        self.certificate("elsewhere", "subjectAltName=DNS:kafka.example")
        self.certificate("client", "subjectAltName=DNS:client")
        openssl(directory, "pkey", "-in", "client.key", "-aes256", "-passout",
                f"pass:{KEY_PASSWORD}", "-out", "client-locked.key")
        openssl(directory, "ec", "-in", "client.key", "-aes128", "-passout", "pass:old", "-out",
                "client-old.key")
        openssl(directory, "pkcs12", "-export", "-in", "client.pem", "-inkey", "client.key",
                "-certfile", "ca.pem", "-passout", "pass:open", "-out", "client.p12")
        openssl(directory, "x509", "-in", "ca.pem", "-outform", "DER", "-out", "ca.der")
        openssl(directory, "pkcs12", "-export", "-nokeys", "-in", "ca.pem", "-passout",
                "pass:trust", "-out", "trust.p12")
        openssl(directory, "pkcs12", "-export", "-in", "server.pem", "-inkey", "server.key",
                "-certfile", "ca.pem", "-passout", "pass:open", "-out", "server.p12")
        for store, parts in (("both.pem", ("client-locked.key", "client.pem")),
                             ("server-store.pem", ("server.key", "server.pem"))):
            (directory / store).write_bytes(b"".join(
                (directory / part).read_bytes() for part in parts))

    def __getitem__(self, name):
        return str(self.directory / name)

    def authority(self, name):
        openssl(self.directory, "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out",
                f"{name}.pem", "-days", "2", "-subj", f"/CN={name}")

    def certificate(self, name, names):
        openssl(self.directory, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (self.directory / "names").write_text(names + "\n")
        openssl(self.directory, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey",
                "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names", "-out",
                f"{name}.pem")

    def server_context(self, name="server", asks=False):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self[f"{name}.pem"], self[f"{name}.key"])
        if asks:
            context.load_verify_locations(self["ca.pem"])
            context.verify_mode = ssl.CERT_REQUIRED
        return context
