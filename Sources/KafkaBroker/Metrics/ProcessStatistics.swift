import KafkaBase
import Platform

/// What the system says of this process, as far as it does.
struct ProcessStatistics: Sendable, Equatable {
    /// User and system time, in microseconds.
    var cpuMicroseconds = 0
    var openDescriptors: Int?
    var maxDescriptors: Int?
    /// Linux alone tells these.
    var residentBytes: Int?
    var virtualBytes: Int?
    /// Ms since 1970.
    var startMs: Int64?

    /// Blocks for moments.
    static func current() -> ProcessStatistics {
        var statistics = ProcessStatistics()
        var usage = rusage()
        if getrusage(self.usage, &usage) == 0 {
            statistics.cpuMicroseconds =
                microseconds(usage.ru_utime) + microseconds(usage.ru_stime)
        }
        statistics.maxDescriptors = DescriptorLimit.current
        statistics.openDescriptors = descriptorCount()
        #if canImport(Glibc) || canImport(Musl)
            var sinceBoot = timespec()
            clock_gettime(CLOCK_BOOTTIME, &sinceBoot)
            let bootMs =
                KafkaClock.system.nowMs - Int64(sinceBoot.tv_sec) * 1000
                - Int64(sinceBoot.tv_nsec) / 1_000_000
            statistics.add(stat: stat(), bootMs: bootMs)
        #endif
        return statistics
    }

    /// Takes memory and start over from the text of `/proc/self/stat` (proc(5)).
    ///
    /// - Parameter bootMs: when the machine was started, ms since 1970.
    mutating func add(stat: String, bootMs: Int64) {
        // The program's name in front may hold blanks and brackets.
        guard let end = stat.lastIndex(of: ")") else { return }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        let (startTicks, virtualSize, residentPages) = (19, 20, 21)
        guard fields.count > residentPages else { return }
        virtualBytes = Int(fields[virtualSize])
        residentBytes = Int(fields[residentPages]).map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
        startMs = Int64(fields[startTicks]).map {
            bootMs + $0 * 1000 / Int64(sysconf(Int32(_SC_CLK_TCK)))
        }
    }

    #if canImport(Glibc)
        private static let usage = CInt(RUSAGE_SELF.rawValue)
    #else
        private static let usage = CInt(RUSAGE_SELF)
    #endif

    private static func microseconds(_ time: timeval) -> Int {
        Int(time.tv_sec) * 1_000_000 + Int(time.tv_usec)
    }

    private static func descriptorCount() -> Int? {
        guard let directory = opendir("/dev/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Not `.`, `..` and the descriptor that this took.
        return max(0, count - 3)
    }

    /// Empty where there is none.
    private static func stat() -> String {
        let descriptor = open("/proc/self/stat", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        // Some 50 numbers and a name of 16 bytes.
        return withUnsafeTemporaryAllocation(byteCount: 2048, alignment: 1) { room in
            let count = read(descriptor, room.baseAddress!, room.count)
            return String(decoding: room.prefix(max(0, count)), as: UTF8.self)
        }
    }
}
