/// Something worth telling about a file: damage, or what only looks like it.
public struct Finding: Sendable, Hashable {
    public enum Severity: Int, Sendable, Comparable, CustomStringConvertible {
        /// Normal in some logs: a gap after compaction, zeros at the end of a preallocated file.
        case note
        /// Not right, but what a crash leaves behind and a broker repairs when it starts.
        case warning
        /// Bytes that are not what was written, or files that contradict each other.
        case corruption

        public static func < (left: Severity, right: Severity) -> Bool {
            left.rawValue < right.rawValue
        }

        public var description: String {
            switch self {
            case .note: "note"
            case .warning: "warning"
            case .corruption: "corruption"
            }
        }
    }

    /// The raw values are the names that scripts see.
    public enum Kind: String, Sendable, CaseIterable {
        /// The file ends inside a batch.
        case truncatedTail = "truncated-tail"
        /// Nothing but zeros up to the end: preallocated.
        case zeroTail = "zero-tail"
        case crcMismatch = "crc-mismatch"
        /// A length field that no batch has, or that runs past the end although batches follow.
        case badLength = "bad-length"
        case badMagic = "bad-magic"
        case unknownCodec = "unknown-codec"
        /// A header whose numbers contradict each other or the records.
        case badHeader = "bad-header"
        case badRecord = "bad-record"
        case decompressionFailed = "decompression-failed"
        /// Records that decompress to more than the limit; they were not read.
        case decompressedTooLarge = "decompressed-too-large"
        /// A batch above the limit; its records were not read.
        case batchTooLarge = "batch-too-large"
        case wrongMaxTimestamp = "wrong-max-timestamp"
        case offsetRegression = "offset-regression"
        case offsetGap = "offset-gap"
        /// Where reading went on behind damage.
        case resynchronized
        case partialEntry = "partial-entry"
        /// An index entry that does not rise above the one before it.
        case entryOrder = "entry-order"
        /// An index entry whose position is not the start of a batch.
        case entryPosition = "entry-position"
        /// An index entry whose offset is not where it says, or nowhere.
        case entryOffset = "entry-offset"
        /// A time index entry whose timestamp is not the largest up to its offset.
        case entryTimestamp = "entry-timestamp"
        /// Index entries that could not be compared with the log.
        case notVerified = "not-verified"
        case missingSibling = "missing-sibling"
        /// A format's version that is not known.
        case badVersion = "bad-version"
        /// A small file that ends before what it announces does.
        case truncatedFile = "truncated-file"
        /// More than a small file announces.
        case trailingBytes = "trailing-bytes"
        /// A line of a text file that is none of its format's.
        case badLine = "bad-line"
        /// A transaction index entry that the log contradicts.
        case entryTransaction = "entry-transaction"
        /// What the log has and an index should have, too.
        case missingEntry = "missing-entry"
    }

    public var kind: Kind
    public var severity: Severity
    public var path: String
    /// In the file, in bytes from its start.
    public var position: Int?
    /// Of the batch or index entry concerned.
    public var offset: Int64?
    /// What stands in the file, where two numbers contradict each other.
    public var stored: Int64?
    /// What it should be.
    public var expected: Int64?
    /// One line, without path and position.
    public var message: String

    public init(
        _ kind: Kind, _ severity: Severity, path: String, position: Int? = nil,
        offset: Int64? = nil, stored: Int64? = nil, expected: Int64? = nil, _ message: String
    ) {
        self.kind = kind
        self.severity = severity
        self.path = path
        self.position = position
        self.offset = offset
        self.stored = stored
        self.expected = expected
        self.message = message
    }
}
