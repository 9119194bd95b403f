// Plug-ins: files that are none, versions, and what packages need. Loading real ones is tested in tests/plugins.
#include <elf.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "plugin/load_plugin.h"
#include "plugin/shared_object.h"
#include "registry/plugin_table.h"
#include "registry/registry.h"

namespace feature_extractor {
namespace {

class File {
 public:
  explicit File(const std::string& bytes) : path_(testing::TempDir() + "/plugin_test.so") {
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~File() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The headers of a shared object of this machine that names the symbol, and nothing behind them.
std::string small_object() {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_DYN;
#if defined(__x86_64__)
  header.e_machine = EM_X86_64;
#else
  header.e_machine = EM_AARCH64;
#endif
  header.e_version = EV_CURRENT;
  header.e_phoff = sizeof(header);
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 2;
  Elf64_Phdr segments[2] = {};
  segments[0].p_type = PT_LOAD;
  segments[0].p_filesz = sizeof(header);
  segments[1].p_type = PT_LOAD;
  segments[1].p_offset = sizeof(header);
  segments[1].p_filesz = sizeof(segments);
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof(header));
  bytes.append(reinterpret_cast<const char*>(segments), sizeof(segments));
  return bytes + '\0' + "feature_extractor_plugin" + '\0';
}

ErrorCode check(const std::string& bytes) {
  const File file(bytes);
  return check_shared_object(file.path(), "feature_extractor_plugin").code;
}

TEST(SharedObject, IsLookedAtBeforeItIsLoaded) {
  const std::string whole = small_object();
  EXPECT_EQ(check(whole), ErrorCode::kNone);
  EXPECT_EQ(check(whole + "more"), ErrorCode::kNone);
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(check(whole.substr(0, size)), ErrorCode::kCorrupt) << size;
  }
}

TEST(SharedObject, NoHeaderMakesItReadOutside) {
  const std::string whole = small_object();
  std::mt19937 random(7);
  int refused = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string bytes = whole;
    for (int changes = 1 + static_cast<int>(random() % 4); changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<char>(random() % 3 == 0 ? 0xFF : random());
    }
    if (check(bytes) != ErrorCode::kNone) ++refused;
  }
  EXPECT_GT(refused, 500);
}

TEST(SharedObject, SaysWhichFileThereIsNot) {
  EXPECT_EQ(resolve_file("").status().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(resolve_file(std::string("a\0b", 3)).status().code, ErrorCode::kInvalidArgument);
  const auto none = load_plugin("no/such/file.so");
  EXPECT_EQ(none.status().code, ErrorCode::kNotFound);
  EXPECT_EQ(none.message(), "no/such/file.so: There is no such file.");
  EXPECT_EQ(load_plugin(testing::TempDir()).status().code, ErrorCode::kCorrupt);
}

TEST(PluginVersion, IsThreeNumbers) {
  PluginVersion version;
  EXPECT_TRUE(parse_plugin_version("1.20.300", &version));
  EXPECT_EQ(version.parts[1], 20);
  for (const char* text : {"", "1", "1.2", "1.2.3.4", "1.2.", ".1.2", "1.2.x", "-1.2.3", "1.-2.3", "+1.2.3", " 1.2.3",
                           "1.2.3 ", "01.2.3", "1.2.03", "1.2.3-beta", "1.2.1234567"}) {
    EXPECT_FALSE(parse_plugin_version(text, &version)) << text;
  }
}

// A plug-in that has an operator of the engine under a name of its own.
LoadedPlugin plugin_named(const std::string& name, const std::string& version, const std::string& digest) {
  const Operator* const op = registry_entries()[0].descriptor();
  LoadedPlugin plugin;
  plugin.name = name;
  plugin.version = version;
  plugin.digest = digest;
  plugin.path = "/lib" + name + ".so";
  plugin.operators.push_back({name + "." + op->name, op});
  return plugin;
}

TEST(PluginTable, KeepsOneOfEachName) {
  const auto first = add_plugin(plugin_named("table_one", "1.2.3", "aa"));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(*add_plugin(plugin_named("table_one", "1.2.3", "aa")), *first);
  EXPECT_EQ(add_plugin(plugin_named("table_one", "1.2.4", "aa")).status().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(add_plugin(plugin_named("table_one", "1.2.3", "bb")).status().code, ErrorCode::kInvalidArgument);
  const std::string& name = (*first)->operators[0].name;
  EXPECT_EQ(find_operator(name), (*first)->operators[0].descriptor);
  EXPECT_EQ(find_operator("table_one.none"), nullptr);
  EXPECT_EQ(find_operator("table_none.none"), nullptr);
  EXPECT_EQ(find_operator("."), nullptr);
}

TEST(PluginTable, ServesWhatSemanticVersionsPromise) {
  const Operator* const op = registry_entries()[0].descriptor();
  ASSERT_TRUE(add_plugin(plugin_named("table_two", "1.2.3", "aa")).ok());
  ASSERT_TRUE(add_plugin(plugin_named("table_zero", "0.2.3", "aa")).ok());
  const auto code = [&](const std::string& name, const std::string& version, const std::string& digest = "aa") {
    return check_required_plugin({name, version, digest, {}}).code;
  };
  EXPECT_EQ(code("table_none", "1.2.3"), ErrorCode::kNotFound);
  EXPECT_EQ(code("table_two", "1.2.3"), ErrorCode::kNone);
  EXPECT_EQ(code("table_two", "1.2.3", "bb"), ErrorCode::kUnsupportedVersion);
  EXPECT_EQ(code("table_two", "1.2.2", "bb"), ErrorCode::kNone);
  EXPECT_EQ(code("table_two", "1.0.9", "bb"), ErrorCode::kNone);
  EXPECT_EQ(code("table_two", "1.2.4"), ErrorCode::kUnsupportedVersion);
  EXPECT_EQ(code("table_two", "2.0.0"), ErrorCode::kUnsupportedVersion);
  EXPECT_EQ(code("table_two", "0.9.0"), ErrorCode::kUnsupportedVersion);
  EXPECT_EQ(code("table_two", "one"), ErrorCode::kInvalidPlan);
  EXPECT_EQ(code("table_zero", "0.2.1", "bb"), ErrorCode::kNone);
  EXPECT_EQ(code("table_zero", "0.1.9", "bb"), ErrorCode::kUnsupportedVersion);
  const std::string name = std::string("table_two.") + op->name;
  const auto signatures = [&](const std::string& called, std::vector<std::string> texts) {
    return check_required_plugin({"table_two", "1.2.3", "aa", {{called, std::move(texts)}}}).code;
  };
  EXPECT_EQ(signatures(name, {op->overloads[0].signature}), ErrorCode::kNone);
  EXPECT_EQ(signatures(name, {"() -> int"}), ErrorCode::kUnsupportedVersion);
  EXPECT_EQ(signatures(name, std::vector<std::string>(11, op->overloads[0].signature)), ErrorCode::kUnsupportedVersion);
  EXPECT_EQ(signatures("table_two.none", {}), ErrorCode::kUnsupportedVersion);
}

TEST(PluginTable, GrowsWhileOthersLookOperatorsUp) {
  constexpr int kPlugins = 40;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < kPlugins; ++i) {
        const std::string name = "table_many_" + std::to_string((i + 10 * t) % kPlugins);
        const auto added = add_plugin(plugin_named(name, "1.0.0", "aa"));
        ASSERT_TRUE(added.ok());
        ASSERT_EQ(find_operator((*added)->operators[0].name), (*added)->operators[0].descriptor);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  int found = 0;
  for (const LoadedPlugin* plugin : loaded_plugins()) found += plugin->name.starts_with("table_many_") ? 1 : 0;
  EXPECT_EQ(found, kPlugins);
}

}  // namespace
}  // namespace feature_extractor
