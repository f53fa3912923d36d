internal import Platform

/// The operating system's errors.
public enum SystemError {
    /// The text of an `errno`, as `strerror` gives it. Any thread.
    public static func text(of code: Int32) -> String {
        // 256 bytes hold the longest message of glibc, musl and Darwin.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { room in
            guard let base = room.baseAddress else { return "error \(code)" }
            base.initialize(repeating: 0, count: 256)
            guard strerror_r(code, base, 256) == 0 else { return "error \(code)" }
            return String(cString: base)
        }
    }
}
