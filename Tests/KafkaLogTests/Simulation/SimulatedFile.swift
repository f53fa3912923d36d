import KafkaBase
import TestSupport

@testable import KafkaLog

/// An open file of the simulated disk. It has no descriptor: bytes are read by `DiskFile`.
final class SimulatedFile: DiskFile {
    let fileDescriptor: Int32 = -1
    let path: String
    private let disk: SimulatedDisk
    private let inode: SimulatedInode
    private let age: Int

    init(disk: SimulatedDisk, inode: SimulatedInode, path: String, age: Int) {
        self.disk = disk
        self.inode = inode
        self.path = path
        self.age = age
    }

    private func locked<Value>(
        _ operation: String,
        _ body: (inout SimulatedDisk.State) throws(LogError) -> Value
    ) throws(LogError) -> Value {
        try disk.state.withLock { state in
            Result { () throws(LogError) in
                guard state.age == age else { throw .systemError(9, operation, path) }
                try state.checkPower(operation, path)
                return try body(&state)
            }
        }.get()
    }

    func size() throws(LogError) -> Int {
        try locked("stat") { (_) throws(LogError) in inode.content.count }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int) throws(LogError) -> Int
    {
        try locked("read") { (state) throws(LogError) in
            state.readCount += 1
            let available = max(0, inode.content.count - position)
            let count = min(buffer.count, available)
            inode.content.withUnsafeBytes { content in
                buffer.copyMemory(
                    from: UnsafeRawBufferPointer(
                        rebasing: content[min(position, content.count)...].prefix(count)))
            }
            return count
        }
    }

    func write(
        _ parts: UnsafeBufferPointer<UnsafeRawBufferPointer>, at position: Int
    ) throws(LogError) {
        var bytes: [UInt8] = []
        for part in parts { bytes += part }
        try locked("write") { (state) throws(LogError) in
            try state.willChange("write", path)
            let needed = max(0, position + bytes.count - inode.allocatedBytes)
            let isFull = state.freeBytes.map { $0 < needed } ?? false
            var failure: LogError?
            do throws(LogError) {
                try state.mayFail("write", path)
                if isFull { failure = .noSpace(path: path) }
            } catch {
                failure = error
            }
            if failure != nil {
                // Part of it is there all the same.
                let most = isFull ? min(bytes.count, state.freeBytes ?? 0) : bytes.count
                bytes = Array(bytes.prefix(Int.random(in: 0...most, using: &state.generator)))
            }
            let end = position + bytes.count
            state.freeBytes? -= max(0, end - inode.allocatedBytes)
            inode.allocatedBytes = max(inode.allocatedBytes, end)
            inode.apply(.write(position: position, bytes: bytes))
            if let failure { throw failure }
        }
    }

    func truncate(to sizeBytes: Int) throws(LogError) {
        try locked("truncate") { (state) throws(LogError) in
            try state.willChange("truncate", path)
            state.freeBytes? += max(0, inode.allocatedBytes - sizeBytes)
            inode.allocatedBytes = min(inode.allocatedBytes, sizeBytes)
            inode.apply(.truncate(sizeBytes: sizeBytes))
        }
    }

    func sync() throws(LogError) {
        disk.onSync()
        try locked("sync") { (state) throws(LogError) in
            try state.willChange("sync", path)
            state.syncCount += 1
            try state.mayFail("sync", path)
            inode.sync()
        }
    }
}
