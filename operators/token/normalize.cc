// normalize(s, form): a text in a normal form of Unicode.
#include "feature_extractor/normalization.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Normalize {
  using State = text::NormalForm;
  static Nullable<State> bind(Text form, BindError& error) {
    if (form == "NFC") return State{.compatible = false, .composed = true};
    if (form == "NFD") return State{.compatible = false, .composed = false};
    if (form == "NFKC") return State{.compatible = true, .composed = true};
    if (form == "NFKD") return State{.compatible = true, .composed = false};
    error.set("The normal forms are NFC, NFD, NFKC and NFKD.");
    return null;
  }
  static Text eval(Arena& arena, const State& form, Text s) { return text::normalize(s, form, arena); }
};

constexpr Operator kOperator = {
    .name = "normalize",
    .summary = "Put a text into a normal form of Unicode",
    .detail =
        "Texts that look the same get the same code points, so that they hash and compare as equal. "
        "ASCII text is its own normal form in each of them. NFKC also makes full-width Latin letters and half-width "
        "Katakana the usual ones.",
    .parameters = {{"s", "the text"},
                   {"form",
                    "the normal form; NFKC and NFKD also replace compatibility characters, such as "
                    "full-width letters and ligatures"}},
    .overloads = {overload<"(s: string, form: const string{\"NFC\",\"NFD\",\"NFKC\",\"NFKD\"} = \"NFC\") -> string",
                           Normalize>()},
    .edges = {{"the text is empty or ASCII", "the text as it is"},
              {"case", "stays; see `fold_case`"},
              {"code points that Unicode 15 has not assigned", "stay"}},
    .examples = {{"normalize(\"e\\u{301}\")", "\"\\u{E9}\""},
                 {"normalize(\"ＡＢＣ①\", \"NFKC\")", "\"ABC1\""},
                 {"normalize(\"ﬁ\", \"NFKD\")", "\"fi\""}},
    .cost = {.per_row = 6.0, .per_element = 3.0},
    .aliases = "normalize_utf8 unicode_normalize nfc normalizeUTF8NFC nfc_normalize nfkc sbc2dbc full_width half_width",
    .see_also = "fold_case strip_accents lower",
    .source = "UAX #15, Unicode 15.0, tables of utf8proc 2.8",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
