// Real HDF5 files, read by the program mote-hdf5; and what becomes of mote where that program
// crashes, hangs, or is none.
#include "mote/io/hdf5_process.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "mote/core/error.h"
#include "mote/io/hdf5.h"
#include "mote/io/open.h"
#include "tests/io/drawn_hdf5.h"
#include "tests/io/hdf5_writer.h"
#include "tests/io/opened.h"

namespace mote::io {
namespace {

using drawn::begin_hdf5;
using drawn::emd_file;
using drawn::Hdf5Spec;
using drawn::hyperspy_file;
using drawn::velox_file;
using drawn::write_hdf5;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kProgram = MOTE_BINARY_DIR "/mote-hdf5";

// Whether a real file has the frames and the description of the tree it was written from.
void expect_as_drawn(const std::shared_ptr<MemoryHdf5>& drawn, const Hdf5Spec& spec) {
  const std::string path = files::folder() + "drawn.h5";
  write_hdf5(path, *drawn, spec);
  const auto expected = open_hdf5_tree(drawn);

  const auto source = open_frames(path);

  EXPECT_EQ(source->info().frames, expected->info().frames);
  EXPECT_EQ(source->info().pixel_size, expected->info().pixel_size);
  EXPECT_EQ(source->info().instrument, expected->info().instrument);
  EXPECT_EQ(source->info().metadata, expected->info().metadata);
  EXPECT_EQ(source->info().warnings, expected->info().warnings);
  for (int64_t i = 0; i < expected->info().frames; ++i) {
    EXPECT_EQ(source->read(i).image, expected->read(i).image);
    EXPECT_EQ(source->read(i).time_s, expected->read(i).time_s);
  }
}

TEST(Hdf5Process, ReadsEachKindAsDrawn) {
  expect_as_drawn(velox_file({.height = 5, .width = 7, .frames = 4}), {});
  expect_as_drawn(hyperspy_file({{.size = 3, .unit = "s", .navigates = true},
                                 {.size = 6, .unit = "nm"},
                                 {.size = 5, .unit = "nm"}}),
                  {});
  expect_as_drawn(emd_file({2, 3}, {{"R_x", "[n_m]", {0, 1}}, {"R_y", "[n_m]", {0, 1, 2}}}), {});
  expect_as_drawn(drawn::dm5_file({{3, 1, "nm"}, {2, 1, "nm"}, {2, 1, "s"}}), {});
}

TEST(Hdf5Process, ReadsEveryWayToStoreSamples) {
  const auto drawn = velox_file({.height = 9, .width = 8, .frames = 5});

  expect_as_drawn(drawn, {.chunked = true});
  expect_as_drawn(drawn, {.chunked = true, .deflate = 6});
  expect_as_drawn(drawn, {.big_endian = true});
  expect_as_drawn(drawn, {.latest = true});
  expect_as_drawn(drawn, {.user_block = 512});
  expect_as_drawn(drawn, {.user_block = 2048});
}

TEST(Hdf5Process, ReadsSzipWhereLibhdf5Does) {
  if (H5Zfilter_avail(H5Z_FILTER_SZIP) <= 0) {
    GTEST_SKIP() << "libhdf5 without SZIP";
  }
  expect_as_drawn(emd_file({8, 8}, {}), {.chunked = true, .szip = true});
}

TEST(Hdf5Process, ReadsEverySampleType) {
  for (const StoredType stored :
       {StoredType::kInt8, StoredType::kUint8, StoredType::kInt16, StoredType::kUint16,
        StoredType::kInt32, StoredType::kUint32, StoredType::kInt64, StoredType::kUint64,
        StoredType::kFloat32, StoredType::kFloat64}) {
    SCOPED_TRACE(name(stored));
    const auto drawn = emd_file({2, 3}, {});
    const auto bytes = static_cast<size_t>(6 * bits_per_pixel(stored) / 8);
    drawn->held.nodes["/data/single/data"].dataset->stored = stored;
    drawn->samples["/data/single/data"].assign(bytes, '\0');
    drawn->samples["/data/single/data"][1] = '\3';

    expect_as_drawn(drawn, {.big_endian = true});
  }
}

TEST(Hdf5Process, RefusesAFilterThatLibhdf5LacksByName) {
  const std::string path = files::folder() + "lzf.emd";
  write_hdf5(path, *emd_file({4, 4}, {}), {.chunked = true, .filter = 32000});

  const Error error = thrown_by([&] { open_frames(path); });

  EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
  EXPECT_THAT(error.what(), HasSubstr("compressed by LZF (HDF5 filter 32000)"));
}

TEST(Hdf5Process, RefusesFramesThatWereNeverWritten) {
  const std::string path = files::folder() + "empty.emd";
  write_hdf5(path, *emd_file({3, 4, 4}, {}), {.chunked = true, .write_samples = false});

  const auto source = open_frames(path);

  const Error error = thrown_by([&] { source->read(0); });
  EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
  EXPECT_THAT(error.what(), HasSubstr("never written"));
}

TEST(Hdf5Process, ReadsNoOtherFile) {
  const std::string folder = files::folder();
  write_hdf5(folder + "other.emd", *emd_file({4, 4}, {}));
  const auto empty = std::make_shared<MemoryHdf5>();
  empty->group("/data", {{"emd_group_type", 1.0}});
  const hid_t file = begin_hdf5(folder + "links.emd", *empty);
  H5Lcreate_external((folder + "other.emd").c_str(), "/data/single/data", file, "/data/data",
                     H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/data/data", file, "/data/realslice", H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(file);

  const Error error = thrown_by([&] { open_frames(folder + "links.emd"); });

  EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
  EXPECT_THAT(error.what(), HasSubstr("the group has no data"));
}

TEST(Hdf5Process, RefusesSamplesThatLieInAnotherFile) {
  const std::string folder = files::folder();
  files::write(folder + "secret", "0123456789abcdef");
  const auto empty = std::make_shared<MemoryHdf5>();
  empty->group("/data", {{"emd_group_type", 1.0}});
  const hid_t file = begin_hdf5(folder + "outside.emd", *empty);
  const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_external(creation, (folder + "secret").c_str(), 0, 16);
  const std::vector<hsize_t> shape = {4, 4};
  const hid_t space = H5Screate_simple(2, shape.data(), nullptr);
  H5Dclose(H5Dcreate2(file, "/data/data", H5T_STD_U8LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
  H5Sclose(space);
  H5Pclose(creation);
  H5Fclose(file);

  const Error error = thrown_by([&] { open_frames(folder + "outside.emd"); });

  EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
  EXPECT_THAT(error.what(), HasSubstr("lie in another file"));
}

TEST(Hdf5Process, RefusesVirtualDatasets) {
  const std::string folder = files::folder();
  write_hdf5(folder + "other.emd", *emd_file({4, 4}, {}));
  const auto empty = std::make_shared<MemoryHdf5>();
  empty->group("/data", {{"emd_group_type", 1.0}});
  const hid_t file = begin_hdf5(folder + "virtual.emd", *empty);
  const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  const std::vector<hsize_t> shape = {4, 4};
  const hid_t space = H5Screate_simple(2, shape.data(), nullptr);
  H5Pset_virtual(creation, space, (folder + "other.emd").c_str(), "/data/single/data", space);
  H5Dclose(
      H5Dcreate2(file, "/data/data", H5T_IEEE_F32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
  H5Sclose(space);
  H5Pclose(creation);
  H5Fclose(file);

  const Error error = thrown_by([&] { open_frames(folder + "virtual.emd"); });

  EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
  EXPECT_THAT(error.what(), HasSubstr("a virtual dataset"));
}

TEST(Hdf5Process, ComesToAnEndWhereLinksLeadBack) {
  const std::string path = files::folder() + "loop.emd";
  const hid_t file = begin_hdf5(path, *emd_file({4, 4}, {}));
  H5Lcreate_hard(file, "/", file, "/data/again", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/nothing", file, "/data/dangling", H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(file);

  const auto source = open_frames(path);

  EXPECT_EQ(source->info().size, (Size{4, 4}));
  EXPECT_THAT(source->info().warnings,
              Contains(HasSubstr("'/data/dangling' of the file cannot be read")));
}

TEST(Hdf5Process, TellsComplexNumbersAndText) {
  const std::string path = files::folder() + "complex.emd";
  const auto empty = std::make_shared<MemoryHdf5>();
  empty->group("/Data/Image/1");
  const hid_t file = begin_hdf5(path, *empty);
  const hid_t type = H5Tcreate(H5T_COMPOUND, 8);
  H5Tinsert(type, "realFloat", 0, H5T_IEEE_F32LE);
  H5Tinsert(type, "imagFloat", 4, H5T_IEEE_F32LE);
  const std::vector<hsize_t> shape = {4, 4, 1};
  const hid_t space = H5Screate_simple(3, shape.data(), nullptr);
  H5Dclose(
      H5Dcreate2(file, "/Data/Image/1/Data", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  H5Sclose(space);
  H5Tclose(type);
  H5Fclose(file);

  const Error error = thrown_by([&] { open_frames(path); });

  EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
  EXPECT_THAT(error.what(), HasSubstr("complex numbers, as of a Fourier transform"));
}

TEST(Hdf5Process, RefusesChunksLargerThanItsMemory) {
  const std::string path = files::folder() + "chunk.emd";
  const auto empty = std::make_shared<MemoryHdf5>();
  empty->group("/data", {{"emd_group_type", 1.0}});
  const hid_t file = begin_hdf5(path, *empty);
  const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  const std::vector<hsize_t> chunk = {40'000, 10'000};
  H5Pset_chunk(creation, 2, chunk.data());
  H5Pset_deflate(creation, 1);
  const std::vector<hsize_t> shape = {4, 4};
  const std::vector<hsize_t> most = {H5S_UNLIMITED, H5S_UNLIMITED};
  const hid_t space = H5Screate_simple(2, shape.data(), most.data());
  const hid_t data =
      H5Dcreate2(file, "/data/data", H5T_STD_U8LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  const std::vector<uint8_t> samples(16, 7);
  H5Dwrite(data, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, samples.data());
  H5Dclose(data);
  H5Sclose(space);
  H5Pclose(creation);
  H5Fclose(file);

  const auto source = open_frames(path);

  EXPECT_THAT(thrown_by([&] { source->read(0); }).what(), HasSubstr("chunks of 400000000 bytes"));
}

TEST(Hdf5Process, RefusesWhatIsNoHdf5AfterItsSignature) {
  const std::string path = files::folder() + "bad.emd";
  files::write(path, "\x89HDF\r\n\x1a\n and then nothing of the kind" + std::string(100, 'x'));

  const Error error = thrown_by([&] { open_frames(path); });

  EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
  EXPECT_THAT(error.what(), HasSubstr("not a sound HDF5 file (libhdf5: "));
}

// A program that does `commands` instead of mote-hdf5.
std::string script(const std::string& folder, const std::string& commands) {
  const std::string path = folder + "program";
  files::write(path, "#!/bin/sh\n" + commands + "\n");
  ::chmod(path.c_str(), 0700);
  return path;
}

Error opening_with(const std::string& commands, double most_seconds = 60) {
  const std::string folder = files::folder();
  write_hdf5(folder + "drawn.emd", *emd_file({4, 4}, {}));
  const std::string program = script(folder, commands);
  return thrown_by([&] {
    open_hdf5_process(folder + "drawn.emd", {.program = program, .most_seconds = most_seconds});
  });
}

TEST(Hdf5Process, TellsACrashInOneLine) {
  const Error error = opening_with("kill -SEGV $$");

  EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
  EXPECT_STREQ(error.what(), "the HDF5 library crashed on this file (signal 11): it is damaged");
}

// The length of a text in the file's heap, made huge.
TEST(Hdf5Process, GoesOnAfterAFileOnWhichTheLibraryCrashes) {
  if (H5_VERS_MAJOR != 1 || H5_VERS_MINOR != 10) {
    GTEST_SKIP() << "a file on which libhdf5 1.10 crashes, this is " << H5_VERS_INFO;
  }
  const std::string folder = files::folder();
  const std::string sound = folder + "sound.emd";
  const std::string damaged = folder + "damaged.emd";
  write_hdf5(sound, *emd_file({2, 3, 4}, {{"t", "s", {0, 1}}, {"y", "nm", {0, 1, 2}}}));
  std::string bytes = files::read(sound);
  bytes.at(bytes.find(std::string("\2\0\0\0\0\0\0\0nm", 10)) + 7) = '\xA8';
  files::write(damaged, bytes);

  const Error error = thrown_by([&] { open_frames(damaged); });

  EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
  EXPECT_EQ(error.what(),
            damaged + ": the HDF5 library crashed on this file (signal 11): it is damaged");
  EXPECT_EQ(open_frames(sound)->info().frames, 2);
}

TEST(Hdf5Process, TellsOneThatIsKilled) {
  const Error error = opening_with("kill -KILL $$");

  EXPECT_EQ(error.kind(), ErrorKind::kResource);
  EXPECT_THAT(error.what(), HasSubstr("was killed on this file (signal 9)"));
}

TEST(Hdf5Process, TellsOneThatNeverEnds) {
  const Error busy = opening_with("kill -XCPU $$");
  const Error silent = opening_with("exec sleep 100", 0.2);

  EXPECT_EQ(busy.kind(), ErrorKind::kBadFile);
  EXPECT_THAT(busy.what(), HasSubstr("still busy with one request"));
  EXPECT_EQ(silent.kind(), ErrorKind::kBadFile);
  EXPECT_THAT(silent.what(), HasSubstr("did not answer within 0.2 s"));
}

TEST(Hdf5Process, TellsAnotherProgram) {
  const Error ended = opening_with("exit 3");
  const Error other = opening_with("cat /etc/passwd /etc/passwd >&3");

  EXPECT_EQ(ended.kind(), ErrorKind::kUnsupported);
  EXPECT_THAT(ended.what(), HasSubstr("ended without an answer (exit code 3)"));
  EXPECT_EQ(other.kind(), ErrorKind::kUnsupported);
  EXPECT_THAT(other.what(), HasSubstr("none of its answers"));
}

TEST(Hdf5Process, TellsAMissingProgram) {
  const std::string folder = files::folder();
  write_hdf5(folder + "drawn.emd", *emd_file({4, 4}, {}));

  const Error error =
      thrown_by([&] { open_hdf5_process(folder + "drawn.emd", {.program = folder + "nothing"}); });

  EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
  EXPECT_THAT(error.what(), HasSubstr("nothing cannot be started: No such file"));
}

TEST(Hdf5Process, IsStartedAgainAfterItWasKilled) {
  const std::string folder = files::folder();
  const std::string path = folder + "drawn.emd";
  write_hdf5(path, *emd_file({4, 4}, {}));
  const std::string program =
      script(folder, "echo $$ > '" + folder + "pid'\nexec '" + kProgram + "' \"$@\"");
  const auto file = open_hdf5_process(path, {.program = program});
  std::vector<float> samples(16);
  const auto read = [&] {
    file->read("/data/single/data", {.start = {0, 0}, .count = {4, 4}},
               std::as_writable_bytes(std::span(samples)));
  };

  ::kill(std::stoi(files::read(folder + "pid")), SIGSEGV);
  const Error error = thrown_by(read);
  read();

  EXPECT_THAT(error.what(), HasSubstr("crashed on this file (signal 11)"));
  EXPECT_EQ(samples[15], 15);
}

TEST(Hdf5Process, EndsWithItsFile) {
  const std::string folder = files::folder();
  write_hdf5(folder + "drawn.emd", *emd_file({4, 4}, {}));
  const std::string program =
      script(folder, "echo $$ > '" + folder + "pid'\nexec '" + kProgram + "' \"$@\"");

  open_hdf5_process(folder + "drawn.emd", {.program = program}).reset();

  EXPECT_EQ(::kill(std::stoi(files::read(folder + "pid")), 0), -1);
}

TEST(Hdf5Process, MayBeOpenedByManyThreads) {
  const std::string path = files::folder() + "drawn.emd";
  write_hdf5(path, *emd_file({3, 40, 40}, {}));
  std::vector<std::thread> threads;
  std::vector<float> last(6);

  for (float& sample : last) {
    threads.emplace_back(
        [&path, &sample] { sample = open_frames(path)->read(2).image.as<float>()[1599]; });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  EXPECT_THAT(last, testing::Each(4799));
}

TEST(Hdf5Process, IsNoProgramForUsers) {
  EXPECT_EQ(WEXITSTATUS(std::system((kProgram + " 2> /dev/null").c_str())), 2);
}

// Every damage ends in frames or in one line.
TEST(Hdf5Process, SurvivesDamagedFiles) {
  const std::string folder = files::folder();
  const std::string path = folder + "damaged.h5";
  int outcomes = 0;
  for (const Hdf5Spec& spec : {Hdf5Spec{}, Hdf5Spec{.chunked = true, .deflate = 1},
                               Hdf5Spec{.chunked = true, .latest = true}}) {
    write_hdf5(path, *hyperspy_file({{.size = 3, .unit = "s", .navigates = true}, {}, {}}), spec);
    const std::string sound = files::read(path);
    for (size_t i = 0; i < 60; ++i) {
      std::string damaged = sound;
      damaged[(i * 7919 + 8) % std::min<size_t>(sound.size(), 2048)] = static_cast<char>(255);
      damaged[(i * 104'729 + 8) % sound.size()] ^= static_cast<char>(1 << i % 8);
      files::write(path, damaged);

      const Error error = thrown_by([&] { open_frames(path)->read(0); });

      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
      outcomes += error.kind() == ErrorKind::kUsage ? 0 : 1;
    }
  }
  EXPECT_GT(outcomes, 20);
}

}  // namespace
}  // namespace mote::io
