import KafkaBase
import KafkaTransport
import KafkaWire

/// Writes what was counted of the requests, by API.
struct RequestMetrics {
    private struct Api {
        var name: String
        var labels: MetricsText.Labels
        var counters: ServerCounters.Api
    }

    private let apis: [Api]

    init(counters: ServerCounters) {
        apis = counters.apis.enumerated().compactMap { key, counters in
            guard let counters else { return nil }
            // Requests of keys that are none end their connections.
            let name =
                key < ServerCounters.keyMax ? "\(ApiKey(rawValue: Int16(key)))" : "unknown"
            return Api(
                name: name, labels: MetricsText.Labels(["api": name]), counters: counters)
        }
    }

    func write(into text: inout MetricsText) {
        text.family("skafka_requests_total", .counter, "Requests that have arrived.")
        for api in apis { text.sample(MetricsText.Value(api.counters.requestCount), api.labels) }
        text.family(
            "skafka_request_errors_total", .counter, "Error codes in responses, each one counted.")
        for api in apis {
            let errors = api.counters.errors.sorted { $0.key.rawValue < $1.key.rawValue }
            for (code, count) in errors {
                text.sample(
                    MetricsText.Value(count),
                    MetricsText.Labels(["api": api.name, "error": "\(code)"]))
            }
        }
        text.family(
            "skafka_request_duration_seconds", .histogram,
            "From a request's last byte to its response, the time it was meant to wait included.")
        for api in apis { text.histogram(api.counters.latency, .seconds, api.labels) }
        text.family("skafka_request_size_bytes", .histogram, "Sizes of requests.")
        for api in apis { text.histogram(api.counters.requestBytes, .bytes, api.labels) }
        text.family("skafka_response_size_bytes", .histogram, "Sizes of responses.")
        for api in apis { text.histogram(api.counters.responseBytes, .bytes, api.labels) }
    }
}
