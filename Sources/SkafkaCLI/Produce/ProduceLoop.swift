internal import KafkaBase
internal import KafkaClient
internal import KafkaRecords
internal import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads the input and appends its records to the producer: the hot path of `produce`.
///
/// Runs on a thread of its own, which may block in read(2) and poll(2); `run` returns when the
/// producer is full and is called again. Nothing is allocated per record.
final class ProduceLoop: @unchecked Sendable {
    enum Pause: Sendable {
        /// The producer has no room.
        case full
        case ended
    }

    /// What became of one record.
    private enum Step {
        case taken
        case full
        case stop
    }

    private enum Drain {
        /// All complete records are taken.
        case dry
        case full
        case stop
    }

    /// How long the input may pause before open batches are sent, in ms: a writer that is only a
    /// little slower than this program does not make small batches.
    private static let pauseMs: Int32 = 1

    private let plan: ProducePlan
    private let topic: TopicProducer
    private let context: CommandContext
    private let tally: DeliveryTally
    private let wake: WakePipe
    private let keyFinder: ByteFinder?
    private var splitter: RecordSplitter
    private let json = RecordJSONReader()
    private let console: ConsoleLineReader?
    private var pacer: RecordPacer?
    private let progress: ProgressLine
    private let tee: OutputBuffer?
    private let teeEnd: [UInt8]
    private let formatReader: FormatReader?

    private var sources: ArraySlice<ProducePlan.Source>
    private var source = ProducePlan.Source.standardInput
    private var reader: BlockReader?
    private var isRegularFile = false
    private var fileBytes: Int64 = 0
    private var isAtEnd = false
    private var timestamp: Int64 = 0
    /// Records of the present source, for messages.
    private var recordNumber = 0

    /// Records and bytes of keys and values that were accepted; to be read between runs.
    private(set) var acceptedRecords = 0
    private(set) var acceptedBytes = 0
    /// Of the present source.
    private var readBytes: Int64 = 0

    init(
        _ plan: ProducePlan, _ topic: TopicProducer, _ context: CommandContext,
        _ tally: DeliveryTally, _ wake: WakePipe, showsProgress: Bool
    ) {
        self.plan = plan
        self.topic = topic
        self.context = context
        self.tally = tally
        self.wake = wake
        sources = plan.sources[...]
        var delimiter: [UInt8] = [0x0A]
        var keyDelimiter: [UInt8]?
        var format: InputFormat?
        var properties: ConsoleProperties?
        switch plan.layout {
        case .lines(let end, let key): (delimiter, keyDelimiter) = (end, key)
        case .wholeFile(let key): keyDelimiter = key
        case .console(let end, let console): (delimiter, properties) = (end, console)
        case .json: break
        case .format(let input): format = input
        }
        splitter = RecordSplitter(delimiter: delimiter)
        keyFinder = keyDelimiter.map { ByteFinder($0) }
        formatReader = format.map { FormatReader($0) }
        console = properties.map { ConsoleLineReader($0) }
        pacer = plan.rate.map { RecordPacer(perSecond: $0) }
        progress = ProgressLine(context, isShown: showsProgress && !plan.options.quiet)
        tee = plan.isTee ? context.makeOutput() : nil
        teeEnd = delimiter
    }

    /// Reads on until the producer is full or all is read.
    func run() -> Pause {
        while !tally.isStopping {
            guard let reader = reader ?? openNext() else { return .ended }
            switch drain(reader) {
            case .full: return .full
            case .stop: return finish()
            case .dry: break
            }
            if isAtEnd {
                closeSource()
            } else if !fill(reader) {
                return finish()
            }
        }
        return finish()
    }

    private func finish() -> Pause {
        closeSource()
        sources = []
        progress.clear()
        return .ended
    }

    // MARK: Sources

    private func openNext() -> BlockReader? {
        while let next = sources.popFirst() {
            source = next
            recordNumber = 0
            isAtEnd = false
            splitter.consumed()
            timestamp = plan.timestamp ?? context.clock.nowMs
            var descriptor = context.inputDescriptor
            if case .file(let path) = next {
                descriptor = open(path, O_RDONLY | O_CLOEXEC)
                guard descriptor >= 0 else {
                    tally.fail(1, "cannot read \(path): \(systemErrorText(errno))")
                    if tally.isStopping { return nil }
                    continue
                }
            }
            var status = stat()
            isRegularFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            fileBytes = isRegularFile ? Int64(status.st_size) : 0
            readBytes = 0
            let reader = BlockReader(
                descriptor: descriptor, maxBytes: plan.settings.producer.maxRequestBytes)
            self.reader = reader
            return reader
        }
        return nil
    }

    private func closeSource() {
        if let reader, case .file = source { close(reader.descriptor) }
        reader = nil
    }

    /// Reads more; waits for it, and sends what is open when the input pauses.
    ///
    /// - Returns: false when reading is to end.
    private func fill(_ reader: BlockReader) -> Bool {
        if !isRegularFile, !waitForInput(reader) { return false }
        let before = reader.unread.count
        switch reader.fill() {
        case .read:
            readBytes += Int64(reader.unread.count - before)
            showProgress()
            if plan.timestamp == nil { timestamp = context.clock.nowMs }
        case .ended:
            isAtEnd = true
        case .full:
            let limit = plan.settings.producer.maxRequestBytes
            tally.fail(1, "\(place): a record larger than \(limit) bytes (max.request.size)")
            return false
        case .failed(let code):
            tally.fail(1, "cannot read \(source.name): \(systemErrorText(code))")
            // What was read of a record is none.
            closeSource()
        }
        return true
    }

    private func waitForInput(_ reader: BlockReader) -> Bool {
        var readiness = wake.wait(for: reader.descriptor, timeoutMs: 0)
        if readiness == .timedOut {
            readiness = wake.wait(for: reader.descriptor, timeoutMs: ProduceLoop.pauseMs)
        }
        if readiness == .timedOut {
            topic.sendPending()
            // Whoever reads the copy should see what there is; a failure shows at the end.
            try? tee?.flush()
            readiness = wake.wait(for: reader.descriptor, timeoutMs: -1)
        }
        return readiness == .readable
    }

    // MARK: Records

    private func drain(_ reader: BlockReader) -> Drain {
        switch plan.layout {
        case .lines, .json, .console: drainLines(reader)
        case .wholeFile: drainWhole(reader)
        case .format: drainFormat(reader)
        }
    }

    private func showProgress() {
        progress.update {
            let share = fileBytes > 0 ? " \(min(100, readBytes * 100 / fileBytes))%" : ""
            return "\(source.name)\(share), \(Counted.text(acceptedRecords, "record"))"
        }
    }

    private func drainLines(_ reader: BlockReader) -> Drain {
        let delimiterBytes = splitter.delimiterBytes
        let isJSON = if case .json = plan.layout { true } else { false }
        while true {
            let unread = reader.unread
            let length: Int
            var consumed: Int
            if let found = splitter.next(in: unread) {
                length = found
                consumed = found + delimiterBytes
            } else if isAtEnd, !unread.isEmpty {
                // The last record needs no delimiter.
                length = unread.count
                consumed = length
            } else {
                return .dry
            }
            let line = UnsafeRawBufferPointer(rebasing: unread[..<length])
            switch isJSON ? appendJSON(line) : appendLine(line) {
            case .taken:
                reader.consume(consumed)
                splitter.consumed()
                recordNumber += 1
            case .full: return .full
            case .stop: return .stop
            }
        }
    }

    private func drainWhole(_ reader: BlockReader) -> Drain {
        guard isAtEnd, recordNumber == 0 else { return .dry }
        switch appendLine(reader.unread) {
        case .taken:
            recordNumber += 1
            return .dry
        case .full: return .full
        case .stop: return .stop
        }
    }

    private func drainFormat(_ reader: BlockReader) -> Drain {
        guard let formatReader else { return .dry }
        while !reader.unread.isEmpty {
            var step = Step.taken
            let outcome = formatReader.read(reader.unread, isAtEnd: isAtEnd) { record in
                step = append(record)
            }
            switch (outcome, step) {
            case (.record(let consumed), .taken):
                reader.consume(consumed)
                recordNumber += 1
            case (.record, .full): return .full
            case (.record, .stop): return .stop
            case (.needsMore, _):
                if isAtEnd {
                    tally.fail(1, "\(place): the input ends within a record")
                    reader.consume(reader.unread.count)
                }
                return .dry
            case (.failed(let reason), _):
                // Where the next record begins is not known any more.
                tally.fail(1, "\(place): \(reason)")
                return .stop
            }
        }
        return .dry
    }

    @inline(__always)
    private func appendLine(_ line: UnsafeRawBufferPointer) -> Step {
        var record = InputRecord(value: line)
        if let console {
            do throws(ConsoleLineReader.Failure) {
                record = try console.read(line)
            } catch {
                return fail("\(place): \(error.reason); see --property ignore.error=true")
            }
        }
        if let keyFinder, let end = keyFinder.first(in: line) {
            record.key = UnsafeRawBufferPointer(rebasing: line[..<end])
            record.value = UnsafeRawBufferPointer(
                rebasing: line[(end + keyFinder.bytes.count)...])
        }
        return append(record)
    }

    private func appendJSON(_ line: UnsafeRawBufferPointer) -> Step {
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return .taken }
        do {
            return try json.read(line) { record in append(record) }
        } catch {
            return fail("\(place), column \(error.position + 1): \(error.reason)")
        }
    }

    private func append(_ record: InputRecord) -> Step {
        if record.isControl { return .taken }
        if let limit = plan.maxRecords, acceptedRecords >= limit { return .stop }
        if pacer != nil, !waitForTurn() { return .stop }
        var key = record.key
        var value = record.value
        if plan.emptyIsNull {
            if key?.isEmpty == true { key = nil }
            if value?.isEmpty == true { value = nil }
        }
        var partition = plan.partition
        if partition == nil, plan.keepsPartitions, let own = record.partition {
            guard own >= 0, Int(own) < topic.partitionCount else {
                return fail(
                    """
                    \(place): topic \(plan.topic) has no partition \(own); --partitioner murmur2 \
                    places the records anew
                    """)
            }
            partition = own
        }
        // A timestamp of -1 says that the record never had one.
        let own = record.timestamp.flatMap { $0 < 0 ? nil : $0 }
        let time = plan.timestamp ?? own ?? timestamp
        let headers = record.headers ?? plan.headers
        guard let fixed = plan.key, key == nil else {
            return append(key, value, time, headers, partition)
        }
        return fixed.withUnsafeBytes {
            let isNull = plan.emptyIsNull && $0.isEmpty
            return append(isNull ? nil : $0, value, time, headers, partition)
        }
    }

    @inline(__always)
    private func append(
        _ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer?, _ time: Int64,
        _ headers: EncodedHeaders?, _ partition: Int32?
    ) -> Step {
        do {
            switch try topic.append(
                key: key, value: value, timestamp: time, headers: headers, partition: partition)
            {
            case .accepted:
                acceptedRecords += 1
                pacer?.sent()
                if let tee { copy(value, to: tee) }
                acceptedBytes += (key?.count ?? 0) + (value?.count ?? 0)
                return .taken
            case .full: return .full
            }
        } catch {
            // The delivery that failed with the transaction is reported by itself.
            if error.transactionEffect != nil { return .stop }
            return fail("\(place): \(CommandFailure(error).message)")
        }
    }

    private func copy(_ value: UnsafeRawBufferPointer?, to tee: OutputBuffer) {
        if let value { tee.append(value) }
        teeEnd.withUnsafeBytes { tee.append($0) }
    }

    /// Waits until `--rate` lets the next record go; false when reading is to end.
    private func waitForTurn() -> Bool {
        while let delayMs = pacer?.delayMs(now: .now()), delayMs > 0 {
            showProgress()
            if wake.wait(for: -1, timeoutMs: delayMs) == .woken { return false }
        }
        return true
    }

    /// Writes what is left of the copy.
    ///
    /// - Throws: `OutputError`.
    func flushTee() throws(OutputError) {
        try tee?.flush()
    }

    private func fail(_ message: String) -> Step {
        tally.fail(1, message)
        return plan.onError == .stop ? .stop : .taken
    }

    /// Where the record that is being read stands.
    private var place: String {
        switch plan.layout {
        case .lines, .json, .console: "\(source.name), line \(recordNumber + 1)"
        case .wholeFile: source.name
        case .format: "\(source.name), record \(recordNumber + 1)"
        }
    }
}
