internal import Platform

/// The directory of an embedded broker.
enum DataDirectory {
    /// Makes it and what is missing above it, with mode 0700.
    ///
    /// - Returns: its absolute path, so that a socket in it means the same everywhere.
    /// - Throws: `CommandFailure`.
    static func prepare(_ path: String) throws(CommandFailure) -> String {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for component in path.split(separator: "/") {
            prefix += prefix.isEmpty || prefix.hasSuffix("/") ? "\(component)" : "/\(component)"
            guard mkdir(prefix, 0o700) != 0, errno != EEXIST, errno != EISDIR else { continue }
            // A parent that exists may still be on a read-only file system.
            let code = errno
            if access(prefix, F_OK) == 0 { continue }
            throw .failed("cannot make data directory \(path): \(systemErrorText(code))")
        }
        guard let real = realpath(path, nil) else {
            throw .failed("cannot use data directory \(path): \(systemErrorText(errno))")
        }
        defer { free(real) }
        return String(cString: real)
    }

    /// A new empty directory under `$TMPDIR`.
    ///
    /// - Throws: `CommandFailure`.
    static func makeTemporary(_ environment: [String: String]) throws(CommandFailure) -> String {
        let parent = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array("\(parent)/skafka.XXXXXX".utf8CString)
        guard
            let path = template.withUnsafeMutableBufferPointer({ room in
                room.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
            })
        else {
            throw .failed("cannot make a directory in \(parent): \(systemErrorText(errno))")
        }
        return path
    }

    /// Removes a directory with all that is in it, as far as that is possible.
    static func remove(_ path: String) {
        guard let directory = opendir(path) else { return }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            let child = "\(path)/\(name)"
            var status = stat()
            if lstat(child, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
                remove(child)
            } else {
                unlink(child)
            }
        }
        closedir(directory)
        rmdir(path)
    }
}
