import Platform

/// How many files and sockets the process may have open: a partition takes up to three of them.
enum DescriptorLimit {
    /// Not beyond, however high the system would let it be.
    private static let enough: rlim_t = 1 << 16

    #if canImport(Glibc)
        private static let resource = CInt(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif

    /// The soft limit; nil where it cannot be told.
    static var current: Int? {
        var limit = rlimit()
        return getrlimit(resource, &limit) == 0 ? Int(clamping: limit.rlim_cur) : nil
    }

    /// Raises the soft limit as far as the hard one allows. It stays as it is where that fails.
    static func raise() {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return }
        let wanted = min(limit.rlim_max, enough)
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = wanted
        _ = setrlimit(resource, &limit)
    }
}
