public import KafkaBase

/// An open file. It closes when the last reference goes, so whoever sends from it keeps it open,
/// also after the file was deleted. Any thread may call; every call may block.
public protocol DiskFile: FileDescriptorOwner {
    /// As it was opened, for messages.
    var path: String { get }
    /// In bytes.
    func size() throws(LogError) -> Int
    /// Reads until the buffer is full or the file ends.
    ///
    /// - Returns: number of bytes read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int) throws(LogError) -> Int
    /// Writes all of the parts one behind the other, or throws; then any part of it may stand.
    func write(
        _ parts: UnsafeBufferPointer<UnsafeRawBufferPointer>, at position: Int
    ) throws(LogError)
    /// Cuts the file, or lets it grow with zeros that take no space.
    func truncate(to sizeBytes: Int) throws(LogError)
    /// Makes what was written durable, with the size (`fdatasync`).
    func sync() throws(LogError)
}

extension DiskFile {
    func write(_ bytes: UnsafeRawBufferPointer, at position: Int) throws(LogError) {
        try withUnsafePointer(to: bytes) { (part) throws(LogError) in
            try write(UnsafeBufferPointer(start: part, count: 1), at: position)
        }
    }

    func write(_ bytes: [UInt8], at position: Int) throws(LogError) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(LogError) in try write(buffer, at: position) }
        }
        try result.get()
    }

    /// A range of the file, as far as it goes.
    func read(at position: Int, count: Int) throws(LogError) -> [UInt8] {
        var failure: LogError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(LogError) {
                initialized = try read(into: UnsafeMutableRawBufferPointer(buffer), at: position)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
