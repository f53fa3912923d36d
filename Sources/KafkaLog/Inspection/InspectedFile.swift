#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

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

    /// Read at once when less is asked for.
    private static let chunkBytes = 1 << 20
    private static let smallestWindowBytes = 1 << 12

    init(path: String, on disk: any Disk) throws(LogError) {
        let file = try disk.open(path, .read)
        let size = try file.size()
        self.file = file
        self.size = size
        let capacity = min(
            InspectedFile.chunkBytes, max(size, InspectedFile.smallestWindowBytes))
        window = .allocate(byteCount: capacity, alignment: 16)
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

    /// Moves the window to `position`.
    private mutating func fill(from position: Int, atLeast count: Int) throws(LogError) {
        if count > window.count {
            window.deallocate()
            window = .allocate(byteCount: max(count, InspectedFile.chunkBytes), alignment: 16)
        }
        windowStart = position
        windowCount = 0
        let target = min(window.count, size - position)
        windowCount = try file.read(
            into: UnsafeMutableRawBufferPointer(rebasing: window[..<target]), at: position)
        if windowCount < target { size = position + windowCount }
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
