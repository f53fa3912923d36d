import KafkaRecords
import NIOPosix

/// Looks at produced records on an event loop: keeps what decompression needs from one batch to the
/// next.
///
/// One for each thread, and used there alone; bounded by `maxDecompressedBytes`.
final class RecordWalker: @unchecked Sendable {
    /// What one batch may decompress to, in bytes: about a millisecond's work.
    static let maxDecompressedBytes = 1 << 20

    private static let current = ThreadSpecificVariable<RecordWalker>()

    var reader = RecordBatchReader(maxDecompressedBytes: maxDecompressedBytes)

    /// The calling thread's.
    static var ofThisThread: RecordWalker {
        if let walker = current.currentValue { return walker }
        let walker = RecordWalker()
        current.currentValue = walker
        return walker
    }
}
