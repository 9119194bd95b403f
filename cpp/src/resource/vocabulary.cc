#include "feature_extractor/hash_index.h"
#include "resource/hash_slots.h"
#include "resource/resource_reader.h"
#include "resource/section_bounds.h"

namespace feature_extractor {

int64_t Vocabulary::find(Text word, uint64_t hash) const {
  return find_in_slots(slots_, slot_mask_, probe_limit_, hash, [&](uint64_t position) {
    if (position >= word_count_) return false;
    const uint64_t begin = offsets_[position];
    const uint64_t end = offsets_[position + 1];
    if (end - begin != word.size() || begin > end || end > text_size_) return false;
    return equal_values(Text(text_ + begin, word.size()), word);
  });
}

int64_t Vocabulary::id(int64_t position, uint64_t hash) const {
  if (oov_buckets_ == 0) return position + 1;
  if (position < 0) return static_cast<int64_t>(hash % oov_buckets_);
  return position + oov_buckets_;
}

int64_t Vocabulary::lookup(Text word) const {
  const uint64_t hash = hash_key(word);
  return id(find(word, hash), hash);
}

void Vocabulary::lookup(const Text* words, uint32_t count, int64_t* ids) const {
  find_group(
      slots_, slot_mask_, word_count_, words, count, 2,
      [&](uint64_t position, int round) { prefetch_text(offsets_, text_, text_size_, position, round); },
      [&](uint32_t i, uint64_t hash) { ids[i] = id(find(words[i], hash), hash); });
}

bool Vocabulary::contains(Text word) const { return find(word, hash_key(word)) >= 0; }

int64_t Vocabulary::size() const { return static_cast<int64_t>(word_count_) + (oov_buckets_ == 0 ? 1 : oov_buckets_); }

StatusOr<Vocabulary> ResourceReader::open_vocabulary(std::span<const std::byte> bytes) {
  SectionBounds bounds(bytes, "vocabulary");
  const auto header = bounds.read_header<VocabularyHeader>(kVocabularyMagic);
  Vocabulary vocabulary;
  vocabulary.slots_ = bounds.slots(header.slots_offset, header.slot_count, header.word_count, header.probe_limit);
  vocabulary.offsets_ = reinterpret_cast<const uint64_t*>(
      bounds.section("word offsets", header.offsets_offset, header.word_count + 1, sizeof(uint64_t)));
  vocabulary.text_ =
      reinterpret_cast<const char*>(bounds.section("text", header.text_offset, header.text_size, 1, kTextPadding));
  if (!bounds.ok()) return bounds.status();
  vocabulary.slot_mask_ = header.slot_count - 1;
  vocabulary.word_count_ = header.word_count;
  vocabulary.text_size_ = header.text_size;
  vocabulary.probe_limit_ = header.probe_limit;
  vocabulary.oov_buckets_ = header.oov_buckets;
  return vocabulary;
}

}  // namespace feature_extractor
