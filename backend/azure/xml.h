// The XML of the service's bodies; only the files named *_xml.cc include this.
#pragma once

#include <pugixml.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "backend/base/result.h"

namespace replicafs::azure {

// The root element. A byte order mark may precede it; white space in elements is kept. The document
// owns what is found in it. kCorrupt: no XML, or another root.
Result<pugi::xml_node> ParseXml(std::string_view text, const char* root,
                                pugi::xml_document& document);

inline std::string TextOf(const pugi::xml_node& parent, const char* name) {
  return parent.child(name).text().get();
}
bool IsTrue(const pugi::xml_node& parent, const char* name);
// <Name>, of which some are percent-encoded, and say so.
Result<std::string> NameOf(const pugi::xml_node& parent);
// Text content, escaped, is put behind `xml`.
void AppendEscaped(std::string& xml, std::string_view text);

}  // namespace replicafs::azure
