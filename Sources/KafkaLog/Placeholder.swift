// KafkaLog
