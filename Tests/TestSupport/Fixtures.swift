import Glibc

/// Files that a real Kafka wrote, kept beside the checkout and not in it.
///
/// They are found through `KAFKA_FIXTURES`, by default `../shared/fixtures` from the package's
/// root. Tests take every file they find by its kind and know no topic, file or client by name, so
/// that another set of the same kinds can stand in.
public enum Fixtures {
    public struct Missing: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) {
            self.description = description
        }
    }

    /// Every fixture set: each directory below `KAFKA_FIXTURES` (or itself) that holds `wire` or
    /// `expected`, in the order of their paths. Empty where there is none, with a printed notice.
    ///
    /// - Throws: `Missing` instead, when `REQUIRE_FIXTURES` is 1.
    public static func directories() throws -> [String] {
        switch found {
        case .success(let sets): return sets
        case .failure(let missing):
            if environment("REQUIRE_FIXTURES") == "1" { throw missing }
            return []
        }
    }

    /// Every regular file below a directory whose path ends in `suffix`, sorted, as full paths.
    public static func files(under directory: String, suffix: String) -> [String] {
        var found: [String] = []
        func visit(_ path: String) {
            for name in entries(of: path) {
                let child = path + "/" + name
                switch kind(of: child) {
                case .directory: visit(child)
                case .file: if child.hasSuffix(suffix) { found.append(child) }
                case nil: break
                }
            }
        }
        visit(directory)
        return found.sorted()
    }

    /// A whole file.
    public static func bytes(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else {
            throw Missing(description: "cannot read \(path): errno \(errno)")
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&block, 1, block.count, file), count > 0 {
            bytes += block[..<count]
        }
        return bytes
    }

    /// A whole file of text, without care for what is not UTF-8.
    public static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// The file's lines that are not empty.
    public static func lines(_ path: String) throws -> [Substring] {
        try text(path).split(separator: "\n")
    }

    /// Names in a directory without `.` and `..`, sorted; none where it is no directory.
    public static func entries(of directory: String) -> [String] {
        guard let handle = opendir(directory) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    public static func isDirectory(_ path: String) -> Bool { kind(of: path) == .directory }
    public static func isFile(_ path: String) -> Bool { kind(of: path) == .file }

    /// The checkout that the tests were built from, or the one that they run in.
    public static let packageRoot: String = {
        let source = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return isFile("/\(source)/Package.swift") ? "/" + source : currentDirectory
    }()

    // MARK: Finding

    private enum Kind { case file, directory }

    private static let found: Result<[String], Missing> = {
        let setting = environment("KAFKA_FIXTURES") ?? "../shared/fixtures"
        let roots =
            setting.hasPrefix("/")
            ? [setting] : [currentDirectory + "/" + setting, packageRoot + "/" + setting]
        for root in roots {
            let sets = ([root] + entries(of: root).map { root + "/" + $0 }).filter {
                isDirectory($0 + "/wire") || isDirectory($0 + "/expected")
            }
            if !sets.isEmpty { return .success(sets) }
        }
        print("notice: no Kafka fixtures at \(roots[0]); the conformance tests did not run")
        return .failure(Missing(description: "REQUIRE_FIXTURES=1, but no fixtures at \(roots)"))
    }()

    private static let currentDirectory: String = {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return String(cString: path)
    }()

    private static func kind(of path: String) -> Kind? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .directory
        case S_IFREG: return .file
        default: return nil
        }
    }

    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
