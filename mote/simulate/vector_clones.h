#pragma once

/// Before a function of loops over pixels: compiles it for processors with AVX2 too, of which the
/// one that runs picks. Multiply and add are never fused and sums never reordered, so both give the
/// same bits. By GCC alone: clang 14 refuses the attribute on a member that a header declares, and
/// compiles a function that a header declares for AVX2 only. Sanitizers cannot follow the picking.
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__linux__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define MOTE_VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define MOTE_VECTOR_CLONES
#endif
