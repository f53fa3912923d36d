import KafkaBase

/// Writes what is known of topics, their partitions and groups' positions in them.
struct PartitionMetrics {
    private typealias Value = MetricsText.Value

    /// By topic and number.
    private let partitions: [PartitionSample]
    private let labels: [MetricsText.Labels]

    init(_ samples: [PartitionSample]) {
        partitions = samples.sorted {
            ($0.name.topic, $0.name.partition) < ($1.name.topic, $1.name.partition)
        }
        labels = partitions.map {
            MetricsText.Labels(["topic": $0.name.topic, "partition": "\($0.name.partition)"])
        }
    }

    func write(into text: inout MetricsText) {
        writeTopics(into: &text)
        text.family(
            "skafka_partition_log_start_offset", .gauge, "First offset that can be read.")
        each(\.logStartOffset, into: &text)
        text.family("skafka_partition_log_end_offset", .gauge, "The next record's offset.")
        each(\.logEndOffset, into: &text)
        text.family(
            "skafka_partition_high_watermark", .gauge,
            "First offset that consumers do not get yet.")
        each(\.highWatermark, into: &text)
        text.family(
            "skafka_partition_last_stable_offset", .gauge,
            "First offset that read_committed consumers do not get yet.")
        each(\.lastStableOffset, into: &text)
        text.family("skafka_partition_size_bytes", .gauge, "Bytes of the segments' records.")
        for (partition, labels) in zip(partitions, labels) {
            text.sample(Value(partition.sizeBytes), labels)
        }
        text.family("skafka_partition_segments", .gauge, "Segments of the log.")
        for (partition, labels) in zip(partitions, labels) {
            text.sample(Value(partition.segmentCount), labels)
        }
    }

    private func each(
        _ value: (PartitionSample) -> Int64, into text: inout MetricsText
    ) {
        for (partition, labels) in zip(partitions, labels) {
            text.sample(Value(value(partition)), labels)
        }
    }

    // MARK: Topics

    private func writeTopics(into text: inout MetricsText) {
        var topics: [(labels: MetricsText.Labels, counters: PartitionCounters)] = []
        var name: String?
        for partition in partitions {
            if partition.name.topic == name {
                topics[topics.count - 1].counters.add(partition.counters)
            } else {
                name = partition.name.topic
                topics.append(
                    (MetricsText.Labels(["topic": partition.name.topic]), partition.counters))
            }
        }
        func each(_ value: (PartitionCounters) -> Int) {
            for topic in topics { text.sample(Value(value(topic.counters)), topic.labels) }
        }
        text.single("skafka_topics", .gauge, "Topics that are served.", Value(topics.count))
        text.single(
            "skafka_partitions", .gauge, "Partitions that are served.", Value(partitions.count))
        text.family("skafka_topic_records_in_total", .counter, "Records appended.")
        each(\.recordsIn)
        text.family("skafka_topic_bytes_in_total", .counter, "Bytes of batches appended.")
        each(\.bytesIn)
        text.family(
            "skafka_topic_records_out_total", .counter,
            "Records read for consumers, gaps of the offsets included.")
        each(\.recordsOut)
        text.family(
            "skafka_topic_bytes_out_total", .counter,
            "Bytes of batches read for consumers; a fetch that waits for more reads again.")
        each(\.bytesOut)
        text.family(
            "skafka_topic_segments_deleted_total", .counter,
            "Segments deleted by retention and by DeleteRecords.")
        each(\.segmentsDiscarded)
    }

    // MARK: Groups

    /// What groups have committed, and how far that is behind the log's end.
    func write(_ offsets: [GroupPosition], into text: inout MetricsText) {
        guard !offsets.isEmpty else { return }
        let ends = Dictionary(uniqueKeysWithValues: partitions.map { ($0.name, $0.highWatermark) })
        let rows = offsets.map { offset in
            (
                labels: MetricsText.Labels([
                    "group": offset.group, "topic": offset.partition.topic,
                    "partition": "\(offset.partition.partition)",
                ]), offset: offset
            )
        }
        text.family(
            "skafka_group_committed_offset", .gauge, "The offset that a group has committed.")
        for row in rows { text.sample(Value(row.offset.offset), row.labels) }
        text.family(
            "skafka_group_lag", .gauge,
            "Records from a group's committed offset to the high watermark.")
        for row in rows {
            guard let end = ends[row.offset.partition] else { continue }
            text.sample(Value(max(0, end - row.offset.offset)), row.labels)
        }
    }
}
