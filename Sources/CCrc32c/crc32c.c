#include "CCrc32c.h"

#include <string.h>

static inline uint64_t load64(const uint8_t *from) {
    uint64_t word;
    memcpy(&word, from, 8);
    return word;
}

#if defined(__x86_64__)

#include <immintrin.h>

// The crc32 instruction takes 3 cycles but starts each cycle: three chains over neighbouring blocks
// keep it busy, and a carry-less multiplication joins them. The constants are x^(8n - 33) modulo
// the polynomial (bit-reflected), n being the number of bytes that a chain's remainder has to be
// moved by; the crc32 instruction reduces the product, which adds the missing 33.

#define HARDWARE __attribute__((target("sse4.2,pclmul")))

enum { LONG_BLOCK = 2048, SHORT_BLOCK = 256 };

struct join {
    uint32_t by_one_block;
    uint32_t by_two_blocks;
};

static const struct join join_long = {0xa51b6135u, 0x82f89c77u};
static const struct join join_short = {0xb9e02b86u, 0xdd7e3b0cu};

HARDWARE static inline uint64_t move(uint64_t crc, uint32_t constant) {
    __m128i product = _mm_clmulepi64_si128(
        _mm_cvtsi64_si128((long long)crc), _mm_cvtsi64_si128((long long)(uint64_t)constant), 0);
    return _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(product));
}

HARDWARE static inline uint64_t three_blocks(
    uint64_t crc, const uint8_t *data, size_t block, struct join join) {
    uint64_t second = 0, third = 0;
    for (size_t i = 0; i < block; i += 8) {
        crc = _mm_crc32_u64(crc, load64(data + i));
        second = _mm_crc32_u64(second, load64(data + block + i));
        third = _mm_crc32_u64(third, load64(data + 2 * block + i));
    }
    return move(crc, join.by_two_blocks) ^ move(second, join.by_one_block) ^ third;
}

HARDWARE static uint32_t extend_hardware(uint32_t start, const uint8_t *data, size_t length) {
    uint64_t crc = (uint32_t)~start;
    for (; length >= 3 * LONG_BLOCK; data += 3 * LONG_BLOCK, length -= 3 * LONG_BLOCK)
        crc = three_blocks(crc, data, LONG_BLOCK, join_long);
    for (; length >= 3 * SHORT_BLOCK; data += 3 * SHORT_BLOCK, length -= 3 * SHORT_BLOCK)
        crc = three_blocks(crc, data, SHORT_BLOCK, join_short);
    for (; length >= 8; data += 8, length -= 8) crc = _mm_crc32_u64(crc, load64(data));
    for (; length > 0; data++, length--) crc = _mm_crc32_u8((uint32_t)crc, *data);
    return ~(uint32_t)crc;
}

static int has_hardware(void) {
    return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
}

#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)

#include <arm_acle.h>

static uint32_t extend_hardware(uint32_t start, const uint8_t *data, size_t length) {
    uint32_t crc = ~start;
    for (; length >= 8; data += 8, length -= 8) crc = __crc32cd(crc, load64(data));
    for (; length > 0; data++, length--) crc = __crc32cb(crc, *data);
    return ~crc;
}

static int has_hardware(void) { return 1; }

#else

static uint32_t extend_hardware(uint32_t start, const uint8_t *data, size_t length) {
    return ccrc32c_extend_portable(start, data, length);
}

static int has_hardware(void) { return 0; }

#endif

uint32_t ccrc32c_extend(uint32_t crc, const void *data, size_t length) {
    return has_hardware() ? extend_hardware(crc, data, length)
                          : ccrc32c_extend_portable(crc, data, length);
}
