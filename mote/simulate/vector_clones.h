#pragma once

/// Before a function of loops over pixels: compiles it for processors with AVX2 too, of which the
/// one that runs picks. Multiply and add are never fused and sums never reordered, so both give the
/// same bits. Sanitizers cannot follow the picking.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MOTE_VECTOR_CLONES
#endif
#endif
#if !defined(MOTE_VECTOR_CLONES) && defined(__x86_64__) && defined(__linux__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define MOTE_VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
#endif
#ifndef MOTE_VECTOR_CLONES
#define MOTE_VECTOR_CLONES
#endif
