#include "backend/azure/tags_xml.h"

#include "backend/azure/xml.h"

namespace replicafs::azure {

StringMap ReadTagSet(const pugi::xml_node& tags) {
  StringMap map;
  for (const pugi::xml_node& tag : tags.child("TagSet").children("Tag"))
    map.insert_or_assign(TextOf(tag, "Key"), TextOf(tag, "Value"));
  return map;
}

Result<StringMap> ParseTags(std::string_view xml) {
  pugi::xml_document document;
  return ReadTagSet(TRY(ParseXml(xml, "Tags", document)));
}

std::string TagsXml(const StringMap& tags) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?><Tags><TagSet>";
  for (const auto& [key, value] : tags) {
    xml += "<Tag><Key>";
    AppendEscaped(xml, key);
    xml += "</Key><Value>";
    AppendEscaped(xml, value);
    xml += "</Value></Tag>";
  }
  return xml + "</TagSet></Tags>";
}

}  // namespace replicafs::azure
