// Index tags of a blob: of their own, and in lists.
#pragma once

#include <string>
#include <string_view>

#include "backend/blob/blob_info.h"

namespace pugi {
class xml_node;
}

namespace replicafs::azure {

Result<StringMap> ParseTags(std::string_view xml);
std::string TagsXml(const StringMap& tags);
// Of a <Tags> element, which may be missing.
StringMap ReadTagSet(const pugi::xml_node& tags);

}  // namespace replicafs::azure
