internal import Platform

/// Files whose path begins as somebody typed it.
enum FileNames {
    /// More than these nobody reads.
    private static let maxCount = 1000

    /// - Parameter prefix: with `~` expanded already.
    /// - Returns: paths as typed so far, completed; directories end with a slash. Hidden files come
    ///   only where the name begins with a dot.
    static func beginning(with prefix: String, directoriesOnly: Bool) -> [String] {
        let cut = prefix.lastIndex(of: "/").map { prefix.index(after: $0) } ?? prefix.startIndex
        let (parent, name) = (String(prefix[..<cut]), prefix[cut...])
        guard let directory = opendir(parent.isEmpty ? "." : parent) else { return [] }
        defer { closedir(directory) }
        var result: [String] = []
        while result.count < maxCount, let entry = readdir(directory) {
            let found = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
            }
            guard found != ".", found != "..", found.hasPrefix(name),
                name.hasPrefix(".") || !found.hasPrefix(".")
            else { continue }
            let path = parent + found
            var status = stat()
            let isDirectory = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            if isDirectory { result.append(path + "/") }
            if !isDirectory, !directoriesOnly { result.append(path) }
        }
        return result
    }
}
