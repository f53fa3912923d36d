#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How many files and sockets the process may have open: a partition takes up to three of them.
enum DescriptorLimit {
    /// Not beyond, however high the system would let it be.
    private static let enough: rlim_t = 1 << 16

    /// Raises the soft limit as far as the hard one allows. It stays as it is where that fails.
    static func raise() {
        #if canImport(Glibc)
            let resource = CInt(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return }
        let wanted = min(limit.rlim_max, enough)
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = wanted
        _ = setrlimit(resource, &limit)
    }
}
