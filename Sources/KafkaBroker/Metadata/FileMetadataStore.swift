import NIOConcurrencyHelpers

/// The metadata of a single node: one text file in the data directory, replaced as a whole at each
/// change.
///
/// `image` may be read on any thread. Changes come from the storage thread alone, one after the
/// other; each blocks until the file is durable.
final class FileMetadataStore: MetadataStore {
    /// The file's name in the data directory. Kafka ignores files of other names there.
    static let fileName = "skafka.metadata"

    private let file: AtomicFile
    private let current: NIOLockedValueBox<ClusterImage>
    /// Whether there was no file: the directory is new, or another broker's.
    let isNew: Bool
    private let makeRoom: @Sendable () -> Bool

    /// Reads the file; blocks.
    ///
    /// - Parameter makeRoom: called on a full disk, but for what takes more of it; tells whether
    ///   there may be room now.
    /// - Throws: `MetadataStoreError` when it cannot be read or is not whole.
    init(
        directory: String, makeRoom: @escaping @Sendable () -> Bool = { false }
    ) throws(MetadataStoreError) {
        self.makeRoom = makeRoom
        file = AtomicFile(path: "\(directory)/\(FileMetadataStore.fileName)")
        guard let bytes = try file.load() else {
            isNew = true
            current = NIOLockedValueBox(ClusterImage())
            return
        }
        isNew = false
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .corrupt(path: file.path, line: 1, reason: "not UTF-8")
        }
        do throws(MetadataText.ParseError) {
            current = NIOLockedValueBox(try MetadataText.parse(text))
        } catch {
            throw .corrupt(path: file.path, line: error.line, reason: error.reason)
        }
    }

    var image: ClusterImage { current.withLockedValue { $0 } }

    func apply(_ changes: [MetadataChange]) throws(MetadataStoreError) {
        let next = image.applying(changes)
        let bytes = Array(MetadataText.render(next).utf8)
        do throws(MetadataStoreError) {
            try file.replace(with: bytes)
        } catch {
            guard error.isNoSpace, !next.grows(beyond: image), makeRoom() else { throw error }
            try file.replace(with: bytes)
        }
        current.withLockedValue { $0 = next }
    }
}
