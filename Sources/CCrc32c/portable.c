#include "CCrc32c.h"

#include <pthread.h>
#include <string.h>

// Slicing by 8: table k holds the remainder of a byte that stands k bytes before the end.

#define POLYNOMIAL 0x82F63B78u

static uint32_t tables[8][256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_tables(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) ? POLYNOMIAL : 0);
        tables[0][byte] = crc;
    }
    for (int k = 1; k < 8; k++) {
        for (uint32_t byte = 0; byte < 256; byte++) {
            uint32_t crc = tables[k - 1][byte];
            tables[k][byte] = (crc >> 8) ^ tables[0][crc & 0xff];
        }
    }
}

uint32_t ccrc32c_extend_portable(uint32_t crc, const void *data, size_t length) {
    pthread_once(&once, make_tables);
    const uint8_t *next = data;
    crc = ~crc;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    for (; length >= 8; next += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        word ^= crc;
        crc = 0;
        for (int k = 0; k < 8; k++) crc ^= tables[7 - k][(word >> (8 * k)) & 0xff];
    }
#endif
    for (; length > 0; next++, length--) crc = (crc >> 8) ^ tables[0][(crc ^ *next) & 0xff];
    return ~crc;
}
