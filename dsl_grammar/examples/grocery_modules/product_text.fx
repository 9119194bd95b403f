"""Cleaning of the catalogue's texts, which are upper-case and cut off after 30 characters."""

"Lower-case words of a description: anything else becomes one space."
let clean(description) =
    description.normalize("NFKC").lower().regex_replace("[^a-z0-9]+", " ").trim()

"The words of a cleaned description."
let words_of(description) = clean(description).tokenize()

"The number in front of a unit in a size such as `6 PK/12 OZ`; null where the unit is not there."
let amount(size, pattern) = size.regex_extract(pattern, 1).parse_float()

"The weight or volume of a package in ounces, from ounces, pounds, litres or millilitres."
let ounces(size) =
    amount(size, "([0-9]+(?:\\.[0-9]*)?) *OZ")
        ?? amount(size, "([0-9]+(?:\\.[0-9]*)?) *LB") * 16.0
        ?? amount(size, "([0-9]+(?:\\.[0-9]*)?) *ML") / 29.5735
        ?? amount(size, "([0-9]+(?:\\.[0-9]*)?) *L(?:$|[^B])") * 33.814

"How many pieces a package holds; one where the size does not say."
let pieces(size) = amount(size, "([0-9]+) *(?:PK|CT)") ?? 1.0
