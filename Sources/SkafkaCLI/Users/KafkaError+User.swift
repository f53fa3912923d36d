internal import KafkaBase
internal import KafkaClient

extension KafkaError {
    /// That a user has no credential, in fewer words than the broker's.
    static func noUser(_ name: String) -> KafkaError {
        KafkaError(
            .broker(.resourceNotFound),
            "user \(name) has no SCRAM credential; see 'skafka users list'")
    }

    /// The same error where it is not that the user is unknown.
    func ofUser(_ name: String) -> KafkaError {
        errorCode == .resourceNotFound ? .noUser(name) : self
    }
}
