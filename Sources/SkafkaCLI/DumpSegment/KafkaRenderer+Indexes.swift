internal import KafkaLog
internal import KafkaRecords

extension KafkaRenderer {
    /// Shows an index as Kafka's tool does, which takes every slot of the file for an entry until
    /// it meets one that is zero behind the first.
    ///
    /// - Returns: whether that was all there is to do; else the entries remain to be verified.
    mutating func show(
        _ index: inout IndexInspection, of file: DumpFile, log: String?, _ settings: DumpSettings
    ) throws(LogError) -> Bool {
        if index.kind == .offset, index.capacity == 0 {
            remark(" is empty.", on: file)
            return true
        }
        if settings.onlyIndexSanity {
            if let problem = try insanity(of: &index) {
                // Room behind the last entry is what a crash leaves; a start cuts it off.
                let hasRoom = index.entryCount < index.capacity
                report(
                    Finding(
                        .entryOrder, hasRoom ? .warning : .corruption, path: file.path,
                        "a broker would not take this index: \(problem)"))
            } else {
                remark(" passed sanity check.", on: file)
            }
            return true
        }
        let prints = !settings.onlyIndexFindings
        switch index.kind {
        case .offset: try showOffsets(&index, file, log, prints)
        case .time: try showTimes(&index, file, log, prints)
        }
        return false
    }

    private mutating func showOffsets(
        _ index: inout IndexInspection, _ file: DumpFile, _ log: String?, _ prints: Bool
    ) throws(LogError) {
        var lookup = try lookup(in: log)
        var number = 0
        // Of an empty log even the zero of a preallocated first entry points nowhere.
        if log != nil, try lookup?.lastOffset(at: 0) == nil { return }
        while let entry = try index.offsetEntry(at: number) {
            if number > 0, entry.offset == index.baseOffset { return }
            try mismatches.see(entry, &lookup, of: file.path)
            if prints, visit(offsetEntry: entry) == .stop { return }
            number += 1
        }
    }

    private mutating func showTimes(
        _ index: inout IndexInspection, _ file: DumpFile, _ log: String?, _ prints: Bool
    ) throws(LogError) {
        var lookup = try lookup(in: log)
        var offsets = try? IndexInspection(
            path: file.sibling(.index), kind: .offset, baseOffset: index.baseOffset)
        var previous: Int64 = -1
        var number = 0
        while let entry = try index.timeEntry(at: number) {
            if number > 0, entry.offset == index.baseOffset { return }
            let position = try offsets?.position(below: entry.offset) ?? 0
            try mismatches.see(
                entry, behind: previous, from: position, &lookup, of: file.path)
            if prints, visit(timeEntry: entry) == .stop { return }
            previous = entry.timestamp
            number += 1
        }
    }

    private func lookup(in log: String?) throws(LogError) -> LogLookup? {
        guard let log else { return nil }
        return try LogLookup(path: log)
    }

    /// What a broker checks of an index when it starts (`OffsetIndex.sanityCheck`,
    /// `TimeIndex.sanityCheck`): the last slot, and that no bytes are left over.
    private func insanity(of index: inout IndexInspection) throws(LogError) -> String? {
        let last = index.capacity - 1
        switch index.kind {
        case .offset:
            if last >= 0, let entry = try index.offsetEntry(at: last),
                entry.offset < index.baseOffset
            {
                return "the last offset is \(entry.offset)"
            }
        case .time:
            if last >= 0, let entry = try index.timeEntry(at: last),
                let first = try index.timeEntry(at: 0)
            {
                if entry.timestamp < first.timestamp {
                    return "the last timestamp is \(entry.timestamp), the first \(first.timestamp)"
                }
                if entry.offset < index.baseOffset { return "the last offset is \(entry.offset)" }
            }
        }
        return index.partialBytes == 0
            ? nil : "\(index.partialBytes) bytes at the end are no whole entry"
    }
}

extension IndexInspection {
    /// Position of the last entry at or below an offset, 0 without one, searched for in all slots
    /// of the file as Kafka does (`AbstractIndex.largestLowerBoundSlotFor`).
    fileprivate mutating func position(below offset: Int64) throws(LogError) -> Int {
        guard let first = try offsetEntry(at: 0), first.offset <= offset else { return 0 }
        var (low, high) = (0, capacity - 1)
        var position = first.position
        while low < high {
            let middle = (low + high + 1) / 2
            guard let entry = try offsetEntry(at: middle) else { break }
            if entry.offset > offset {
                high = middle - 1
            } else {
                low = middle
                position = entry.position
                if entry.offset == offset { break }
            }
        }
        return Int(position)
    }
}
