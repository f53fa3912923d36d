internal import Platform

/// Reads a file descriptor in large blocks into memory that grows for a record larger than it.
///
/// Blocking; one thread. Holds what was read and not consumed, `maxBytes` and a block at most.
final class BlockReader {
    enum Fill: Equatable {
        case read
        case ended
        /// `maxBytes` wait unconsumed.
        case full
        case failed(errno: Int32)
    }

    static let blockBytes = 256 << 10

    let descriptor: Int32
    private let maxBytes: Int
    private var memory: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0

    init(descriptor: Int32, maxBytes: Int, capacityBytes: Int = 2 * BlockReader.blockBytes) {
        self.descriptor = descriptor
        self.maxBytes = maxBytes
        memory = .allocate(byteCount: max(capacityBytes, 16), alignment: 16)
    }

    deinit {
        memory.deallocate()
    }

    /// What was read and not consumed; valid until the next `fill`.
    @inline(__always)
    var unread: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: memory[start..<end])
    }

    @inline(__always)
    func consume(_ count: Int) {
        start += count
    }

    /// Reads once more behind what is there.
    func fill() -> Fill {
        guard end - start <= maxBytes else { return .full }
        makeRoom()
        while true {
            let room = min(memory.count - end, 4 * BlockReader.blockBytes)
            let count = read(descriptor, memory.baseAddress.map { $0 + end }, room)
            if count > 0 {
                end += count
                return .read
            }
            if count == 0 { return .ended }
            if errno == EAGAIN {
                // Somebody else made the descriptor non-blocking; this program waits anyway.
                var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                _ = poll(&entry, 1, -1)
            } else if errno != EINTR {
                return .failed(errno: errno)
            }
        }
    }

    private func makeRoom() {
        if start == end {
            start = 0
            end = 0
        }
        guard memory.count - end < min(BlockReader.blockBytes, memory.count / 2) else { return }
        let count = end - start
        // Moving is cheap as long as what is moved is a small part of a block.
        if count <= memory.count / 2 {
            memory.baseAddress.map { $0.copyMemory(from: $0 + start, byteCount: count) }
        } else {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: memory.count * 2, alignment: 16)
            larger.copyMemory(from: unread)
            memory.deallocate()
            memory = larger
        }
        start = 0
        end = count
    }
}
