/// Java's hash of a string, by which Kafka spreads groups and transactional ids over partitions.
enum JavaHash {
    /// `String.hashCode`: over UTF-16 code units.
    static func of(_ text: String) -> Int32 {
        text.utf16.reduce(0) { hash, unit in 31 &* hash &+ Int32(unit) }
    }

    /// Kafka's `Utils.abs(hash) % count`.
    static func partition(of key: String, count: Int) -> Int {
        let hash = of(key)
        return Int(hash == .min ? 0 : abs(hash)) % count
    }
}
