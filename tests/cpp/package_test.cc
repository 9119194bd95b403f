// Packages that are as they should be load; packages that were changed in any byte do not.
#include "package/package.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "package/digest.h"
#include "package/zip_archive.h"

namespace feature_extractor {
namespace {

using nlohmann::json;

struct Member {
  std::string name;
  std::string data;
};

std::span<const std::byte> as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string number(uint64_t value, int size) {
  return {reinterpret_cast<const char*>(&value), static_cast<size_t>(size)};
}

// What the writer below does differently from a package.
struct ZipForm {
  uint64_t alignment = 64;
  uint16_t method = 0;
  bool padding_in_directory = false;
  std::string comment = {};
};

// The archive that the Python writer makes, byte by byte.
std::string zip(const std::vector<Member>& members, const ZipForm& form = {}) {
  std::string archive;
  std::string directory;
  for (const Member& member : members) {
    const uint64_t header_end = archive.size() + 30 + member.name.size();
    std::string padding;
    if (header_end % form.alignment != 0) {
      const uint64_t size = (header_end / form.alignment + 1) * form.alignment - header_end;
      const uint64_t padded = size < 4 ? size + form.alignment : size;
      padding = number(0xD935, 2) + number(padded - 4, 2) + std::string(padded - 4, '\0');
    }
    const std::string shared = number(20, 2) + number(0, 2) + number(form.method, 2) + number(0, 2) + number(33, 2) +
                               number(crc32(as_bytes(member.data)), 4) + number(member.data.size(), 4) +
                               number(member.data.size(), 4) + number(member.name.size(), 2);
    const std::string& repeated = form.padding_in_directory ? padding : std::string();
    directory += "PK\x01\x02" + number(0x0314, 2) + shared + number(repeated.size(), 2) + number(0, 6) +
                 number(0x01A40000, 4) + number(archive.size(), 4) + member.name + repeated;
    archive += "PK\x03\x04" + shared + number(padding.size(), 2) + member.name + padding + member.data;
  }
  const std::string end = "PK\x05\x06" + number(0, 4) + number(members.size(), 2) + number(members.size(), 2) +
                          number(directory.size(), 4) + number(archive.size(), 4) + number(form.comment.size(), 2) +
                          form.comment;
  return archive + directory + end;
}

std::string hex(std::string_view data) { return digest_hex(as_bytes(data)); }

json manifest_of(std::vector<Member> members) {
  std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) { return a.name < b.name; });
  json manifest = {{"format", 1},
                   {"name", "ranking"},
                   {"engine_version", "0.1.0"},
                   {"inputs", json::array()},
                   {"members", json::object()}};
  std::string listing;
  for (const Member& member : members) {
    manifest["members"][member.name] = {{"size", member.data.size()}, {"digest", hex(member.data)}};
    listing += member.name + '\0' + hex(member.data) + '\n';
  }
  manifest["digest"] = hex(listing);
  return manifest;
}

std::vector<Member> sample_members() {
  return {{"plan.json", R"({"format": 1, "steps": []})"},
          {"resources/genres", "genre bytes"},
          {"resources/größe", std::string(100, 'x')},
          {"source/ranking.fx", "feature x : dense = 1.0\n"}};
}

std::vector<Member> with_manifest(const std::vector<Member>& members, const json& manifest) {
  std::vector<Member> result = {{"manifest.json", manifest.dump()}};
  result.insert(result.end(), members.begin(), members.end());
  return result;
}

std::string sample_package() {
  const auto members = sample_members();
  return zip(with_manifest(members, manifest_of(members)));
}

StatusOr<Package> load(const std::string& bytes, Verification verification = Verification::kComplete) {
  return load_package(as_bytes(bytes), verification);
}

void expect_refused(const std::string& bytes, ErrorCode code, std::string_view message) {
  const auto package = load(bytes);
  ASSERT_FALSE(package.ok());
  EXPECT_EQ(package.code(), code);
  EXPECT_NE(package.message().find(message), std::string::npos) << package.message();
}

void expect_every_change_refused(const std::string& good) {
  ASSERT_TRUE(load(good).ok()) << load(good).message();
  for (size_t size = 0; size < good.size(); ++size) {
    ASSERT_FALSE(load(good.substr(0, size)).ok()) << "truncated to " << size;
  }
  for (size_t position = 0; position < good.size(); ++position) {
    for (const int value : {0x01, 0x04, 0x80, 0xFF}) {
      std::string changed = good;
      changed[position] = static_cast<char>(changed[position] ^ value);
      const auto package = load(changed);
      ASSERT_FALSE(package.ok()) << "byte " << position << " xor " << value;
      ASSERT_NE(package.message(), "");
    }
  }
  for (size_t position = 0; position <= good.size(); ++position) {
    std::string longer = good;
    longer.insert(position, 1, '\0');
    ASSERT_FALSE(load(longer).ok()) << "inserted at " << position;
  }
}

// A folder that is removed with its contents.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "package_test_XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

void write_file(const std::string& path, std::string_view bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Digest, IsThatOfThePublishedAlgorithm) {
  // XXH3_128bits of no bytes, from xxHash's own sanity tests; the other from the xxhash package of
  // Python.
  EXPECT_EQ(hex(""), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(hex("plan.json"), "91f4a9801fd23423a9bffeb006b5669a");
}

TEST(Package, ShowsItsMembers) {
  const auto package = load(sample_package());
  ASSERT_TRUE(package.ok()) << package.message();
  const auto members = sample_members();
  EXPECT_EQ(package->plan(), members[0].data);
  EXPECT_EQ(json::parse(package->manifest())["name"], "ranking");
  EXPECT_EQ(package->name(), "ranking");
  EXPECT_EQ(package->engine_version(), "0.1.0");
  EXPECT_EQ(package->digest(), manifest_of(members)["digest"]);
  ASSERT_EQ(package->resources().size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    const PackageMember* resource = package->find_resource(members[i + 1].name);
    ASSERT_EQ(resource, &package->resources()[i]);
    EXPECT_EQ(as_text(resource->bytes), members[i + 1].data);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(resource->bytes.data()) % 64, 0u);
  }
  EXPECT_EQ(package->find_resource("plan.json"), nullptr);
  EXPECT_EQ(package->find_resource("resources/"), nullptr);
}

TEST(Package, DigestIsTheDocumentedOne) {
  // From Python: xxhash.xxh3_128_hexdigest(b"plan.json\0" +
  // xxhash.xxh3_128_hexdigest(b"{}").encode() + b"\n").
  EXPECT_EQ(manifest_of({{"plan.json", "{}"}})["digest"], "4c96553b7a69e9544493f95fac8bba3e");
  EXPECT_TRUE(load(zip(with_manifest({{"plan.json", "{}"}}, manifest_of({{"plan.json", "{}"}})))).ok());
}

TEST(Package, MapsFilesAndKeepsItsViewsWhenMoved) {
  const TemporaryFolder folder;
  write_file(folder.file("ranking.fxp"), sample_package());
  auto loaded = load_package(folder.file("ranking.fxp"));
  ASSERT_TRUE(loaded.ok()) << loaded.message();
  Package first = *std::move(loaded);
  Package second = std::move(first);
  std::filesystem::remove(folder.file("ranking.fxp"));
  EXPECT_EQ(second.plan(), sample_members()[0].data);
  EXPECT_EQ(as_text(second.resources()[0].bytes), sample_members()[1].data);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(second.resources()[0].bytes.data()) % 64, 0u);
}

TEST(Package, EveryChangeOfAByteAndEveryTruncationIsRefused) { expect_every_change_refused(sample_package()); }

TEST(Package, EveryChangeIsRefusedWhenTheDirectoryRepeatsThePadding) {
  const auto members = sample_members();
  expect_every_change_refused(zip(with_manifest(members, manifest_of(members)), {.padding_in_directory = true}));
}

// Writes the files of a folder as a package: in the form "compiler" with the compiler's own module,
// else with zipfile of Python's standard library, which shows that ordinary writers of ZIP archives
// agree about the format. The lower limit in the form "zip64" makes zipfile write ZIP64 records for
// small members.
constexpr const char* kPythonWriter = R"(
import importlib.util, os, sys, zipfile
source, target, form, writer = sys.argv[1:]
names = [
    os.path.relpath(os.path.join(folder, file), source)
    for folder, _, files in os.walk(source) for file in files
]
names.sort(key=lambda name: (name != "manifest.json", name != "plan.json", name))
members = {}
for name in names:
    with open(os.path.join(source, name), "rb") as file:
        members[name] = file.read()
if form == "compiler":
    spec = importlib.util.spec_from_file_location("archive", writer)
    module = importlib.util.module_from_spec(spec)
    sys.modules["archive"] = module
    spec.loader.exec_module(module)
    with open(target, "wb") as out:
        module.write_archive([module.Member(*member) for member in members.items()], out)
    sys.exit()
if form == "zip64":
    zipfile.ZIP64_LIMIT = 20
with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
    for name, data in members.items():
        member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        large = form == "force" or form == "zip64" and len(data) > zipfile.ZIP64_LIMIT
        alignment = 4096 if name.startswith("resources/") else 64
        start = archive.fp.tell() + 30 + len(name.encode()) + 4 + (20 if large else 0)
        zeros = -start % alignment
        member.extra = (0xD935).to_bytes(2, "little") + zeros.to_bytes(2, "little") + bytes(zeros)
        with archive.open(member, "w", force_zip64=large) as out:
            out.write(data)
)";

class PythonPackage : public testing::TestWithParam<const char*> {};

TEST_P(PythonPackage, LoadsAndIsGuardedInEveryByte) {
  if (std::system("python3 -c 'import zipfile' 2>/dev/null") != 0) GTEST_SKIP() << "there is no python3";
  const bool forced = std::string(GetParam()) == "force";
  if (forced && std::system("python3 -c 'import sys; sys.exit(sys.version_info < (3, 11, 4))'") != 0) {
    GTEST_SKIP() << "zipfile before Python 3.11.4 writes invalid archives with force_zip64 (CPython issue 103861)";
  }
  const TemporaryFolder folder;
  const auto members = sample_members();
  for (const Member& member : with_manifest(members, manifest_of(members))) {
    write_file(folder.file("members/" + member.name), member.data);
  }
  write_file(folder.file("write_package.py"), kPythonWriter);
  const std::string writer = FEATURE_EXTRACTOR_SOURCE_DIR "/python/feature_extractor/plan/archive.py";
  std::string command = "python3 -I";
  for (const auto& argument : {folder.file("write_package.py"), folder.file("members"), folder.file("ranking.fxp"),
                               std::string(GetParam()), writer}) {
    command += " '" + argument + "'";
  }
  ASSERT_EQ(std::system(command.c_str()), 0);
  const auto package = load_package(folder.file("ranking.fxp"));
  ASSERT_TRUE(package.ok()) << package.message();
  EXPECT_EQ(as_text(package->find_resource("resources/größe")->bytes), members[2].data);
  const std::string bytes = read_file(folder.file("ranking.fxp"));
  EXPECT_EQ(bytes.find("PK\x06\x06") != std::string::npos, std::string(GetParam()) == "zip64");
  // The padding up to pages is long, so every tenth byte of it is enough.
  for (size_t position = 0; position < bytes.size(); position += bytes[position] == 0 ? 10 : 1) {
    std::string changed = bytes;
    changed[position] = static_cast<char>(changed[position] ^ 0x11);
    ASSERT_FALSE(load(changed).ok()) << position;
  }
}

INSTANTIATE_TEST_SUITE_P(Forms, PythonPackage, testing::Values("compiler", "plain", "force", "zip64"));

TEST(Package, NamesWhatIsWrongWithFiles) {
  const TemporaryFolder folder;
  const auto missing = load_package(folder.file("missing.fxp"));
  EXPECT_EQ(missing.code(), ErrorCode::kNotFound);
  EXPECT_EQ(missing.message(), folder.file("missing.fxp") + ": cannot open this file: No such file or directory.");
  EXPECT_EQ(load_package(folder.file("")).code(), ErrorCode::kIo);
  write_file(folder.file("empty.fxp"), "");
  EXPECT_EQ(load_package(folder.file("empty.fxp")).message(),
            folder.file("empty.fxp") + ": The file is empty, so it is not a package.");
  EXPECT_EQ(load_package(std::string("a\0b", 3)).code(), ErrorCode::kInvalidArgument);
}

TEST(Package, NamesWhatIsWrongWithTheArchive) {
  const auto members = sample_members();
  const auto good = with_manifest(members, manifest_of(members));
  expect_refused("", ErrorCode::kCorrupt, "The file is empty");
  expect_refused("feature x : dense = 1.0", ErrorCode::kCorrupt, "made from a program with `fx compile");
  expect_refused(zip(good).substr(0, 300), ErrorCode::kCorrupt, "the file is cut off");
  expect_refused(zip(good, {.comment = "hello"}), ErrorCode::kCorrupt, "something was added");
  expect_refused(zip(good, {.method = 8}), ErrorCode::kCorrupt, "stored without compression");
  expect_refused(zip(good, {.alignment = 8}), ErrorCode::kCorrupt, "is not a multiple of 64");
  auto twice = good;
  twice.push_back(good[2]);
  expect_refused(zip(twice), ErrorCode::kCorrupt, "two members have the same name");
  expect_refused(zip({}), ErrorCode::kCorrupt, "not a package");
  expect_refused(zip(members), ErrorCode::kCorrupt, "has no manifest.json");
}

TEST(Package, MembersThatShareBytesAreRefused) {
  // Two entries of the directory that point to one local header.
  std::string bytes = zip(with_manifest({{"plan.json", "{}"}}, manifest_of({{"plan.json", "{}"}})));
  const size_t directory = bytes.find("PK\x01\x02");
  const size_t second = bytes.find("PK\x01\x02", directory + 1);
  std::memset(bytes.data() + second + 42, 0, 4);
  expect_refused(bytes, ErrorCode::kCorrupt, "does not begin where the one before it ends");
}

TEST(Package, NamesWhatIsWrongWithMembers) {
  const auto members = sample_members();
  const json manifest = manifest_of(members);
  auto changed = members;
  changed[1].data = "genre bytez";
  expect_refused(zip(with_manifest(changed, manifest)), ErrorCode::kCorrupt, "The member `resources/genres` at byte ");
  changed[1].data = "genre";
  expect_refused(zip(with_manifest(changed, manifest)), ErrorCode::kCorrupt,
                 "`resources/genres` has 5 bytes; the manifest says 11");
  auto fewer = members;
  fewer.erase(fewer.begin() + 1);
  expect_refused(zip(with_manifest(fewer, manifest)), ErrorCode::kCorrupt,
                 "lists a member `resources/genres` that the package does not have");
  auto more = members;
  more.push_back({"resources/added", "x"});
  expect_refused(zip(with_manifest(more, manifest)), ErrorCode::kCorrupt,
                 "`resources/added` that its manifest does not list");
  for (const std::string name : {"readme.txt", "resources/../plan.json", "resources//x", "resources/", "/plan.json",
                                 "source/a\\b", "resources/\xFF", "resources/a\nb", ""}) {
    auto odd = members;
    odd.push_back({name, "x"});
    expect_refused(zip(with_manifest(odd, manifest_of(members))), ErrorCode::kCorrupt, "that no package has");
  }
  const std::vector<Member> no_plan = {{"resources/genres", "x"}};
  expect_refused(zip(with_manifest(no_plan, manifest_of(no_plan))), ErrorCode::kCorrupt, "has no plan.json");
}

TEST(Package, NamesWhatIsWrongWithTheManifest) {
  const auto members = sample_members();
  const auto refused = [&](const std::function<void(json&)>& change, ErrorCode code, std::string_view message) {
    json manifest = manifest_of(members);
    change(manifest);
    expect_refused(zip(with_manifest(members, manifest)), code, message);
  };
  refused(
      [](json& m) {
        m["format"] = 3;
        m["engine_version"] = "0.9.1";
      },
      ErrorCode::kUnsupportedVersion,
      "The package has format 3, written by version `0.9.1` of feature_extractor; this engine "
      "reads formats up to 2.");
  refused([](json& m) { m["format"] = "1"; }, ErrorCode::kCorrupt, "no format version");
  refused([](json& m) { m["format"] = 1.0; }, ErrorCode::kCorrupt, "no format version");
  refused([](json& m) { m["format"] = -1; }, ErrorCode::kCorrupt, "no format version");
  refused([](json& m) { m.erase("format"); }, ErrorCode::kCorrupt, "no format version");
  refused([](json& m) { m.erase("name"); }, ErrorCode::kCorrupt, "lacks one of the texts");
  refused([](json& m) { m["digest"] = 5; }, ErrorCode::kCorrupt, "lacks one of the texts");
  refused([](json& m) { m["digest"] = std::string(32, '0'); }, ErrorCode::kCorrupt,
          "digest of the package does not fit");
  refused([](json& m) { m.erase("members"); }, ErrorCode::kCorrupt, "no object `members`");
  refused([](json& m) { m["members"] = json::array(); }, ErrorCode::kCorrupt, "no object `members`");
  refused([](json& m) { m["members"]["plan.json"] = nullptr; }, ErrorCode::kCorrupt,
          "no size and digest for the member `plan.json`");
  refused([](json& m) { m["members"]["plan.json"]["size"] = -1; }, ErrorCode::kCorrupt, "no size and digest");
  refused([](json& m) { m["members"]["plan.json"]["digest"] = "0"; }, ErrorCode::kCorrupt, "no size and digest");
  refused([](json& m) { m = json::array(); }, ErrorCode::kCorrupt, "not a JSON object");
  for (const std::string& text : {std::string("{"), std::string(200'000, '['), std::string("\xFF"),
                                  std::string("{\"format\": 1e999}"), std::string()}) {
    std::vector<Member> odd = members;
    odd.insert(odd.begin(), {"manifest.json", text});
    expect_refused(zip(odd), ErrorCode::kCorrupt, "not a JSON object");
  }
  // A manifest that lists itself is no way around the comparison of the members.
  auto listed = members;
  listed.push_back({"manifest.json", ""});
  expect_refused(zip(with_manifest(members, manifest_of(listed))), ErrorCode::kCorrupt,
                 "lists a member `manifest.json`");
}

TEST(Package, WithoutResourcesStillVerifiesTheRest) {
  std::string bytes = sample_package();
  bytes[bytes.find("genre bytes")] ^= 1;
  EXPECT_FALSE(load(bytes).ok());
  EXPECT_TRUE(load(bytes, Verification::kWithoutResources).ok());
  bytes[bytes.find("\"steps\"") + 1] ^= 1;
  EXPECT_FALSE(load(bytes, Verification::kWithoutResources).ok());
}

TEST(ZipArchive, DamageNeverReadsOutside) {
  // Numbers that overflow sums, at every place; memory of the exact size lets the address sanitizer
  // judge.
  const std::string good = sample_package();
  for (size_t position = 0; position + 8 <= good.size(); ++position) {
    for (const uint64_t value :
         {~uint64_t{0}, uint64_t{0}, uint64_t{0xFFFF}, uint64_t{0xFFFFFFFF}, uint64_t{1} << 31, uint64_t{1} << 63}) {
      for (const size_t size : {size_t{2}, size_t{4}, size_t{8}}) {
        const std::unique_ptr<char[]> exact(new char[good.size()]);
        std::memcpy(exact.get(), good.data(), good.size());
        std::memcpy(exact.get() + position, &value, size);
        const auto archive = ZipArchive::open(as_bytes({exact.get(), good.size()}));
        if (!archive.ok()) continue;
        uint32_t sum = 0;
        for (const ZipMember& member : archive->members()) sum += crc32(member.data) + crc32(as_bytes(member.name));
        EXPECT_GE(archive->members().size(), 1u) << sum;
      }
    }
  }
}

TEST(ZipArchive, Crc32IsTheStandardOne) {
  // The check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
  EXPECT_EQ(crc32(as_bytes("123456789")), 0xCBF43926u);
}

}  // namespace
}  // namespace feature_extractor
