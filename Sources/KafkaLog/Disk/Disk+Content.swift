extension Disk {
    /// A whole file; nil where there is none.
    ///
    /// - Parameter maxBytes: a larger file is refused as corrupt; what is read this way is small.
    public func content(of path: String, maxBytes: Int = 16 << 20) throws(LogError) -> [UInt8]? {
        do throws(LogError) {
            return try requiredContent(of: path, maxBytes: maxBytes)
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    /// A whole file, which must be there.
    ///
    /// - Parameter maxBytes: a larger file is refused as corrupt.
    public func requiredContent(of path: String, maxBytes: Int) throws(LogError) -> [UInt8] {
        let file = try open(path, .read)
        let size = try file.size()
        guard size <= maxBytes else {
            throw .corrupt(path: path, position: maxBytes, reason: "larger than \(maxBytes) bytes")
        }
        return try file.read(at: 0, count: size)
    }

    /// Replaces a file so that after a crash either the old content or the new one is there: a
    /// temporary file, synced, renamed, and its directory synced. Blocks.
    ///
    /// - Parameter mode: `create` or `createPrivate`.
    public func replace(
        _ path: String, with bytes: [UInt8], mode: DiskOpenMode = .create
    ) throws(LogError) {
        let temporary = path + ".tmp"
        do throws(LogError) {
            try write(bytes, to: temporary, mode: mode).sync()
            try rename(temporary, to: path)
        } catch {
            // On a full disk it would take the room of others.
            try? removeFile(temporary)
            throw error
        }
        try syncDirectory(path.parentDirectory)
    }

    /// Gives a file, made when absent, this content alone. Durable after a sync of it and, where it
    /// is new, of its directory. Blocks.
    @discardableResult
    func write(
        _ bytes: [UInt8], to path: String, mode: DiskOpenMode = .create
    ) throws(LogError) -> any DiskFile {
        let file = try open(path, mode)
        try file.truncate(to: 0)
        try file.write(bytes, at: 0)
        return file
    }

    /// Removes a directory with the files in it. Blocks.
    func removeTree(_ path: String) throws(LogError) {
        for entry in try list(path) {
            if entry.isDirectory {
                try removeTree(path + "/" + entry.name)
            } else {
                try removeFile(path + "/" + entry.name)
            }
        }
        try removeDirectory(path)
    }
}

extension String {
    /// What stands in front of the last slash.
    var parentDirectory: String {
        guard let slash = lastIndex(of: "/") else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }
}
