#ifndef CCRC32C_H
#define CCRC32C_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli) of `length` bytes behind those that `crc` already covers; start with 0.
/// Takes the processor's instructions where it has them.
uint32_t ccrc32c_extend(uint32_t crc, const void *data, size_t length);

/// The same by tables alone, for processors without the instructions.
uint32_t ccrc32c_extend_portable(uint32_t crc, const void *data, size_t length);

#endif
