import NIOCore
import NIOPosix
import Testing

@testable import KafkaTransport

@Suite struct EventLoopTaskExecutorTests {
    @Test func aTaskStaysOnTheLoopAcrossItsWaits() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let own = group.next()
        let other = group.next()
        let task = Task(executorPreference: EventLoopTaskExecutor(own)) {
            var places = [own.inEventLoop]
            try await own.submit {}.get()
            places.append(own.inEventLoop)
            try await other.submit {}.get()
            places.append(own.inEventLoop)
            return places
        }
        #expect(try await task.value == [true, true, true])
        try await group.shutdownGracefully()
    }
}
