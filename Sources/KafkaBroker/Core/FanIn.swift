import NIOCore

/// Gathers the results of parts of a request that other event loops work on.
///
/// Confined to one event loop, the request's connection's: parts are handed in there.
final class FanIn<Result: Sendable>: @unchecked Sendable {
    private var results: [Result?]
    private var missingCount: Int
    private var then: (([Result]) -> Void)?

    /// - Parameter then: called once, when all `count` results are there; at once for none.
    init(count: Int, then: @escaping ([Result]) -> Void) {
        results = Array(repeating: nil, count: count)
        missingCount = count
        self.then = then
        if count == 0 { finish() }
    }

    func complete(_ index: Int, _ result: Result) {
        precondition(results[index] == nil, "a part was completed twice")
        results[index] = result
        missingCount -= 1
        if missingCount == 0 { finish() }
    }

    private func finish() {
        let then = then
        self.then = nil
        then?(results.compactMap { $0 })
    }
}

extension EventLoop {
    /// Runs `body` now when this is its loop already, else there soon. What one loop gives to
    /// another runs in order.
    func runOrHop(_ body: @escaping @Sendable () -> Void) {
        if inEventLoop { body() } else { execute(body) }
    }
}

extension Sequence {
    /// The elements by the event loop they belong to: loops and elements in the order of their
    /// first appearance. There are few loops.
    func grouped(
        by eventLoop: (Element) -> any EventLoop
    ) -> [(eventLoop: any EventLoop, elements: [Element])] {
        var groups: [(eventLoop: any EventLoop, elements: [Element])] = []
        for element in self {
            let loop = eventLoop(element)
            if let index = groups.firstIndex(where: { $0.eventLoop === loop }) {
                groups[index].elements.append(element)
            } else {
                groups.append((loop, [element]))
            }
        }
        return groups
    }
}
