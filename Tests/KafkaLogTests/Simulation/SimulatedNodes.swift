import TestSupport

/// What a name in a simulated directory stands for.
enum SimulatedNode {
    case file(SimulatedInode)
    case directory(SimulatedDirectory)
}

/// A directory: its entries, those that would survive a crash, and the changes between.
final class SimulatedDirectory: @unchecked Sendable {
    private(set) var entries: [String: SimulatedNode] = [:]
    private var durable: [String: SimulatedNode] = [:]
    /// In order; each happens as a whole.
    private var unsynced: [[String: SimulatedNode?]] = []

    func change(_ names: [String: SimulatedNode?]) {
        Self.apply(names, to: &entries)
        unsynced.append(names)
    }

    func sync() {
        durable = entries
        unsynced = []
    }

    func crash(_ generator: inout SeededGenerator) {
        let kept = Int.random(in: 0...unsynced.count, using: &generator)
        for change in unsynced.prefix(kept) { Self.apply(change, to: &durable) }
        entries = durable
        unsynced = []
        // In the order of names, so that a seed repeats.
        for (_, node) in entries.sorted(by: { $0.key < $1.key }) {
            switch node {
            case .file(let inode): inode.crash(&generator)
            case .directory(let directory): directory.crash(&generator)
            }
        }
    }

    private static func apply(
        _ change: [String: SimulatedNode?], to entries: inout [String: SimulatedNode]
    ) {
        for (name, node) in change { entries[name] = node }
    }
}

/// A file's bytes: as they are read, as they would survive a crash, and the writes between.
final class SimulatedInode: @unchecked Sendable {
    enum Change {
        case write(position: Int, bytes: [UInt8])
        case truncate(sizeBytes: Int)
    }

    var content: [UInt8] = []
    var durable: [UInt8] = []
    /// Up to here space on the disk is used.
    var allocatedBytes = 0
    private var unsynced: [Change] = []

    func apply(_ change: Change) {
        Self.apply(change, to: &content)
        unsynced.append(change)
    }

    func sync() {
        durable = content
        unsynced = []
    }

    /// Each unsynced change stays, goes, or stays in part with noise where the rest would be.
    func crash(_ generator: inout SeededGenerator) {
        for change in unsynced {
            switch (change, Int.random(in: 0..<4, using: &generator)) {
            case (_, 0): continue
            case (.write(let position, let bytes), 1):
                var torn = bytes
                let from = Int.random(in: 0...bytes.count, using: &generator)
                let isNoise = Bool.random(using: &generator)
                for index in from..<bytes.count {
                    torn[index] = isNoise ? UInt8.random(in: 0...255, using: &generator) : 0
                }
                Self.apply(.write(position: position, bytes: torn), to: &durable)
            case (.write(let position, let bytes), 2):
                let count = Int.random(in: 0...bytes.count, using: &generator)
                Self.apply(
                    .write(position: position, bytes: Array(bytes.prefix(count))), to: &durable)
            default: Self.apply(change, to: &durable)
            }
        }
        content = durable
        allocatedBytes = content.count
        unsynced = []
    }

    private static func apply(_ change: Change, to bytes: inout [UInt8]) {
        switch change {
        case .write(let position, let new):
            if new.isEmpty { return }
            resize(&bytes, max(bytes.count, position + new.count))
            bytes.replaceSubrange(position..<position + new.count, with: new)
        case .truncate(let sizeBytes): resize(&bytes, sizeBytes)
        }
    }

    private static func resize(_ bytes: inout [UInt8], _ count: Int) {
        if count < bytes.count {
            bytes.removeLast(bytes.count - count)
        } else {
            bytes += [UInt8](repeating: 0, count: count - bytes.count)
        }
    }
}
