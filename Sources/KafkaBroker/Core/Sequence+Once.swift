extension Sequence {
    /// The elements without those whose key one before has. What a request names again and again is
    /// told once: else an answer could be thousands of times as large as its request.
    func once<Key: Hashable>(by key: (Element) -> Key) -> [Element] {
        var seen: Set<Key> = []
        return filter { seen.insert(key($0)).inserted }
    }
}
