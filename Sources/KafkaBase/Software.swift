/// What this software calls itself, to people and to brokers.
public enum Software {
    public static let name = "skafka"
    public static let version = "0.1.0"
}
