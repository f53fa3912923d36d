import KafkaLog
import NIOConcurrencyHelpers

/// The metadata of a single node: one text file in the data directory, replaced as a whole at each
/// change.
///
/// `image` may be read on any thread. Changes come from the storage thread alone, one after the
/// other; each blocks until the file is durable.
final class FileMetadataStore: MetadataStore {
    /// The file's name in the data directory. Kafka ignores files of other names there.
    static let fileName = "skafka.metadata"

    /// Larger files are refused: nothing that is written here comes near.
    private static let maxFileBytes = 256 << 20

    private let disk: any Disk
    private let path: String
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
        directory: String, disk: any Disk = PosixDisk(),
        makeRoom: @escaping @Sendable () -> Bool = { false }
    ) throws(MetadataStoreError) {
        self.disk = disk
        self.makeRoom = makeRoom
        path = "\(directory)/\(FileMetadataStore.fileName)"
        let content: [UInt8]?
        do throws(LogError) {
            content = try disk.content(of: path, maxBytes: FileMetadataStore.maxFileBytes)
        } catch {
            throw .storage(error)
        }
        guard let bytes = content else {
            isNew = true
            current = NIOLockedValueBox(ClusterImage())
            return
        }
        isNew = false
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .corrupt(path: path, line: 1, reason: "not UTF-8")
        }
        do throws(MetadataText.ParseError) {
            current = NIOLockedValueBox(try MetadataText.parse(text))
        } catch {
            throw .corrupt(path: path, line: error.line, reason: error.reason)
        }
    }

    var image: ClusterImage { current.withLockedValue { $0 } }

    func apply(_ changes: [MetadataChange]) throws(MetadataStoreError) {
        let next = image.applying(changes)
        let bytes = Array(MetadataText.render(next).utf8)
        do throws(LogError) {
            try write(bytes, canMakeRoom: !next.grows(beyond: image))
        } catch {
            throw .storage(error)
        }
        current.withLockedValue { $0 = next }
    }

    private func write(_ bytes: [UInt8], canMakeRoom: Bool) throws(LogError) {
        // There are credentials in it.
        do throws(LogError) {
            try disk.replace(path, with: bytes, mode: .createPrivate)
        } catch .noSpace where canMakeRoom && makeRoom() {
            try disk.replace(path, with: bytes, mode: .createPrivate)
        }
    }
}
