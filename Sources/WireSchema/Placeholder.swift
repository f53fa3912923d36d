// WireSchema
