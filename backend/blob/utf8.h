// Just enough of UTF-8 to keep Azure's naming rules.
#pragma once

#include <cstddef>
#include <string_view>

namespace replicafs {

// Well-formed by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsUtf8(std::string_view text);
// Bytes of the well-formed character that `text` begins with; 0 when there is none.
size_t Utf8CharacterBytes(std::string_view text);
// In UTF-16 code units, as Azure counts. REQUIRES: IsUtf8(text).
size_t Utf16Length(std::string_view text);

}  // namespace replicafs
