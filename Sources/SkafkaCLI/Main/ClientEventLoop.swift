internal import NIOCore
internal import NIOPosix

/// The event loop that the client of a command runs on.
///
/// Its thread starts when this is made, at the start of the process, so that it is ready by the
/// time the command line has been parsed. It ends with the process.
struct ClientEventLoop: Sendable {
    private let starting = Task.detached {
        MultiThreadedEventLoopGroup(numberOfThreads: 1)
    }

    /// The loop, as soon as it runs.
    func group() async -> any EventLoopGroup {
        await starting.value
    }
}
