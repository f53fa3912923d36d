internal import KafkaBase
internal import KafkaRecords
internal import Platform

/// A file that is only ever read, through one window of memory that moves over it.
///
/// Owns the window, whose size follows the largest piece asked for. The size of the file is taken
/// when it is opened, so that a live broker's appends do not move the end. One owner, on any one
/// thread; calls block.
struct InspectedFile: ~Copyable {
    /// Bytes, as the file was opened; less when it turned out to be shorter.
    private(set) var size: Int

    private let file: any DiskFile
    private var window: UnsafeMutableRawBufferPointer
    private var windowStart = 0
    private var windowCount = 0

    /// Read at once when less is asked for: large enough for few system calls, small enough for
    /// the processor's cache to hold it until it is looked at.
    static let chunkBytes = 1 << 20
    private static let smallestWindowBytes = 1 << 12

    /// - Parameter windowBytes: size of the window as long as no larger piece is asked for.
    init(
        path: String, on disk: any Disk, windowBytes: Int = InspectedFile.chunkBytes
    ) throws(LogError) {
        let file = try disk.open(path, .read)
        let size = try file.size()
        self.file = file
        self.size = size
        let capacity = min(
            windowBytes, max(size, InspectedFile.smallestWindowBytes))
        window = .allocate(byteCount: capacity, alignment: 16)
        #if canImport(Glibc) || canImport(Musl)
            // A wish; where it is not heard, reading is only slower.
            _ = posix_fadvise(file.fileDescriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        #endif
    }

    deinit {
        window.deallocate()
    }

    /// The bytes at a position, fewer where the file ends. Valid, and the caller's to change, until
    /// the next call; what changes is the copy in memory.
    ///
    /// - Parameter count: bounded by the caller; memory of this size may be allocated.
    mutating func bytes(
        at position: Int, count: Int
    ) throws(LogError) -> UnsafeMutableRawBufferPointer {
        let wanted = min(count, size - position)
        guard wanted > 0 else { return UnsafeMutableRawBufferPointer(start: nil, count: 0) }
        if position < windowStart || position + wanted > windowStart + windowCount {
            try fill(from: position, atLeast: wanted)
        }
        let offset = position - windowStart
        let available = min(wanted, windowCount - offset)
        return UnsafeMutableRawBufferPointer(rebasing: window[offset..<offset + available])
    }

    /// Moves the window to `position`, with what it holds of the bytes there.
    private mutating func fill(from position: Int, atLeast count: Int) throws(LogError) {
        let held = position - windowStart
        let kept = held >= 0 && held < windowCount ? held..<windowCount : 0..<0
        let rest = UnsafeRawBufferPointer(rebasing: window[kept])
        if count > window.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(count, InspectedFile.chunkBytes), alignment: 16)
            larger.copyMemory(from: rest)
            window.deallocate()
            window = larger
        } else {
            window.copyMemory(from: rest)
        }
        windowStart = position
        windowCount = rest.count
        let target = min(window.count, size - position)
        windowCount += try file.read(
            into: UnsafeMutableRawBufferPointer(rebasing: window[windowCount..<target]),
            at: position + windowCount)
        if windowCount < target { size = position + windowCount }
    }

    /// The CRC-32C of a range, whatever its size; that of what is there where the file ends first.
    mutating func crc32c(from start: Int, to end: Int) throws(LogError) -> UInt32 {
        var crc: UInt32 = 0
        var position = start
        while position < end {
            let piece = try bytes(
                at: position, count: min(InspectedFile.chunkBytes, end - position))
            guard !piece.isEmpty else { break }
            crc = Crc32c.extend(crc, with: UnsafeRawBufferPointer(piece))
            position += piece.count
        }
        return crc
    }

    /// Whether there is nothing but zeros in a range.
    mutating func isZero(from start: Int, to end: Int) throws(LogError) -> Bool {
        var position = start
        while position < end {
            let chunk = try bytes(
                at: position, count: min(InspectedFile.chunkBytes, end - position))
            guard !chunk.isEmpty else { return true }
            guard InspectedFile.isZero(UnsafeRawBufferPointer(chunk)) else { return false }
            position += chunk.count
        }
        return true
    }

    static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return true }
        return bytes[0] == 0 && memcmp(base, base + 1, bytes.count - 1) == 0
    }
}
