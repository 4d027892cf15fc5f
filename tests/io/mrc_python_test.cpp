// mrcfile reads what mote writes. Left out, with a reason, where there is none.
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "mote/io/mrc_writer.h"
#include "mote/io/tiff_samples.h"
#include "tests/python.h"
#include "tests/temporary_folder.h"

namespace mote::io {
namespace {

using testing_support::TemporaryFolder;

// Sample i of three images of 5 x 7 px is i * 3 % 100.
void write_drawn(const std::string& path, SampleType type) {
  MrcWriter writer(path, PixelSize{.y_nm = 0.2, .x_nm = 0.3});
  for (int64_t first = 0; first < 3 * 35; first += 35) {
    Image image({5, 7}, type);
    with_sample_type(type, [&](auto sample) {
      for (int64_t i = 0; i < 35; ++i) {
        image.as<decltype(sample)>()[i] = static_cast<decltype(sample)>((first + i) * 3 % 100);
      }
    });
    writer.write(image);
  }
  writer.close();
}

TEST(MrcPython, ReadsAStackOfEveryTypeThatMoteWrites) {
  const TemporaryFolder folder;
  for (const auto& [type, called] :
       {std::pair(SampleType::kInt8, "int8"), std::pair(SampleType::kInt16, "int16"),
        std::pair(SampleType::kUint16, "uint16"), std::pair(SampleType::kFloat32, "float32")}) {
    write_drawn(folder / "a.mrc", type);

    const int status = testing_support::python("tests/io/mrc_peer.py", {folder / "a.mrc", called});

    if (status == 77) {
      GTEST_SKIP() << "no mrcfile (package python3-mrcfile)";
    }
    EXPECT_EQ(status, 0) << called;
  }
}

}  // namespace
}  // namespace mote::io
