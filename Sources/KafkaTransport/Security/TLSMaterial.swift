internal import KafkaBase
internal import KafkaSecurity
internal import NIOSSL
import Platform

/// Reads certificates and keys from what the options name. Blocks: not for an event loop.
///
/// What a file is shows in its first bytes, so that a type that was set wrongly does no harm.
struct TLSMaterial {
    /// The largest file that is read, in bytes.
    private static let maxFileBytes = 16 << 20

    enum Contents {
        case pem([UInt8])
        /// A PKCS#12 file, or a single certificate or key.
        case der([UInt8])
    }

    /// The file's name, or what stands for it in messages.
    let name: String
    let contents: Contents

    /// - Throws: `SecretError` that says what to do.
    init(_ material: TLSOptions.Material) throws(SecretError) {
        let bytes: [UInt8]
        switch material {
        case .file(let path):
            name = path
            do throws(FileContents.Failure) {
                bytes = try FileContents.read(path, maxBytes: TLSMaterial.maxFileBytes)
            } catch {
                throw SecretError(.unusable, "cannot read \(path): \(error.reason)")
            }
        case .text(let text):
            name = "PEM text"
            bytes = Array(text.value.utf8)
        }
        switch Array(bytes.prefix(4)) {
        case [0xFE, 0xED, 0xFE, 0xED], [0xCE, 0xCE, 0xCE, 0xCE]:
            throw SecretError(
                .unusable,
                "\(name) is a JKS keystore, which only Java reads; convert it: keytool "
                    + "-importkeystore -srckeystore \(name) -destkeystore \(name).p12 "
                    + "-deststoretype PKCS12")
        case let start where start.first == 0x30: contents = .der(bytes)
        default: contents = .pem(bytes)
        }
    }

    /// All certificates in it.
    func certificates(password: SecretSource?) throws -> [NIOSSLCertificate] {
        switch contents {
        case .pem(let bytes):
            // What is no certificate in it is passed over.
            guard let found = try? NIOSSLCertificate.fromPEMBytes(bytes), !found.isEmpty else {
                throw SecretError(.unusable, "no certificate in \(name)")
            }
            return found
        case .der(let bytes):
            if let single = try? NIOSSLCertificate(bytes: bytes, format: .der) { return [single] }
            let store = try store(bytes, password)
            let found = [store.certificate].compactMap(\.self) + store.otherCertificates
            guard !found.isEmpty else {
                throw SecretError(.unusable, "no certificate in \(name)")
            }
            return try found.map { try NIOSSLCertificate(bytes: $0, format: .der) }
        }
    }

    /// The private key in it.
    ///
    /// - Parameters:
    ///   - password: of the key.
    ///   - storePassword: of the PKCS#12 file, whose key has no other.
    func key(password: SecretSource?, storePassword: SecretSource?) throws -> NIOSSLPrivateKey {
        switch contents {
        case .pem(let bytes): return try pemKey(bytes, password)
        case .der(let bytes):
            if let single = try? NIOSSLPrivateKey(bytes: bytes, format: .der) { return single }
            guard let key = try store(bytes, storePassword ?? password).key else {
                throw SecretError(.unusable, "no private key in \(name)")
            }
            return try NIOSSLPrivateKey(bytes: key, format: .der)
        }
    }

    private func pemKey(_ bytes: [UInt8], _ password: SecretSource?) throws -> NIOSSLPrivateKey {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains("PRIVATE KEY-----") else {
            throw SecretError(.unusable, "no private key in \(name)")
        }
        let isEncrypted = text.contains("ENCRYPTED")
        guard isEncrypted else {
            guard let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
                throw SecretError(.unusable, "the private key in \(name) cannot be read")
            }
            return key
        }
        guard let password else {
            throw SecretError(
                .unusable,
                "the private key in \(name) is encrypted; set ssl.key.password.file or "
                    + "ssl.key.password")
        }
        guard let der = EncryptedKey.decrypt(pem: bytes, password: try password.resolve()) else {
            throw SecretError(
                .unusable, "the private key in \(name) cannot be read: wrong ssl.key.password?")
        }
        return try NIOSSLPrivateKey(bytes: der, format: .der)
    }

    private func store(_ bytes: [UInt8], _ password: SecretSource?) throws -> PKCS12Store {
        let password = try password?.resolve()
        do {
            return try PKCS12Store(bytes, password: password)
        } catch {
            throw SecretError(error.kind, "\(name): \(error.reason)")
        }
    }

    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
