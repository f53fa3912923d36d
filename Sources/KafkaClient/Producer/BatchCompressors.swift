internal import KafkaRecords
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix

/// The threads that compress a producer's batches, off its event loop. Any thread.
///
/// Holds one packer for each thread, whatever waits: a codec's context takes more memory than many
/// a batch.
final class BatchCompressors: Sendable {
    private static let threadCount = 2

    private let compression: Compression
    private let threads = NIOThreadPool(numberOfThreads: BatchCompressors.threadCount)
    private let idle = NIOLockedValueBox<[Packer]>([])

    /// One owner at a time; hence unchecked.
    private final class Packer: @unchecked Sendable {
        var packer: RecordBatchPacker

        init(_ compression: Compression) {
            packer = RecordBatchPacker(compression)
        }
    }

    init(_ compression: Compression) {
        self.compression = compression
        threads.start()
    }

    /// Compresses what was filled into `memory`, which is empty then.
    func compress(
        _ memory: BatchMemory,
        then: @escaping @Sendable (Result<ByteBuffer, RecordsError>) -> Void
    ) {
        threads.submit { [self] _ in
            let packer = idle.withLockedValue { $0.popLast() } ?? Packer(compression)
            let result: Result<ByteBuffer, RecordsError>
            do throws(RecordsError) {
                result = .success(try memory.builder.finish(with: &packer.packer))
            } catch {
                memory.builder.removeAll()
                result = .failure(error)
            }
            idle.withLockedValue { $0.append(packer) }
            then(result)
        }
    }

    func close() async {
        try? await threads.shutdownGracefully()
    }
}
