import KafkaBase
import Testing

@testable import KafkaBroker

@Suite struct FeaturesTests {
    private let metadataVersion = Feature.metadataVersion.rawValue

    private func error(
        _ name: String, _ level: Int16, _ type: Features.UpgradeType?,
        from features: Features = Features()
    ) -> String? {
        do throws(ApiError) {
            _ = try features.updated(.init(name: name, level: level, type: type), nodeID: 7)
            return nil
        } catch {
            #expect(error.code == .invalidUpdateVersion)
            return error.message
        }
    }

    @Test func `Every initial level is supported`() {
        for feature in Feature.allCases {
            #expect(feature.supported.contains(feature.initial), "\(feature)")
            #expect(Features().level(of: feature) == feature.initial)
        }
    }

    @Test func `Features of level 0 are not in force`() {
        let finalized = Features().finalized
        #expect(finalized.allSatisfy { $0.level > 0 })
        #expect(finalized.contains { $0.feature == .metadataVersion })
    }

    @Test func `A change raises the epoch, the level that there is does not`() throws {
        let range = Feature.metadataVersion.supported
        let initial = Features()
        let same = try initial.updated(
            .init(name: metadataVersion, level: range.upperBound, type: .upgrade), nodeID: 0)
        #expect(same == initial)
        let lower = try initial.updated(
            .init(name: metadataVersion, level: range.lowerBound, type: .safeDowngrade), nodeID: 0)
        #expect(lower.level(of: .metadataVersion) == range.lowerBound)
        #expect(lower.epoch == initial.epoch + 1)
        let back = try lower.updated(
            .init(name: metadataVersion, level: range.upperBound, type: .upgrade), nodeID: 0)
        #expect(back.level(of: .metadataVersion) == range.upperBound)
        #expect(back.epoch == initial.epoch + 2)
    }

    @Test func `What is refused, in Kafka's words`() {
        let range = Feature.metadataVersion.supported
        let top = range.upperBound
        #expect(
            error("bogus.feature", 3, .upgrade)
                == "Invalid update version 3 for feature bogus.feature. "
                + "Local controller 7 does not support this feature.")
        #expect(
            error(metadataVersion, top + 1, .upgrade)?.hasSuffix(
                "only supports versions \(range.lowerBound)-\(top)") == true)
        #expect(error(metadataVersion, -1, .upgrade)?.contains("less than 0") == true)
        #expect(error(metadataVersion, top, nil)?.contains("upgrade type") == true)
        #expect(
            error(metadataVersion, range.lowerBound, .upgrade)?.contains("Can't downgrade the")
                == true)
        let lower = Features(changed: [metadataVersion: range.lowerBound], changeCount: 1)
        #expect(
            error(metadataVersion, top, .safeDowngrade, from: lower)?.contains(
                "downgrade to a newer version") == true)
    }

    @Test func `A level that is not supported any more is the nearest that is`() {
        let features = Features(
            changed: [metadataVersion: .max, "gone.feature": 2], changeCount: 3)
        #expect(
            features.level(of: .metadataVersion) == Feature.metadataVersion.supported.upperBound)
        #expect(!features.finalized.contains { $0.feature.rawValue == "gone.feature" })
    }
}
