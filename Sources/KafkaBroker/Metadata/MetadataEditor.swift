import KafkaBase
import Logging
import NIOCore

/// Changes the cluster's metadata where that is all there is to do: features, quotas,
/// credentials.
///
/// Any thread may call; the changes happen on the storage thread, one after the other.
struct MetadataEditor: Sendable {
    let store: any MetadataStore
    let thread: StorageThread
    let logger: Logger
    /// Told of each new image, on the storage thread.
    let onChange: @Sendable (ClusterImage) -> Void

    /// - Parameter plan: says on the storage thread what is to be changed and what the caller is
    ///   told; it is not called again.
    /// - Returns: what the plan told, once the changes are durable; fails with `ApiError` when they
    ///   cannot be made.
    func edit<Answer: Sendable>(
        on eventLoop: any EventLoop,
        _ plan: @escaping @Sendable (ClusterImage) -> (changes: [MetadataChange], answer: Answer)
    ) -> EventLoopFuture<Answer> {
        thread.run(on: eventLoop) { () -> Result<Answer, ApiError> in
            let (changes, answer) = plan(store.image)
            guard !changes.isEmpty else { return .success(answer) }
            do throws(MetadataStoreError) {
                try store.apply(changes)
                onChange(store.image)
                return .success(answer)
            } catch {
                logger.error("the metadata cannot be changed: \(error)")
                return .failure(ApiError(.kafkaStorageError, "\(error)"))
            }
        }.flatMapThrowing { try $0.get() }
    }
}
