#include "backend/azure/error_xml.h"

#include "backend/azure/xml.h"

namespace replicafs::azure {

Result<ErrorBody> ParseErrorXml(std::string_view xml) {
  pugi::xml_document document;
  const pugi::xml_node root = TRY(ParseXml(xml, "Error", document));
  return ErrorBody{TextOf(root, "Code"), TextOf(root, "Message")};
}

}  // namespace replicafs::azure
