/// What has settings, with the numbers of the protocol (Kafka's `ConfigResource.Type`).
enum ConfigResourceType: Int8, CaseIterable {
    case topic = 2
    case broker = 4
    case brokerLogger = 8
    case clientMetrics = 16
    case group = 32
}
