import KafkaBase
import KafkaTransport
import KafkaWire

/// The APIs that are served, by key. What is not in it is not advertised either.
struct ApiTable: Sendable {
    /// One API with its handler, whatever the types of its messages.
    struct Entry: Sendable {
        let key: ApiKey
        let servedVersions: ClosedRange<Int16>
        let advertisedVersions: ClosedRange<Int16>
        private let run:
            @Sendable (inout WireReader, RequestContext, Int32, ReplyHandle) throws(WireError) ->
                Void

        init<Handler: ApiHandler>(_ handler: Handler) {
            key = Handler.Request.apiKey
            servedVersions = Handler.servedVersions
            advertisedVersions = Handler.advertisedVersions
            run = { reader, context, correlationID, handle throws(WireError) in
                let request = try Handler.Request(from: &reader, version: context.version)
                let reply = Reply<Handler.Request.Response>(
                    version: context.version, correlationID: correlationID, handle: handle,
                    quota: context.quota)
                handler.handle(request, context, reply)
            }
        }

        /// Decodes the body and has it answered. Bytes behind the body are ignored: some clients
        /// send them.
        func serve(
            _ reader: inout WireReader, _ context: RequestContext, correlationID: Int32,
            _ handle: ReplyHandle
        ) throws(WireError) {
            try run(&reader, context, correlationID, handle)
        }
    }

    /// By ascending keys.
    let entries: [Entry]
    /// Index into `entries` by key; -1 for what is not served.
    private let indexes: [Int]

    init(_ handlers: [any ApiHandler]) {
        func entry(_ handler: some ApiHandler) -> Entry { Entry(handler) }
        entries = handlers.map { entry($0) }.sorted { $0.key.rawValue < $1.key.rawValue }
        var indexes = [Int](repeating: -1, count: Int(entries.last?.key.rawValue ?? -1) + 1)
        for (index, entry) in entries.enumerated() {
            precondition(indexes[Int(entry.key.rawValue)] == -1, "two handlers of \(entry.key)")
            indexes[Int(entry.key.rawValue)] = index
        }
        self.indexes = indexes
    }

    func entry(for key: ApiKey) -> Entry? {
        guard key.rawValue >= 0, Int(key.rawValue) < indexes.count else { return nil }
        let index = indexes[Int(key.rawValue)]
        return index < 0 ? nil : entries[index]
    }
}
