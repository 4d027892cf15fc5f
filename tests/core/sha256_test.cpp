#include "mote/core/sha256.h"

#include <string>

#include <gtest/gtest.h>

namespace mote {
namespace {

std::string sha256(const std::string& bytes, size_t piece) {
  Sha256 hash;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    hash.add(std::string_view(bytes).substr(at, piece));
  }
  return hash.hex();
}

// The examples of NIST, csrc.nist.gov, "SHA256.pdf" and the SHA test vectors.
TEST(Sha256, GivesTheHashesOfTheStandardsExamples) {
  EXPECT_EQ(sha256("", 1), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a'), 1000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnThePieces) {
  const std::string bytes(997, 'x');

  EXPECT_EQ(sha256(bytes, 1), sha256(bytes, 997));
  EXPECT_EQ(sha256(bytes, 63), sha256(bytes, 64));
}

}  // namespace
}  // namespace mote
