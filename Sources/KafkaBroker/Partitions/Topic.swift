import KafkaBase

/// A topic as it is served: its metadata, its settings, its partitions.
///
/// Immutable; a change of the settings makes a new one around the same partitions.
final class Topic: Sendable {
    let image: TopicImage
    let settings: TopicSettings
    /// By number.
    let partitions: [Partition]

    init(image: TopicImage, settings: TopicSettings, partitions: [Partition]) {
        self.image = image
        self.settings = settings
        self.partitions = partitions
    }

    var name: String { image.name }
    var id: Uuid { image.id }

    /// Nil for a number that the topic does not have.
    func partition(_ number: Int32) -> Partition? {
        number >= 0 && Int(number) < partitions.count ? partitions[Int(number)] : nil
    }
}
