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
        /// Reports wait for standard output.
        case unreported
        /// A record is so large that `limit` has to be known.
        case unknownLimit
        case ended
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
    private let reports: ReportWriter?
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
    /// Whether the end of a line that is too large is looked for.
    private var isSkipping = false

    /// To be set between runs, when one ended with `unknownLimit`.
    var limit: RecordLimit?
    private var acceptedRecords = 0
    /// Of the present source.
    private var readBytes: Int64 = 0

    init(
        _ plan: ProducePlan, _ topic: TopicProducer, _ context: CommandContext,
        _ tally: DeliveryTally, _ wake: WakePipe, _ reports: ReportWriter?, showsProgress: Bool
    ) {
        self.plan = plan
        self.topic = topic
        self.context = context
        self.tally = tally
        self.wake = wake
        self.reports = reports
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
            if reports?.isFull == true { return .unreported }
            switch drain(reader) ?? go(on: reader) {
            case .ended?: return finish()
            case let pause?: return pause
            case nil: continue
            }
        }
        return finish()
    }

    /// All complete records are taken: gets more of the input.
    private func go(on reader: BlockReader) -> Pause? {
        if isAtEnd {
            closeSource()
            return nil
        }
        if let pause = boundHeld(reader) { return pause }
        return self.reader == nil || fill(reader) ? nil : .ended
    }

    /// What is held of one record must not become more than a record may have.
    private func boundHeld(_ reader: BlockReader) -> Pause? {
        let held = reader.unread.count
        guard held > RecordLimit.certainBytes else { return nil }
        guard let limit else { return .unknownLimit }
        let maxRequestBytes = plan.settings.producer.maxRequestBytes
        guard held > limit.textBytes(plan.layout, maxRequestBytes: maxRequestBytes) else {
            return nil
        }
        let pause = refuse(limit.tooLarge)
        switch plan.layout {
        case .lines, .json, .console: isSkipping = true
        case .wholeFile: closeSource()
        // Where the next record begins is not known.
        case .format: return .ended
        }
        return pause
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
            isSkipping = false
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
            // `boundHeld` bounds it.
            let reader = BlockReader(descriptor: descriptor, maxBytes: .max)
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
        case .full: return false
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

    /// Takes complete records; nil when there are no more.
    private func drain(_ reader: BlockReader) -> Pause? {
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

    private func drainLines(_ reader: BlockReader) -> Pause? {
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
                if isSkipping { skip(reader) }
                return nil
            }
            if !isSkipping {
                let line = UnsafeRawBufferPointer(rebasing: unread[..<length])
                if let pause = isJSON ? appendJSON(line) : appendLine(line) { return pause }
            }
            isSkipping = false
            reader.consume(consumed)
            splitter.consumed()
            recordNumber += 1
        }
    }

    /// Lets go of what was read of a line, but for what may be the beginning of its delimiter.
    private func skip(_ reader: BlockReader) {
        reader.consume(max(0, reader.unread.count - (splitter.delimiterBytes - 1)))
        splitter.consumed()
    }

    private func drainWhole(_ reader: BlockReader) -> Pause? {
        guard isAtEnd, recordNumber == 0 else { return nil }
        if let pause = appendLine(reader.unread) { return pause }
        recordNumber += 1
        return nil
    }

    private func drainFormat(_ reader: BlockReader) -> Pause? {
        guard let formatReader else { return nil }
        while !reader.unread.isEmpty {
            var pause: Pause?
            let outcome = formatReader.read(reader.unread, isAtEnd: isAtEnd) { record in
                pause = append(record)
            }
            switch outcome {
            case .record(let consumed):
                if let pause { return pause }
                reader.consume(consumed)
                recordNumber += 1
            case .needsMore:
                if isAtEnd {
                    tally.fail(1, "\(place): the input ends within a record")
                    reader.consume(reader.unread.count)
                }
                return nil
            case .failed(let reason):
                // Where the next record begins is not known any more.
                tally.fail(1, "\(place): \(reason)")
                return .ended
            }
        }
        return nil
    }

    @inline(__always)
    private func appendLine(_ line: UnsafeRawBufferPointer) -> Pause? {
        var record = InputRecord(value: line)
        if let console {
            // As for Java's `readLine`, a CR before the newline is a part of the line's end.
            let hasCR = teeEnd == [0x0A] && line.last == 0x0D
            let line = hasCR ? UnsafeRawBufferPointer(rebasing: line.dropLast()) : line
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

    private func appendJSON(_ line: UnsafeRawBufferPointer) -> Pause? {
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return nil }
        do {
            return try json.read(line) { record in append(record) }
        } catch {
            return fail("\(place), column \(error.position + 1): \(error.reason)")
        }
    }

    /// Hands a record to the producer; nil when it was taken, or is to be passed over.
    private func append(_ record: InputRecord) -> Pause? {
        if record.isControl { return nil }
        if let limit = plan.maxRecords, acceptedRecords >= limit { return .ended }
        if pacer != nil, !waitForTurn() { return .ended }
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
        // Also -1, of a record that never had one: it is to be the same record there.
        let time = plan.timestamp ?? record.timestamp ?? timestamp
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
    ) -> Pause? {
        if (key?.count ?? 0) + (value?.count ?? 0) > RecordLimit.certainBytes {
            guard let limit else { return .unknownLimit }
            if let reason = limit.refusal(key: key, value: value, headers: headers) {
                return refuse(reason)
            }
        }
        do {
            switch try topic.append(
                key: key, value: value, timestamp: time, headers: headers, partition: partition)
            {
            case .accepted:
                acceptedRecords += 1
                pacer?.sent()
                if let tee { copy(value, to: tee) }
                return nil
            case .full: return .full
            }
        } catch {
            // The delivery that failed with the transaction is reported by itself.
            if error.transactionEffect != nil { return .ended }
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

    /// Passes over a record that is too large, or stops: a transaction has all records or none.
    private func refuse(_ reason: String) -> Pause? {
        let pause = fail("\(place): \(reason)")
        guard plan.settings.producer.transactionalID != nil else { return pause }
        tally.stop()
        return .ended
    }

    private func fail(_ message: String) -> Pause? {
        tally.fail(1, message)
        return plan.onError == .stop ? .ended : nil
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
