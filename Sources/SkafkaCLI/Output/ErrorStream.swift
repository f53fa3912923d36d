internal import Platform

/// Standard error: unbuffered, a line at a time, and never a reason to fail.
struct ErrorStream: Sendable {
    var descriptor: Int32 = STDERR_FILENO

    /// Writes the line with one write(2), so that lines of several processes do not mix.
    func line(_ text: String) { put(text + "\n") }

    /// Where it cannot be written there is no one to tell.
    func put(_ text: String) {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let written = bytes.withUnsafeBytes { room in
                write(descriptor, room.baseAddress.map { $0 + start }, room.count - start)
            }
            if written > 0 { start += written } else if errno != EINTR { return }
        }
    }
}
