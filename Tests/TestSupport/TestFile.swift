import Glibc

/// Small files that tests make.
public enum TestFile {
    public struct Failure: Error {
        public let path: String
        public let errno: Int32
    }

    /// Writes a file; the directories on the way are made.
    public static func write(_ text: String, to path: String) throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        for count in 2..<max(2, parts.count + 1) {
            mkdir(parts.prefix(count).joined(separator: "/"), 0o700)
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(path: path, errno: errno) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw Failure(path: path, errno: errno)
        }
    }

    public static func setMode(_ mode: UInt32, of path: String) throws {
        guard chmod(path, mode) == 0 else { throw Failure(path: path, errno: errno) }
    }
}
