internal import Platform

/// Sorted pieces of a table that does not fit the memory, in a temporary file without a name, and
/// their merge. One owner; the merge holds `readEntries` of each run at most.
final class SortedRuns {
    private struct Run {
        /// In entries, from the file's start.
        var position: Int
        var end: Int
        var buffer: [KeyDigest] = []
        var next = 0
    }

    private let descriptor: Int32
    private let readEntries: Int
    private var runs: [Run] = []
    private var entryCount = 0

    /// - Parameter readEntries: of one run that are read at once.
    /// - Throws: `CommandFailure` when no file can be made.
    init(_ environment: [String: String], readEntries: Int = 256) throws(CommandFailure) {
        self.readEntries = readEntries
        let directory = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array("\(directory)/skafka.XXXXXX".utf8CString)
        let descriptor = template.withUnsafeMutableBufferPointer { room in
            guard let path = room.baseAddress else { return Int32(-1) }
            let descriptor = mkstemp(path)
            // It goes with the process, however that ends.
            if descriptor >= 0 { unlink(path) }
            return descriptor
        }
        guard descriptor >= 0 else {
            throw .failed("cannot make a file in \(directory): \(systemErrorText(errno))")
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Adds a run.
    ///
    /// - Parameter entries: sorted by key, each key once.
    /// - Throws: `CommandFailure` when the disk takes no more.
    func add(_ entries: [KeyDigest]) throws(CommandFailure) {
        let offset = entryCount * MemoryLayout<KeyDigest>.stride
        let failure = entries.withUnsafeBytes { bytes -> Int32? in
            var done = 0
            while done < bytes.count {
                let written = pwrite(
                    descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done,
                    off_t(offset + done))
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return errno }
                done += written
            }
            return nil
        }
        if let failure {
            throw .failed("cannot write a temporary file: \(systemErrorText(failure))")
        }
        runs.append(Run(position: entryCount, end: entryCount + entries.count))
        entryCount += entries.count
    }

    /// Calls `body` for each key once, with all that the runs have of it, those added first in
    /// front.
    ///
    /// - Throws: `CommandFailure` when the file cannot be read.
    func merge(_ body: (KeyDigest) -> Void) throws(CommandFailure) {
        var heap = MinHeap()
        for index in runs.indices {
            if let entry = try next(index) { heap.push(entry, index) }
        }
        while var (merged, index) = heap.pop() {
            if let entry = try next(index) { heap.push(entry, index) }
            while let key = heap.smallest, key == merged.key, let (other, from) = heap.pop() {
                merged.first.append(other.first)
                merged.second.append(other.second)
                index = from
                if let entry = try next(index) { heap.push(entry, index) }
            }
            body(merged)
        }
    }

    private func next(_ index: Int) throws(CommandFailure) -> KeyDigest? {
        if runs[index].next == runs[index].buffer.count {
            let count = min(readEntries, runs[index].end - runs[index].position)
            guard count > 0 else { return nil }
            runs[index].buffer = try read(count, at: runs[index].position)
            runs[index].position += count
            runs[index].next = 0
        }
        defer { runs[index].next += 1 }
        return runs[index].buffer[runs[index].next]
    }

    private func read(_ count: Int, at position: Int) throws(CommandFailure) -> [KeyDigest] {
        let stride = MemoryLayout<KeyDigest>.stride
        var entries = [KeyDigest](
            repeating: KeyDigest(key: KeyFingerprint(high: 0, low: 0)), count: count)
        let isWhole = entries.withUnsafeMutableBytes { bytes -> Bool in
            var done = 0
            while done < bytes.count {
                let got = pread(
                    descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done,
                    off_t(position * stride + done))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { return false }
                done += got
            }
            return true
        }
        guard isWhole else {
            throw .failed("cannot read a temporary file: \(systemErrorText(errno))")
        }
        return entries
    }
}

/// The runs' next entries, the smallest key first; of equal ones that of the earlier run.
private struct MinHeap {
    private var items: [(entry: KeyDigest, run: Int)] = []

    var smallest: KeyFingerprint? { items.first?.entry.key }

    mutating func push(_ entry: KeyDigest, _ run: Int) {
        items.append((entry, run))
        var child = items.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            items.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> (entry: KeyDigest, run: Int)? {
        guard let first = items.first, let last = items.popLast() else { return nil }
        guard !items.isEmpty else { return first }
        items[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < items.count && isBefore(child, least) {
                least = child
            }
            if least == parent { return first }
            items.swapAt(parent, least)
            parent = least
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        let (first, second) = (items[left], items[right])
        if first.entry.key == second.entry.key { return first.run < second.run }
        return first.entry.key < second.entry.key
    }
}
