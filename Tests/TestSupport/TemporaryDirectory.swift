import Glibc

/// A directory of a test's own that goes, with all in it, when the value does.
public struct TemporaryDirectory: ~Copyable {
    /// Without a slash at the end.
    public let path: String

    public init() throws {
        let base = Fixtures.environment("TMPDIR") ?? "/tmp"
        var template = Array("\(base)/skafka-test.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Fixtures.Missing(description: "mkdtemp in \(base): errno \(errno)")
        }
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    deinit {
        TemporaryDirectory.removeTree(path)
    }

    /// Removes a file, or a directory with all in it. Symbolic links are not followed.
    public static func removeTree(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        for name in Fixtures.entries(of: path) { removeTree(path + "/" + name) }
        rmdir(path)
    }
}
