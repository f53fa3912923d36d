/// Reads an index beside its log, while an inspection walks over the log's batches, and tells
/// whether every entry fits: at the price of the index's own bytes, without a second walk.
///
/// Says of an index that does not fit no more than that; what is wrong with it is for
/// `IndexInspection` to say, with a walk of its own. Owns the index file and a read window.
/// Belongs to its inspection.
struct IndexFollower: ~Copyable {
    private var index: IndexInspection
    /// The first entry that no batch was found for yet; one of the two, nil behind the last.
    private var offsetEntry: InspectedOffsetEntry?
    private var timeEntry: InspectedTimeEntry?
    /// The walk came to the batch at `offsetEntry`'s position.
    private var isAtPosition = false
    /// Of the batches so far.
    private var maxTimestamp: Int64 = -1
    /// No entry contradicted the log so far.
    private var agrees = true

    init(
        path: String, kind: IndexInspection.Kind, baseOffset: Int64, on disk: any Disk
    ) throws(LogError) {
        index = try IndexInspection(path: path, kind: kind, baseOffset: baseOffset, on: disk)
        read(entry: 0)
        let firstOffset = offsetEntry?.offset ?? timeEntry?.offset ?? baseOffset
        agrees = agrees && firstOffset >= baseOffset && offsetEntry?.position ?? 0 >= 0
    }

    /// Every entry was found in the log.
    var fits: Bool { agrees && offsetEntry == nil && timeEntry == nil }

    /// Takes the next batch of the walk.
    mutating func follow(_ batch: InspectedBatch) {
        guard agrees else { return }
        switch index.kind {
        case .offset: followOffsets(batch)
        case .time: followTimes(batch)
        }
    }

    /// An entry's position is a batch's, and its offset is in a batch from there on, before the
    /// next entry's position.
    private mutating func followOffsets(_ batch: InspectedBatch) {
        let end = batch.position + batch.sizeBytes
        while agrees, let entry = offsetEntry {
            if !isAtPosition {
                guard Int(entry.position) < end else { return }
                isAtPosition = Int(entry.position) == batch.position
                agrees = isAtPosition
            }
            guard agrees, batch.lastOffset >= entry.offset else { return }
            read(entry: entry.number + 1)
            isAtPosition = false
            agrees =
                agrees && batch.baseOffset ?? batch.lastOffset <= entry.offset
                && offsetEntry?.offset ?? .max > entry.offset
                && offsetEntry.map { Int($0.position) } ?? .max > batch.position
        }
    }

    /// A batch has an entry's offset, and the entry's timestamp is its largest, and that of all
    /// batches up to it.
    private mutating func followTimes(_ batch: InspectedBatch) {
        maxTimestamp = max(maxTimestamp, batch.maxTimestamp)
        while agrees, let entry = timeEntry, batch.lastOffset >= entry.offset {
            read(entry: entry.number + 1)
            agrees =
                agrees && batch.baseOffset ?? batch.lastOffset <= entry.offset
                && batch.maxTimestamp == entry.timestamp && maxTimestamp == entry.timestamp
                && timeEntry?.timestamp ?? .max > entry.timestamp
                && timeEntry?.offset ?? .max >= entry.offset
        }
    }

    /// An entry that cannot be read fits nothing.
    private mutating func read(entry number: Int) {
        offsetEntry = nil
        timeEntry = nil
        guard number < index.entryCount else { return }
        do throws(LogError) {
            switch index.kind {
            case .offset: offsetEntry = try index.offsetEntry(at: number)
            case .time: timeEntry = try index.timeEntry(at: number)
            }
            agrees = offsetEntry != nil || timeEntry != nil
        } catch {
            agrees = false
        }
    }
}

/// The indexes of one segment that follow the walk over its log.
struct IndexFollowers: ~Copyable {
    var offset: IndexFollower?
    var time: IndexFollower?

    mutating func follow(_ batch: InspectedBatch) {
        offset?.follow(batch)
        time?.follow(batch)
    }

    static func fits(_ follower: borrowing IndexFollower?) -> Bool {
        switch follower {
        case .some(let follower): follower.fits
        case .none: false
        }
    }
}

extension LogInspection {
    /// Has an index of the segment compared with the batches as they are walked over. For a walk
    /// over the whole log: entries that it does not come to do not fit.
    ///
    /// - Throws: `LogError.io` where the index cannot be read.
    public mutating func follow(
        _ kind: IndexInspection.Kind, at path: String, on disk: any Disk = PosixDisk()
    ) throws(LogError) {
        let baseOffset = options.baseOffset ?? 0
        switch kind {
        case .offset:
            indexes.offset = try IndexFollower(
                path: path, kind: kind, baseOffset: baseOffset, on: disk)
        case .time:
            indexes.time = try IndexFollower(
                path: path, kind: kind, baseOffset: baseOffset, on: disk)
        }
    }

    /// After `run`: every entry of the index that followed it was found in the log. False of one
    /// that did not follow.
    public func fits(_ kind: IndexInspection.Kind) -> Bool {
        switch kind {
        case .offset: IndexFollowers.fits(indexes.offset)
        case .time: IndexFollowers.fits(indexes.time)
        }
    }
}
