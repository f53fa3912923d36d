#ifndef CCRC32C_H
#define CCRC32C_H
#include <stdint.h>
#include <stddef.h>
uint32_t ccrc32c_extend(uint32_t crc, const void *data, size_t length);
#endif
