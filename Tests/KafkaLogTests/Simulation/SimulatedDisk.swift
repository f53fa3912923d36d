import KafkaBase
import TestSupport

@testable import KafkaLog

/// A disk in memory that fails and crashes as disks do, decided by a seed.
///
/// What was written counts as durable only after a sync: at a crash each unsynced write stays, goes
/// or tears, and of the unsynced changes of a directory a prefix stays. Any thread may use it.
final class SimulatedDisk: Disk, @unchecked Sendable {
    struct State {
        var generator: SeededGenerator
        let root = SimulatedDirectory()
        var locks: Set<String> = []
        /// Rises with each crash; files opened before are of no use.
        var age = 0
        /// Bytes that can still be written; nil for no limit.
        var freeBytes: Int?
        /// How often in 1,000 a write or sync fails with EIO.
        var failurePermille: UInt32 = 0
        /// What every opening of a file fails with; nil for success.
        var openErrno: Int32?
        /// Changes of files and directories until the power goes off; nil for never. From then on
        /// nothing works, until the crash.
        var changesUntilPowerOff: Int?
        /// Syncs of files so far, to see that they are shared.
        var syncCount = 0
        /// Reads of files so far.
        var readCount = 0
    }

    let state: Monitor<State>
    /// Called by each file sync outside of the lock, to hold it up.
    let onSync: @Sendable () -> Void

    init(seed: UInt64, onSync: @escaping @Sendable () -> Void = {}) {
        state = Monitor(State(generator: SeededGenerator(seed: seed)))
        self.onSync = onSync
    }

    // MARK: Faults

    var freeBytes: Int? {
        get { state.withLock { $0.freeBytes } }
        set { state.withLock { $0.freeBytes = newValue } }
    }

    var failurePermille: UInt32 {
        get { state.withLock { $0.failurePermille } }
        set { state.withLock { $0.failurePermille = newValue } }
    }

    var openErrno: Int32? {
        get { state.withLock { $0.openErrno } }
        set { state.withLock { $0.openErrno = newValue } }
    }

    var changesUntilPowerOff: Int? {
        get { state.withLock { $0.changesUntilPowerOff } }
        set { state.withLock { $0.changesUntilPowerOff = newValue } }
    }

    var syncCount: Int { state.withLock { $0.syncCount } }
    var readCount: Int { state.withLock { $0.readCount } }

    /// Loses what a power failure would.
    func crash() {
        state.withLock { state in
            state.age += 1
            state.locks = []
            state.failurePermille = 0
            state.freeBytes = nil
            state.changesUntilPowerOff = nil
            state.root.crash(&state.generator)
        }
    }

    /// Changes one bit of a file, on the disk and in the cache.
    func flipBit(_ path: String, byte: Int, bit: Int) {
        state.withLock { state in
            guard case .file(let inode)? = try? Self.find(path, &state) else { return }
            inode.content[byte] ^= 1 << UInt8(bit)
            inode.durable = inode.content
        }
    }

    // MARK: Paths

    private static func parts(_ path: String) -> [Substring] { path.split(separator: "/") }

    private static func find(_ path: String, _ state: inout State) throws(LogError)
        -> SimulatedNode
    {
        var node = SimulatedNode.directory(state.root)
        for part in parts(path) {
            guard case .directory(let directory) = node, let next = directory.entries[String(part)]
            else { throw .systemError(2, "open", path) }
            node = next
        }
        return node
    }

    private static func directory(_ path: String, _ state: inout State) throws(LogError)
        -> SimulatedDirectory
    {
        guard case .directory(let directory) = try find(path, &state) else {
            throw .systemError(20, "open", path)
        }
        return directory
    }

    private func locked<Value>(
        _ body: (inout State) throws(LogError) -> Value
    ) throws(LogError) -> Value {
        try state.withLock { state in
            Result { () throws(LogError) in try body(&state) }
        }.get()
    }

    private static func name(_ path: String) -> String { String(parts(path).last ?? "") }

    // MARK: Disk

    func open(_ path: String, _ mode: DiskOpenMode) throws(LogError) -> any DiskFile {
        try locked { (state) throws(LogError) in
            try state.checkPower("open", path)
            if let code = state.openErrno { throw .systemError(code, "open", path) }
            let parent = try Self.directory(path.parentDirectory, &state)
            let name = Self.name(path)
            if parent.entries[name] == nil, mode == .create || mode == .createPrivate {
                try state.willChange("create", path)
                parent.change([name: .file(SimulatedInode())])
            }
            guard case .file(let inode)? = parent.entries[name] else {
                throw .systemError(2, "open", path)
            }
            return SimulatedFile(disk: self, inode: inode, path: path, age: state.age)
        }
    }

    func fileSize(_ path: String) throws(LogError) -> Int? {
        try locked { (state) throws(LogError) in
            guard case .file(let inode)? = try? Self.find(path, &state) else { return nil }
            return inode.content.count
        }
    }

    func list(_ directory: String) throws(LogError) -> [DiskEntry] {
        try locked { (state) throws(LogError) in
            try state.checkPower("list", directory)
            let entries = try Self.directory(directory, &state).entries
            return entries.map { name, node in
                if case .directory = node { return DiskEntry(name: name, isDirectory: true) }
                return DiskEntry(name: name, isDirectory: false)
            }.sorted { $0.name < $1.name }
        }
    }

    func createDirectory(_ path: String) throws(LogError) {
        try locked { (state) throws(LogError) in
            if (try? Self.find(path, &state)) != nil { return }
            try state.willChange("create", path)
            let parent = try Self.directory(path.parentDirectory, &state)
            parent.change([Self.name(path): .directory(SimulatedDirectory())])
        }
    }

    func rename(_ path: String, to newPath: String) throws(LogError) {
        try locked { (state) throws(LogError) in
            precondition(path.parentDirectory == newPath.parentDirectory)
            let node = try Self.find(path, &state)
            let parent = try Self.directory(path.parentDirectory, &state)
            try state.willChange("rename", path)
            parent.change([Self.name(path): nil, Self.name(newPath): node])
        }
    }

    func removeFile(_ path: String) throws(LogError) {
        try locked { (state) throws(LogError) in
            guard case .file(let inode)? = try? Self.find(path, &state) else { return }
            try state.willChange("remove", path)
            state.freeBytes? += inode.allocatedBytes
            try Self.directory(path.parentDirectory, &state).change([Self.name(path): nil])
        }
    }

    func removeDirectory(_ path: String) throws(LogError) {
        try locked { (state) throws(LogError) in
            guard try Self.directory(path, &state).entries.isEmpty else {
                throw .systemError(39, "remove", path)
            }
            try state.willChange("remove", path)
            try Self.directory(path.parentDirectory, &state).change([Self.name(path): nil])
        }
    }

    func syncDirectory(_ path: String) throws(LogError) {
        try locked { (state) throws(LogError) in
            try state.willChange("sync", path)
            try state.mayFail("sync", path)
            try Self.directory(path, &state).sync()
        }
    }

    func lock(_ path: String) throws(LogError) -> (any DiskLock)? {
        _ = try open(path, .create)
        return try locked { (state) throws(LogError) in
            guard state.locks.insert(path).inserted else { return nil }
            return SimulatedLock(disk: self, path: path, age: state.age)
        }
    }
}

extension SimulatedDisk.State {
    func checkPower(_ operation: String, _ path: String) throws(LogError) {
        if changesUntilPowerOff == 0 { throw .systemError(5, operation, path) }
    }

    mutating func willChange(_ operation: String, _ path: String) throws(LogError) {
        try checkPower(operation, path)
        changesUntilPowerOff? -= 1
    }

    mutating func mayFail(_ operation: String, _ path: String) throws(LogError) {
        if failurePermille > 0, UInt32.random(in: 0..<1000, using: &generator) < failurePermille {
            throw .systemError(5, operation, path)
        }
    }
}

private final class SimulatedLock: DiskLock {
    private let disk: SimulatedDisk
    private let path: String
    private let age: Int

    init(disk: SimulatedDisk, path: String, age: Int) {
        self.disk = disk
        self.path = path
        self.age = age
    }

    deinit {
        disk.state.withLock { state in
            if state.age == age { state.locks.remove(path) }
        }
    }
}
