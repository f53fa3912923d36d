// KafkaSecurity
