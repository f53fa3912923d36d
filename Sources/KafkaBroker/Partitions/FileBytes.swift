import Platform

/// Reads at a position of an open file.
enum FileBytes {
    /// - Returns: bytes read, fewer than there is room for at the end of the file or on an error.
    static func read(
        _ descriptor: Int32, into room: UnsafeMutableRawBufferPointer, at position: Int
    )
        -> Int
    {
        var done = 0
        while done < room.count {
            let count = pread(
                descriptor, room.baseAddress! + done, room.count - done, off_t(position + done))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            done += count
        }
        return done
    }
}
