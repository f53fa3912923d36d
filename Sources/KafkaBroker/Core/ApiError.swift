import KafkaBase

/// An error code with the text that some responses carry beside it.
struct ApiError: Error, Equatable {
    var code: ErrorCode
    var message: String?

    init(_ code: ErrorCode, _ message: String? = nil) {
        self.code = code
        self.message = message
    }
}
