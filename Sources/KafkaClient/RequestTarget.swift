public import KafkaBase

/// Which broker a request is for.
public enum RequestTarget: Sendable, Hashable {
    case any
    case controller
    case broker(Int32)
    case leader(TopicPartition)
    case coordinator(CoordinatorKey)
}
